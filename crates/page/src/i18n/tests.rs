use std::{collections::BTreeSet, fs, path::Path};

use super::*;

fn placeholders(template: &str) -> BTreeSet<&str> {
    template
        .split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
        .collect()
}

#[test]
fn locales_have_the_same_keys_and_placeholders() {
    let (english, turkish) = (locale(Language::English), locale(Language::Turkish));
    let keys = |locale: &'static Locale| locale.keys().collect::<BTreeSet<_>>();
    assert_eq!(keys(english), keys(turkish));
    for (key, template) in english {
        assert!(!template.trim().is_empty(), "{key} is empty in English");
        assert!(!turkish[key].trim().is_empty(), "{key} is empty in Turkish");
        assert_eq!(
            placeholders(template),
            placeholders(&turkish[key]),
            "placeholders of {key}"
        );
    }
}

/// Everything between double quotes in the sources that looks like a key.
fn keys_in_sources(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            keys_in_sources(&path, found);
        } else if path.file_name().is_some_and(|name| name != "tests.rs") {
            let source = fs::read_to_string(&path).unwrap();
            let quoted = source.split('"').skip(1).step_by(2);
            found.extend(
                quoted
                    .filter(|text| text.contains('.') && !text.contains(' '))
                    .map(str::to_owned),
            );
        }
    }
}

#[test]
fn every_text_is_used_and_every_key_has_a_text() {
    let mut quoted = BTreeSet::new();
    keys_in_sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut quoted);
    let english = locale(Language::English);
    for key in english.keys() {
        assert!(quoted.contains(key), "no source names the key {key}");
    }
    let rooms: BTreeSet<&str> = english
        .keys()
        .filter_map(|key| Some(key.split_once('.')?.0))
        .collect();
    for text in &quoted {
        let is_key = text.split_once('.').is_some_and(|(room, _)| rooms.contains(room))
            && text
                .chars()
                .all(|character| character.is_ascii_lowercase() || "._".contains(character));
        assert!(
            !is_key || english.contains_key(text),
            "the key {text} has no text"
        );
    }
}

#[test]
fn placeholders_are_filled_once() {
    let check = |template: &str, expect: &str| {
        assert_eq!(fill(template, &[("a", "{b}"), ("b", "2")]), expect);
    };
    check("{a} and {b}", "{b} and 2");
    check("{c} stays", "{c} stays");
    check("{ {b", "{ {b");
    check("", "");
}

#[test]
fn languages_are_found_by_their_tags() {
    assert_eq!(Language::from_tag("tr-TR"), Some(Language::Turkish));
    assert_eq!(Language::from_tag("EN_us"), Some(Language::English));
    assert_eq!(Language::from_tag("trv"), None);
}
