//! The copy of the weights that is kept for the next visit, in the browser's Cache Storage. It is optional: plain
//! http has none, frames may be denied it, it may be full, and it may hang; none of that fails a load.

use js_sys::{Array, Promise, Reflect, Uint8Array};
use vitrine_record::WEIGHTS_CACHE;
use vitrine_record::message::WeightsSource;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Cache, CacheStorage, Request, Response};

use super::failure::describe;
use super::patience::in_time;
use super::scope;
use super::site::Download;
use crate::load::{Weights, is_outdated};

/// A cache that has not answered for so long is done without: the network may well be quicker.
pub(super) const STALLED_AFTER_MS: u32 = 5_000;

/// The copy kept under a key.
pub(super) async fn find(key: &str) -> Option<Download> {
    let cache = open().await?;
    let response = settled(cache.match_with_str(key)).await?;
    Download::of_cache(response.dyn_ref::<Response>()?).ok()
}

/// Deletes the copy kept under a key.
pub(super) async fn forget(key: &str) {
    if let Some(cache) = open().await {
        settled(cache.delete_with_str(key)).await;
    }
}

/// Keeps what came by the network, and deletes other versions of it.
pub(super) async fn keep(weights: Weights) {
    let Weights {
        bytes, key, source, ..
    } = weights;
    // The copy on the side of JavaScript replaces the one in linear memory, which the model needs no more.
    let copy = (source == WeightsSource::Network).then(|| Uint8Array::from(bytes.as_slice()));
    drop(bytes);
    let Some(cache) = open().await else { return };
    for request in settled(cache.keys())
        .await
        .map(|keys| Array::from(&keys))
        .unwrap_or_default()
    {
        if let Some(request) = request.dyn_ref::<Request>()
            && is_outdated(&request.url(), &key)
        {
            settled(cache.delete_with_request(request)).await;
        }
    }
    if let Some(copy) = copy
        && let Ok(response) = Response::new_with_opt_js_u8_array(Some(&copy))
    {
        settled(cache.put_with_str(&key, &response)).await;
    }
}

async fn open() -> Option<Cache> {
    // Asked by name, since on plain http there is no such property.
    let storage = Reflect::get(&scope(), &"caches".into()).ok()?;
    let storage = storage.dyn_ref::<CacheStorage>()?;
    settled(storage.open(WEIGHTS_CACHE)).await?.dyn_into().ok()
}

/// What a promise of the cache came to in time; its refusal is only logged.
async fn settled(promise: Promise) -> Option<JsValue> {
    let result = in_time(&promise, STALLED_AFTER_MS).await;
    if let Err(error) = &result {
        web_sys::console::warn_1(&format!("the cache of the weights: {}", describe(error)).into());
    }
    result.ok()
}
