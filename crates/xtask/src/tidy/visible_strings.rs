//! What a person reads comes from the locale files: no words stand in the page's `html!`.
//!
//! A string literal is held to be visible where yew would make text of it (by itself between tags, or as the
//! value of a block between tags), and in the attributes that are read or shown. Words that reach the page on
//! other ways, for instance through a variable, are not noticed. Quotation marks are, since languages differ in them.

use anyhow::Result;
use proc_macro2::{Delimiter, Group, TokenTree};

use super::{
    SourceFile,
    rust_source::{self, StringLiteral, inside, string_value},
};

const SHOWN_ATTRIBUTES: &[&str] = &[
    "alt",
    "aria-description",
    "aria-label",
    "aria-roledescription",
    "aria-valuetext",
    "label",
    "placeholder",
    "title",
];

const QUOTATION_MARKS: &[char] = &['“', '”', '„', '«', '»'];

/// Lists words in the markup of the page, and quotation marks in its code.
pub fn check(sources: &[SourceFile]) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for source in sources
        .iter()
        .filter(|source| source.path.starts_with("crates/page/src/"))
    {
        let mut found = Vec::new();
        code(&rust_source::tokens(source)?, &mut found);
        problems.extend(found.into_iter().map(|literal| {
            source.problem(
                literal.line,
                format!("\"{}\" is shown, so it belongs into www/locales", literal.value),
            )
        }));
        if !holds_tests(&source.path) {
            let quoting = rust_source::string_literals(source)?.into_iter();
            let quoting = quoting.filter(|literal| literal.value.contains(QUOTATION_MARKS));
            problems.extend(quoting.map(|literal| {
                let what = "languages differ in quotation marks, so these belong into www/locales";
                source.problem(literal.line, what)
            }));
        }
    }
    Ok(problems)
}

/// Whether a file is a test module of its own.
fn holds_tests(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("tests.rs")
}

/// Ordinary code, in which markup may begin.
fn code(tokens: &[TokenTree], found: &mut Vec<StringLiteral>) {
    for (index, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            if is_macro(tokens, index, &["html", "html_nested"]) {
                markup(&inside(group), found);
            } else {
                code(&inside(group), found);
            }
        }
    }
}

/// What stands in `html!`, or in a block of it that begins with a tag.
fn markup(tokens: &[TokenTree], found: &mut Vec<StringLiteral>) {
    for (index, token) in tokens.iter().enumerate() {
        let attribute = attribute_before(tokens, index);
        let shown = attribute
            .as_deref()
            .is_none_or(|name| SHOWN_ATTRIBUTES.contains(&name));
        match token {
            TokenTree::Literal(literal) if shown => found.extend(string_value(literal).filter(has_words)),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && shown => block(group, found),
            TokenTree::Group(group) => code(&inside(group), found),
            _ => {}
        }
    }
}

/// A block whose value is shown.
fn block(group: &Group, found: &mut Vec<StringLiteral>) {
    let tokens = inside(group);
    if matches!(tokens.first(), Some(TokenTree::Punct(punct)) if punct.as_char() == '<') {
        return markup(&tokens, found);
    }
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Literal(literal) if !is_compared(&tokens, index) => {
                found.extend(string_value(literal).filter(has_words));
            }
            TokenTree::Group(group) if is_macro(&tokens, index, &["html", "html_nested"]) => {
                markup(&inside(group), found);
            }
            TokenTree::Group(group) if is_macro(&tokens, index, &["format"]) => {
                if let Some(TokenTree::Literal(literal)) = inside(group).first() {
                    found.extend(string_value(literal).filter(|literal| {
                        has_words(&StringLiteral {
                            value: without_arguments(&literal.value),
                            line: literal.line,
                        })
                    }));
                }
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => block(group, found),
            TokenTree::Group(group) => code(&inside(group), found),
            _ => {}
        }
    }
}

/// Whether a literal is a pattern or one side of a comparison or a binding.
fn is_compared(tokens: &[TokenTree], index: usize) -> bool {
    let punct = |token: Option<&TokenTree>| match token {
        Some(TokenTree::Punct(punct)) => Some(punct.as_char()),
        _ => None,
    };
    let before = index.checked_sub(1).and_then(|index| punct(tokens.get(index)));
    let after = punct(tokens.get(index + 1));
    matches!(before, Some('=' | '|')) || matches!(after, Some('=' | '|' | '!'))
}

