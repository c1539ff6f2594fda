//! The page's address: the query is how the page is (`lang`, `theme`, `present`), the hash is what it shows.

use gloo::utils::window;
use vitrine_record::Permalink;
use wasm_bindgen::JsValue;

use crate::{
    browser,
    i18n::Language,
    state::HistoryStep,
    theme::{Appearance, ThemeChoice},
};

/// What the address and the browser say about how the page should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Wishes {
    /// The language.
    pub language: Language,
    /// Light or dark.
    pub appearance: Appearance,
    /// Whether the page is shown in a lecture hall.
    pub present: bool,
}

/// Reads the query; what it leaves open, the browser's settings decide.
pub fn wishes() -> Wishes {
    let get = |name: &str| browser::query().and_then(|query| query.get(name));
    let language = get("lang").and_then(|tag| Language::from_tag(&tag)).or_else(|| {
        browser::preferred_languages()
            .iter()
            .find_map(|tag| Language::from_tag(tag))
    });
    Wishes {
        language: language.unwrap_or_default(),
        appearance: Appearance {
            choice: get("theme")
                .and_then(|name| ThemeChoice::from_name(&name))
                .unwrap_or_default(),
            system_dark: browser::matches_media("(prefers-color-scheme: dark)"),
        },
        present: get("present").is_some_and(|value| value != "0"),
    }
}

/// Reads the hash. An address without a text has the given one.
pub fn permalink(default_text: &str) -> Permalink {
    let hash = window().location().hash().unwrap_or_default();
    Permalink::from_fragment(&hash, default_text)
}

/// Writes the hash, as a step that can be gone back from or in place of the last one.
pub fn write_permalink(link: &Permalink, step: HistoryStep) {
    let search = window().location().search().unwrap_or_default();
    write(&format!("{}#{}", here(&search), link.to_fragment()), step);
}

/// Writes one value of the query, in place of the address that is there.
pub fn write_query(name: &str, value: &str) {
    let Some(query) = browser::query() else {
        return;
    };
    query.set(name, value);
    let hash = window().location().hash().unwrap_or_default();
    write(
        &format!("{}{hash}", here(&format!("?{}", String::from(query.to_string())))),
        HistoryStep::Replace,
    );
}

fn here(search: &str) -> String {
    format!("{}{search}", window().location().pathname().unwrap_or_default())
}

fn write(address: &str, step: HistoryStep) {
    let Ok(history) = window().history() else {
        return;
    };
    // A browser may refuse, for instance after too many writes in a short time: the picture is right without.
    let _ = match step {
        HistoryStep::Keep => Ok(()),
        HistoryStep::Push => history.push_state_with_url(&JsValue::NULL, "", Some(address)),
        HistoryStep::Replace => history.replace_state_with_url(&JsValue::NULL, "", Some(address)),
    };
}
