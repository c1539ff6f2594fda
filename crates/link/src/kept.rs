//! Whether the weights are kept from an earlier visit, found out without starting a worker: its program alone is
//! more than a visitor who saves data wants to fetch unasked.

use gloo::utils::window;
use js_sys::{Reflect, Uint8Array};
use vitrine_record::{Manifest, WEIGHTS_CACHE};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CacheQueryOptions, CacheStorage, RequestCache, RequestInit, Response, Url};

use crate::{browser, link::MANIFEST_FILE};

/// Whether the worker would find the weights that the manifest names in the browser's cache. Where the browser
/// refuses to say, they are not kept.
pub async fn are_weights_kept() -> bool {
    find().await.unwrap_or(false)
}

async fn find() -> Result<bool, JsValue> {
    // Asked by name, since on plain http there is no such property.
    let storage = Reflect::get(&window(), &"caches".into())?;
    let Some(storage) = storage.dyn_ref::<CacheStorage>() else {
        return Ok(false);
    };
    let manifest_url = browser::resolved(MANIFEST_FILE);
    let options = RequestInit::new();
    options.set_cache(RequestCache::NoCache);
    let response = JsFuture::from(window().fetch_with_str_and_init(&manifest_url, &options)).await?;
    let json = JsFuture::from(response.dyn_into::<Response>()?.array_buffer()?).await?;
    let Ok(manifest) = Manifest::from_json(&Uint8Array::new(&json).to_vec()) else {
        return Ok(false);
    };
    let url = Url::new_with_base(&manifest.file, &manifest_url)?.href();
    let options = CacheQueryOptions::new();
    options.set_cache_name(WEIGHTS_CACHE);
    let found = storage.match_with_str_and_options(&manifest.cache_key(&url), &options);
    Ok(!JsFuture::from(found).await?.is_undefined())
}