/// The name of the attribute whose value stands at the index.
fn attribute_before(tokens: &[TokenTree], index: usize) -> Option<String> {
    let mut index = index.checked_sub(1)?;
    if !matches!(&tokens[index], TokenTree::Punct(punct) if punct.as_char() == '=') {
        return None;
    }
    let mut name = String::new();
    while let Some(before) = index.checked_sub(1) {
        index = before;
        match &tokens[index] {
            // A hyphen joins two parts of a name; two identifiers side by side are a tag and its attribute.
            TokenTree::Ident(ident) if name.is_empty() || name.starts_with('-') => {
                name.insert_str(0, &ident.to_string());
            }
            TokenTree::Punct(punct) if punct.as_char() == '-' && !name.is_empty() => name.insert(0, '-'),
            _ => break,
        }
    }
    Some(name)
}

fn is_macro(tokens: &[TokenTree], index: usize, names: &[&str]) -> bool {
    let Some([TokenTree::Ident(name), TokenTree::Punct(punct)]) =
        index.checked_sub(2).map(|start| &tokens[start..index])
    else {
        return false;
    };
    punct.as_char() == '!' && names.iter().any(|candidate| name == candidate)
}

fn has_words(literal: &StringLiteral) -> bool {
    literal.value.chars().any(char::is_alphabetic)
}

fn without_arguments(format: &str) -> String {
    let mut depth = 0_usize;
    format
        .chars()
        .filter(|character| {
            match character {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_code(text: &str, expect: usize) {
        let source = SourceFile {
            path: "crates/page/src/a.rs".into(),
            text: text.into(),
        };
        assert_eq!(check(&[source]).unwrap().len(), expect, "{text}");
    }

    #[test]
    fn words_in_markup_are_found() {
        check_code(r#"fn a() { html! { <p>{ "Hello" }</p> } }"#, 1);
        check_code(
            r#"fn a() { html! { <p>{ if b { "Hello" } else { "World" } }</p> } }"#,
            2,
        );
        check_code(r#"fn a() { html! { if b { <p>{ "Hello" }</p> } } }"#, 1);
        check_code(r#"fn a() { html! { <p>{ format!("Layer {layer}") }</p> } }"#, 1);
        check_code(
            r#"fn a() { html! { <button class="x" aria-label="Close">{ "×" }</button> } }"#,
            1,
        );
        check_code(r#"fn a() { html! { <Plate title={"Hello"} /> } }"#, 1);
        check_code(
            r#"fn a() { html! { <ul>{ for xs.map(|x| html! { <li>{ "Hello" }</li> }) }</ul> } }"#,
            1,
        );
    }

    #[test]
    fn quotation_marks_in_code_are_found() {
        check_code(r#"fn a() { texts.join("”, “") }"#, 1);
        check_code(r#"fn a() { format!("„{text}“") }"#, 1);
        check_code(
            "/// “Not” bad.\nfn a() { page.joined(\"join.in_quotes\", texts) }",
            0,
        );
        check_code(
            r#"#[cfg(test)] mod tests { fn a() { assert_eq!(b, "“not”") } }"#,
            0,
        );
    }

    #[test]
    fn what_is_not_read_is_left_alone() {
        check_code(
            r#"fn a() { html! { <p class="plate" id={"plate"}>{ t("plate.title") }</p> } }"#,
            0,
        );
        check_code(
            r#"fn a() { html! { <p aria-label={t("a.b")}>{ "· " }{ format!("{layer}.{head}") }</p> } }"#,
            0,
        );
        check_code(
            r#"fn a() { html! { <p class={classes!("a", b.then_some("on"))} /> } }"#,
            0,
        );
        check_code(
            r#"fn a() { html! { { match x { "a" => html! { <i/> }, _ => html! {} } } } }"#,
            0,
        );
        check_code(
            r#"fn a() { let name = "Hello"; html! { <p data-kind="recorded" /> } }"#,
            0,
        );
        check_code(
            r#"#[cfg(test)] mod tests { fn a() { html! { <p>{ "Hello" }</p> } } }"#,
            0,
        );
    }
}
