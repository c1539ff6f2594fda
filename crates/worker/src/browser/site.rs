//! Downloads, from the page's own origin only. The page's Content-Security-Policy does not bind its workers, so
//! that the worker holds itself to it: an address of another origin is refused before any request, and the
//! requests are of mode `same-origin`, so that no redirect leads away either.

use gloo::timers::callback::Timeout;
use gloo::timers::future::TimeoutFuture;
use js_sys::{Date, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStreamDefaultReader, RequestCache, RequestInit, RequestMode, Response, Url,
};

use super::failure::describe;
use super::{cache, scope};
use crate::load::{Body, Freshness, Site};

/// A download from which nothing has come for so long is given up.
const STALLED_AFTER_MS: u32 = 20_000;

/// The site that the page came from.
pub(super) struct BrowserSite;

impl Site for BrowserSite {
    type Body = Download;

    fn resolve(&self, reference: &str, base: &str) -> Result<String, String> {
        let url = Url::new_with_base(reference, base).map_err(|error| describe(&error))?;
        let own = scope().location().origin();
        if url.origin() != own {
            return Err(format!(
                "{} is not of {own}, and nothing is fetched from elsewhere",
                url.href()
            ));
        }
        Ok(url.href())
    }

    async fn fetch(&self, url: &str, freshness: Freshness) -> Result<Download, String> {
        let say = |error: JsValue| format!("{url}: {}", describe(&error));
        let controller = AbortController::new().map_err(say)?;
        let options = RequestInit::new();
        options.set_mode(RequestMode::SameOrigin);
        options.set_signal(Some(&controller.signal()));
        options.set_cache(match freshness {
            Freshness::Default => RequestCache::Default,
            Freshness::Revalidate => RequestCache::NoCache,
            Freshness::Reload => RequestCache::Reload,
        });
        let watch = give_up_later(&controller);
        let response = JsFuture::from(scope().fetch_with_str_and_init(url, &options))
            .await
            .map_err(say)?;
        drop(watch);
        let response: Response = response.unchecked_into();
        if !response.ok() {
            return Err(format!(
                "{url}: the host answered {} {}",
                response.status(),
                response.status_text()
            ));
        }
        Download::new(&response, Some(controller)).map_err(say)
    }

    async fn kept(&self, key: &str) -> Option<Download> {
        cache::find(key).await
    }

    async fn forget(&self, key: &str) {
        cache::forget(key).await;
    }

    async fn pause(&self, milliseconds: u32) {
        TimeoutFuture::new(milliseconds).await;
    }

    fn now(&self) -> f64 {
        Date::now()
    }
}

/// The body of a response.
pub(super) struct Download {
    reader: ReadableStreamDefaultReader,
    controller: Option<AbortController>,
}

impl Download {
    /// Reads a response; `controller` can end the request behind it, if there is one.
    pub(super) fn new(response: &Response, controller: Option<AbortController>) -> Result<Download, JsValue> {
        let stream = response
            .body()
            .ok_or_else(|| JsValue::from_str("the answer has no body"))?;
        Ok(Download {
            reader: stream.get_reader().unchecked_into(),
            controller,
        })
    }
}

impl Body for Download {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, String> {
        let watch = self.controller.as_ref().map(give_up_later);
        let piece = JsFuture::from(self.reader.read())
            .await
            .map_err(|error| describe(&error))?;
        drop(watch);
        let field = |name: &str| Reflect::get(&piece, &name.into()).map_err(|error| describe(&error));
        if field("done")?.is_truthy() {
            return Ok(None);
        }
        Ok(Some(Uint8Array::new(&field("value")?).to_vec()))
    }
}

impl Drop for Download {
    /// Ends a request whose rest is not wanted; after the end of the body this does nothing.
    fn drop(&mut self) {
        if let Some(controller) = &self.controller {
            controller.abort();
        }
    }
}

/// Ends a request unless the result is dropped in time.
fn give_up_later(controller: &AbortController) -> Timeout {
    let controller = controller.clone();
    Timeout::new(STALLED_AFTER_MS, move || {
        let seconds = STALLED_AFTER_MS / 1000;
        controller.abort_with_reason(&js_sys::Error::new(&format!(
            "nothing came for {seconds} seconds"
        )));
    })
}
