//! The two locale files say the same things, and the page asks for nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use anyhow::{Context, Result, bail};
use regex::Regex;
use serde_json::Value;

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
    let value = serde_json::from_str(&source.text).with_context(|| format!("{path} is not JSON"))?;
    let mut entries = BTreeMap::new();
    flatten("", &value, &mut entries).with_context(|| format!("{path} holds something but strings"))?;
    Ok(entries)
}

/// Joins the names of nested objects by dots.
fn flatten(prefix: &str, value: &Value, entries: &mut BTreeMap<String, String>) -> Result<()> {
    match value {
        Value::String(text) => {
            entries.insert(prefix.to_owned(), text.clone());
        }
        Value::Object(object) => {
            for (name, value) in object {
                let key = if prefix.is_empty() {
                    name.clone()
                } else {
                    format!("{prefix}.{name}")
                };
                flatten(&key, value, entries)?;
            }
        }
        _ => bail!("`{prefix}` is not a string"),
    }
    Ok(())
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

/// A string of the page that looks like a key must be one, and each key must be used. A key that is put together
/// at run time is used if its beginning, up to a dot, stands in the code.
fn unknown_and_unused(sources: &[SourceFile], known: &BTreeMap<String, String>) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    let mut used = BTreeSet::new();
    let mut beginnings = BTreeSet::new();
    let namespaces: BTreeSet<&str> = known.keys().filter_map(|key| key.split('.').next()).collect();
    for source in sources
        .iter()
        .filter(|source| source.path.starts_with("crates/page/src/"))
    {
        for literal in rust_source::string_literals(source)? {
            let value = literal.value;
            if known.contains_key(&value) {
                used.insert(value);
            } else if let Some((beginning, _)) = value.split_once('{') {
                beginnings.insert(beginning.to_owned());
            } else if value.ends_with('.') {
                beginnings.insert(value);
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
    beginnings.retain(|beginning| beginning.contains('.'));
    for key in known.keys().filter(|key| !used.contains(*key)) {
        if !beginnings
            .iter()
            .any(|beginning| key.starts_with(beginning.as_str()))
        {
            problems.push(format!("{ENGLISH}: nothing in crates/page uses `{key}`"));
        }
    }
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(english: &str, turkish: &str, code: &str) -> Vec<String> {
        let file = |path: &str, text: &str| SourceFile {
            path: path.into(),
            text: text.into(),
        };
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
        let english = r#"{"menu": {"table": "Table of {count}"}}"#;
        assert_eq!(
            problems(english, r#"{"menu.table": "{count} satır"}"#, CODE),
            Vec::<String>::new()
        );
        assert_eq!(
            problems(english, english, r#"fn a() { t(&format!("menu.{name}")); }"#),
            Vec::<String>::new()
        );
    }

    #[test]
    fn differences_are_found() {
        let english = r#"{"menu": {"table": "Table of {count}"}}"#;
        assert_eq!(problems(english, r#"{"menu": {}}"#, CODE).len(), 1);
        assert_eq!(
            problems(english, r#"{"menu": {"table": "Tablo"}}"#, CODE).len(),
            1
        );
        assert_eq!(
            problems(
                english,
                r#"{"menu": {"table": "{count}", "list": "Liste"}}"#,
                CODE
            )
            .len(),
            1
        );
    }

    #[test]
    fn unknown_and_unused_keys_are_found() {
        let both = r#"{"menu": {"table": "Table"}}"#;
        assert_eq!(
            problems(both, both, r#"fn a() { t("menu.table"); t("menu.tabel"); }"#).len(),
            1
        );
        assert_eq!(problems(both, both, r#"fn a() { t("other.thing"); }"#).len(), 1);
    }
}
