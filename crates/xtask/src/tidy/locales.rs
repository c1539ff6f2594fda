//! The two locale files say the same things, and the page asks for nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use anyhow::{Context, Result};
use regex::Regex;

use super::{SourceFile, rust_source};

const ENGLISH: &str = "www/locales/en.json";
const TURKISH: &str = "www/locales/tr.json";

#[expect(
    clippy::unwrap_used,
    reason = "a constant pattern, compiled by the tests below"
)]
static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\{(\w+)\}").unwrap());

/// A key in the page's code: words joined by dots.
#[expect(
    clippy::unwrap_used,
    reason = "a constant pattern, compiled by the tests below"
)]
static KEY: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^[a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)+$").unwrap());

/// Compares both files with each other and with the keys in the page's code.
pub fn check(sources: &[SourceFile]) -> Result<Vec<String>> {
    let english = read(sources, ENGLISH)?;
    let turkish = read(sources, TURKISH)?;
    let mut problems = differences(&english, &turkish);
    problems.extend(unknown_and_unused(sources, &english)?);
    Ok(problems)
}

fn read(sources: &[SourceFile], path: &str) -> Result<BTreeMap<String, String>> {
    let source = sources
        .iter()
        .find(|source| source.path == path)
        .with_context(|| format!("{path} is missing"))?;
    serde_json::from_str(&source.text).with_context(|| format!("{path} is not an object of strings"))
}

fn differences(english: &BTreeMap<String, String>, turkish: &BTreeMap<String, String>) -> Vec<String> {
    let mut problems = Vec::new();
    for (have, lack, lacking) in [(english, turkish, TURKISH), (turkish, english, ENGLISH)] {
        for key in have.keys().filter(|key| !lack.contains_key(*key)) {
            problems.push(format!("{lacking}: `{key}` is missing"));
        }
    }
    for (path, entries) in [(ENGLISH, english), (TURKISH, turkish)] {
        for (key, _) in entries.iter().filter(|(_, text)| text.trim().is_empty()) {
            problems.push(format!("{path}: `{key}` is empty"));
        }
    }
    for (key, text) in english {
        if let Some(translation) = turkish.get(key)
            && placeholders(text) != placeholders(translation)
        {
            problems.push(format!(
                "{TURKISH}: `{key}` has other placeholders than in {ENGLISH}"
            ));
        }
    }
    problems
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    PLACEHOLDER
        .captures_iter(text)
        .filter_map(|found| found.get(1))
        .map(|name| name.as_str())
        .collect()
}

/// A string of the page that looks like a key must be one, and each key must be used, and not only in tests.
fn unknown_and_unused(sources: &[SourceFile], known: &BTreeMap<String, String>) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    let mut used = BTreeSet::new();
    let namespaces: BTreeSet<&str> = known.keys().filter_map(|key| key.split('.').next()).collect();
    for source in sources
        .iter()
        .filter(|source| source.path.starts_with("crates/page/src/") && !source.path.ends_with("/tests.rs"))
    {
        for literal in rust_source::string_literals(source)? {
            let value = literal.value;
            if known.contains_key(&value) {
                used.insert(value);
            } else if KEY.is_match(&value)
                && value
                    .split('.')
                    .next()
                    .is_some_and(|name| namespaces.contains(name))
            {
                problems.push(source.problem(literal.line, format!("the locales have no `{value}`")));
            }
        }
    }
    for key in known.keys().filter(|key| !used.contains(*key)) {
        problems.push(format!("{ENGLISH}: nothing in crates/page uses `{key}`"));
    }
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile {
            path: path.into(),
            text: text.into(),
        }
    }

    fn problems(english: &str, turkish: &str, code: &str) -> Vec<String> {
        check(&[
            file(ENGLISH, english),
            file(TURKISH, turkish),
            file("crates/page/src/a.rs", code),
        ])
        .unwrap()
    }

    const CODE: &str = r#"fn a() { t("menu.table"); }"#;

    #[test]
    fn equal_files_that_are_used_are_fine() {
        let english = r#"{"menu.table": "Table of {count}"}"#;
        assert_eq!(
            problems(english, r#"{"menu.table": "{count} satır"}"#, CODE),
            Vec::<String>::new()
        );
    }

    #[test]
    fn differences_are_found() {
        let english = r#"{"menu.table": "Table of {count}"}"#;
        for (turkish, complaint) in [
            ("{}", "tr.json: `menu.table` is missing"),
            (r#"{"menu.table": "Tablo"}"#, "other placeholders"),
            (
                r#"{"menu.table": "{count}", "menu.list": "Liste"}"#,
                "en.json: `menu.list` is missing",
            ),
        ] {
            let found = problems(english, turkish, CODE);
            assert!(found.len() == 1 && found[0].contains(complaint), "{found:?}");
        }
        let found = problems(r#"{"menu.table": "Table"}"#, r#"{"menu.table": " "}"#, CODE);
        assert_eq!(found, ["www/locales/tr.json: `menu.table` is empty"]);
    }

    #[test]
    fn a_file_that_the_page_cannot_read_is_an_error() {
        for text in [r#"{"menu": {"table": "Table"}}"#, r#"["Table"]"#, ""] {
            let error = check(&[file(ENGLISH, text), file(TURKISH, "{}")]).unwrap_err();
            assert!(error.to_string().contains(ENGLISH), "{error}");
        }
    }

    #[test]
    fn unknown_and_unused_keys_are_found() {
        let both = r#"{"menu.table": "Table"}"#;
        assert_eq!(
            problems(both, both, r#"fn a() { t("menu.table"); t("menu.tabel"); }"#),
            ["crates/page/src/a.rs:1: the locales have no `menu.tabel`"]
        );
        for code in [
            r#"fn a() { t("other.thing"); }"#,
            r#"#[cfg(test)] mod tests { fn a() { t("menu.table"); } }"#,
        ] {
            assert_eq!(
                problems(both, both, code),
                ["www/locales/en.json: nothing in crates/page uses `menu.table`"]
            );
        }
    }
}
