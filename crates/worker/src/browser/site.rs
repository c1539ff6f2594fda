//! Downloads, from the page's own origin only. The page's Content-Security-Policy does not bind its workers, so
//! that the worker holds itself to it: an address of another origin is refused before any request, and the
//! requests are of mode `same-origin`, so that no redirect leads away either.

use js_sys::{Date, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    AbortController, ReadableStreamDefaultReader, RequestCache, RequestInit, RequestMode, Response, Url,
};

use super::failure::describe;
use super::patience::{self, in_time};
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
        let asked = scope().fetch_with_str_and_init(url, &options);
        let response = in_time(&asked, STALLED_AFTER_MS).await.map_err(|error| {
            controller.abort();
            say(error)
        })?;
        let response: Response = response.unchecked_into();
        if !response.ok() {
            return Err(format!(
                "{url}: the host answered {} {}",
                response.status(),
                response.status_text()
            ));
        }
        Download::of_network(&response, controller).map_err(say)
    }

    async fn kept(&self, key: &str) -> Option<Download> {
        cache::find(key).await
    }

    async fn forget(&self, key: &str) {
        cache::forget(key).await;
    }

    async fn pause(&self, milliseconds: u32) {
        patience::pause(milliseconds).await;
    }

    fn now(&self) -> f64 {
        Date::now()
    }
}

/// The body of a response.
pub(super) struct Download {
    reader: ReadableStreamDefaultReader,
    controller: Option<AbortController>,
    stalled_after_ms: u32,
}

impl Download {
    /// Reads what came by the network; `controller` can end the request behind it.
    pub(super) fn of_network(response: &Response, controller: AbortController) -> Result<Download, JsValue> {
        Download::new(response, Some(controller), STALLED_AFTER_MS)
    }

    /// Reads what came from a cache.
    pub(super) fn of_cache(response: &Response) -> Result<Download, JsValue> {
        Download::new(response, None, cache::STALLED_AFTER_MS)
    }

    fn new(
        response: &Response,
        controller: Option<AbortController>,
        stalled_after_ms: u32,
    ) -> Result<Download, JsValue> {
        let stream = response
            .body()
            .ok_or_else(|| JsValue::from_str("the answer has no body"))?;
        Ok(Download {
            reader: stream.get_reader().unchecked_into(),
            controller,
            stalled_after_ms,
        })
    }
}

impl Body for Download {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, String> {
        let piece = in_time(&self.reader.read(), self.stalled_after_ms)
            .await
            .map_err(|error| describe(&error))?;
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
