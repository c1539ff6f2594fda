use super::*;

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
fn texts_are_joined_as_the_locale_says() {
    let check = |key: &'static str, texts: &[&str], expect: &str| {
        for language in Language::ALL {
            assert_eq!(language.joined(key, texts), expect);
        }
    };
    check("join.list", &[], "");
    check("join.list", &["{next}"], "{next}");
    check("join.list", &["a", "{before}", "c"], "a, {before}, c");
    check("join.in_quotes", &["a", "b"], "a”, “b");
}

#[test]
fn languages_are_found_by_their_tags() {
    assert_eq!(Language::from_tag("tr-TR"), Some(Language::Turkish));
    assert_eq!(Language::from_tag("EN_us"), Some(Language::English));
    assert_eq!(Language::from_tag("trv"), None);
}
