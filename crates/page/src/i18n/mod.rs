//! The page's words, from the locale files.

use std::{collections::BTreeMap, sync::OnceLock};

use vitrine_picture::NumberStyle;

/// A language that the page speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Turkish.
    Turkish,
}

impl Language {
    /// All languages, in the order in which they are offered.
    pub const ALL: [Language; 2] = [Language::English, Language::Turkish];

    /// The BCP 47 tag, as in `lang` attributes and the address.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Turkish => "tr",
        }
    }

    /// The language of a BCP 47 tag, whatever its region.
    pub fn from_tag(tag: &str) -> Option<Language> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Language::ALL
            .into_iter()
            .find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// How numbers are written.
    pub fn numbers(self) -> NumberStyle {
        match self {
            Language::English => NumberStyle::English,
            Language::Turkish => NumberStyle::Turkish,
        }
    }

    /// The text of a key. A key that is missing, which `cargo xtask tidy` forbids, stands for itself.
    pub fn t(self, key: &'static str) -> &'static str {
        locale(self).get(key).map_or(key, String::as_str)
    }

    /// The text of a key with its placeholders, written `{name}`, filled in.
    pub fn fill(self, key: &'static str, arguments: &[(&str, &str)]) -> String {
        fill(self.t(key), arguments)
    }

    /// Texts, each joined to those before it by the text of a key with the placeholders `{before}` and `{next}`.
    pub fn joined<T: AsRef<str>>(self, key: &'static str, texts: impl IntoIterator<Item = T>) -> String {
        let mut texts = texts.into_iter();
        let first = texts.next().map(|first| first.as_ref().to_owned());
        texts.fold(first.unwrap_or_default(), |before, next| {
            self.fill(key, &[("before", &before), ("next", next.as_ref())])
        })
    }
}

type Locale = BTreeMap<String, String>;

#[allow(
    clippy::expect_used,
    reason = "the files are part of the build, and `cargo xtask tidy` parses them"
)]
fn locale(language: Language) -> &'static Locale {
    static ENGLISH: OnceLock<Locale> = OnceLock::new();
    static TURKISH: OnceLock<Locale> = OnceLock::new();
    let (cell, json) = match language {
        Language::English => (&ENGLISH, include_str!("../../../../www/locales/en.json")),
        Language::Turkish => (&TURKISH, include_str!("../../../../www/locales/tr.json")),
    };
    cell.get_or_init(|| serde_json::from_str(json).expect("locale files are objects of strings"))
}

/// Fills placeholders in one pass, so that an argument with braces in it stays as it is.
fn fill(template: &str, arguments: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let argument = after
            .split_once('}')
            .and_then(|(name, rest)| Some((arguments.iter().find(|(known, _)| *known == name)?.1, rest)));
        match argument {
            Some((value, after)) => {
                filled.push_str(value);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled + rest
}

#[cfg(test)]
mod tests;
