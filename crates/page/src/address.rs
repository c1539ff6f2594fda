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

/// What the query of the address says. What it leaves open is decided by an earlier visit, or else by the
/// browser's settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The language.
    pub language: Option<Language>,
    /// Light or dark.
    pub theme: Option<ThemeChoice>,
}

/// What the address and the browser say about how the page should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Wishes {
    /// What the address says of it.
    pub query: Query,
    /// The language.
    pub language: Language,
    /// Light or dark.
    pub appearance: Appearance,
    /// Whether the page is shown in a lecture hall.
    pub present: bool,
}

/// The names under which the page remembers what was chosen on it.
const LANGUAGE: &str = "vitrine.lang";
const THEME: &str = "vitrine.theme";

/// Remembers what was chosen on the page for visits whose address leaves it open.
pub fn remember(query: &Query) {
    if let Some(language) = query.language {
        browser::remember(LANGUAGE, language.tag());
    }
    if let Some(theme) = query.theme {
        browser::remember(THEME, theme.name());
    }
}

/// Reads the query; what it leaves open, an earlier visit decides, or else the browser's settings.
pub fn wishes() -> Wishes {
    let get = |name: &str| browser::query().and_then(|query| query.get(name));
    let query = Query {
        language: get("lang").and_then(|tag| Language::from_tag(&tag)),
        theme: get("theme").and_then(|name| ThemeChoice::from_name(&name)),
    };
    let language = query
        .language
        .or_else(|| Language::from_tag(&browser::remembered(LANGUAGE)?))
        .or_else(|| {
            browser::preferred_languages()
                .iter()
                .find_map(|tag| Language::from_tag(tag))
        });
    let theme = query
        .theme
        .or_else(|| ThemeChoice::from_name(&browser::remembered(THEME)?));
    Wishes {
        query,
        language: language.unwrap_or_default(),
        appearance: Appearance {
            choice: theme.unwrap_or_default(),
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

/// Writes the query, and unless the step is to keep it the hash: as a step that can be gone back from, or in place
/// of the last one. What is kept is corrected where it names something that there is not. An entry of the history that was gone back to may have been written before language or theme
/// were chosen, so the query is written even then.
pub fn write(query: &Query, link: &Permalink, step: HistoryStep) {
    let location = window().location();
    let (Some(parameters), Ok(path), Ok(old_search), Ok(old_hash), Ok(history)) = (
        browser::query(),
        location.pathname(),
        location.search(),
        location.hash(),
        window().history(),
    ) else {
        return;
    };
    let chosen = [
        ("lang", query.language.map(Language::tag)),
        ("theme", query.theme.map(ThemeChoice::name)),
    ];
    let mut search = old_search.clone();
    for (name, value) in chosen {
        if let Some(value) = value
            && parameters.get(name).as_deref() != Some(value)
        {
            parameters.set(name, value);
            search = format!("?{}", String::from(parameters.to_string()));
        }
    }
    let hash = match step {
        HistoryStep::Keep if !link.corrects(&old_hash) => old_hash.clone(),
        _ => format!("#{}", link.to_fragment()),
    };
    let address = format!("{path}{search}{hash}");
    // A browser may refuse, for instance after too many writes in a short time: the picture is right without.
    let _ = match step {
        HistoryStep::Push if hash != old_hash => {
            history.push_state_with_url(&JsValue::NULL, "", Some(&address))
        }
        _ if hash != old_hash || search != old_search => {
            history.replace_state_with_url(&JsValue::NULL, "", Some(&address))
        }
        _ => Ok(()),
    };
}
