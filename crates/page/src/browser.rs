//! What the page asks of the browser, in one place. Where a browser refuses, the page does without.

use gloo::utils::{document, window};
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{FocusOptions, HtmlElement, MediaQueryList, Performance, Storage, UrlSearchParams};

fn performance() -> Option<Performance> {
    window().performance()
}

/// Leaves a mark that measurements find; see the User Timing API.
pub fn mark(name: &str) {
    if let Some(performance) = performance() {
        // A mark that cannot be set only misses a measurement.
        let _ = performance.mark(name);
    }
}

/// Milliseconds since the page was opened; 0 where a browser does not tell.
pub fn now() -> f64 {
    window()
        .performance()
        .map_or(0.0, |performance| performance.now())
}

/// Whether the visitor asks pages to save data.
pub fn saves_data() -> bool {
    let navigator = window().navigator();
    Reflect::get(&navigator, &"connection".into())
        .ok()
        .filter(JsValue::is_object)
        .and_then(|connection| Reflect::get(&connection, &"saveData".into()).ok())
        .and_then(|saves| saves.as_bool())
        .unwrap_or(false)
}

/// The languages that the visitor prefers, best first.
pub fn preferred_languages() -> Vec<String> {
    window()
        .navigator()
        .languages()
        .iter()
        .filter_map(|tag| tag.as_string())
        .collect()
}

/// A media query, where the browser knows it.
pub fn media(query: &str) -> Option<MediaQueryList> {
    window().match_media(query).ok().flatten()
}

/// Whether a media query holds.
pub fn matches_media(query: &str) -> bool {
    media(query).is_some_and(|list| list.matches())
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What the page remembers of an earlier visit.
pub fn remembered(name: &str) -> Option<String> {
    storage()?.get_item(name).ok().flatten()
}

/// Remembers something for the next visit, where the browser lets it.
pub fn remember(name: &str, value: &str) {
    if let Some(storage) = storage() {
        // A browser that refuses has the page begin afresh.
        let _ = storage.set_item(name, value);
    }
}

/// The query of the address.
pub fn query() -> Option<UrlSearchParams> {
    let search = window().location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()
}

/// Sets or removes an attribute of the document's root element.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    let Some(root) = document().document_element() else {
        return;
    };
    // Only an invalid name could be refused, and names are ours.
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}

/// Whether nothing has the focus, or only a section that takes it in the place of something in it.
pub fn is_focus_lost(section: Option<&web_sys::Element>) -> bool {
    let active = document().active_element();
    active.is_none_or(|active| active.tag_name() == "BODY" || Some(&active) == section)
}

/// Gives an element the focus back; if it has been folded away since, what unfolds it.
pub fn focus_again(element: &web_sys::Element) {
    let folded = element.closest("details:not([open])").ok().flatten();
    let opener = folded.and_then(|folded| folded.query_selector("summary").ok().flatten());
    focus(opener.as_ref().unwrap_or(element));
}

/// Gives an element the focus, if it takes it, and leaves the page where it is scrolled to.
pub fn focus_in_place(element: &web_sys::Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        // An element that cannot take the focus leaves it where it was.
        let _ = element.focus_with_options(&options);
    }
}

/// Gives an element the focus, if it takes it.
pub fn focus(element: &web_sys::Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        // An element that cannot take the focus leaves it where it was.
        let _ = element.focus();
    }
}
