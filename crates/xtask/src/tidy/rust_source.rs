//! String literals of Rust files, without comments, documentation and test modules.

use std::str::FromStr;

use anyhow::{Result, anyhow};
use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};

use super::SourceFile;

/// A string literal and the line that it begins on.
#[derive(Debug, PartialEq, Eq)]
pub struct StringLiteral {
    /// Its value; escapes are left as written.
    pub value: String,
    /// Counted from 1.
    pub line: usize,
}

/// Reads a file's tokens.
pub fn tokens(source: &SourceFile) -> Result<Vec<TokenTree>> {
    let stream = TokenStream::from_str(&source.text)
        .map_err(|error| anyhow!("{}:{}: {error}", source.path, error.span().start().line))?;
    Ok(without_tests(stream))
}

/// All string literals of a file.
pub fn string_literals(source: &SourceFile) -> Result<Vec<StringLiteral>> {
    let mut found = Vec::new();
    collect(tokens(source)?, &mut found);
    Ok(found)
}

/// The tokens of a group, without attributes and test modules.
pub fn inside(group: &Group) -> Vec<TokenTree> {
    without_tests(group.stream())
}

/// The value of a literal if it is a string.
pub fn string_value(literal: &Literal) -> Option<StringLiteral> {
    let text = literal.to_string();
    let body = match text.strip_prefix('r') {
        Some(raw) => raw.trim_matches('#'),
        None => &text,
    };
    let value = body.strip_prefix('"')?.strip_suffix('"')?.to_owned();
    Some(StringLiteral {
        value,
        line: literal.span().start().line,
    })
}

fn collect(tokens: Vec<TokenTree>, found: &mut Vec<StringLiteral>) {
    for token in tokens {
        match token {
            TokenTree::Literal(literal) => found.extend(string_value(&literal)),
            TokenTree::Group(group) => collect(inside(&group), found),
            _ => {}
        }
    }
}

/// Drops attributes (documentation is one of them) and what `#[cfg(test)]` stands before.
fn without_tests(stream: TokenStream) -> Vec<TokenTree> {
    let mut kept = Vec::new();
    let mut tokens = stream.into_iter().peekable();
    let mut is_test = false;
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                // `#![…]` belongs to the whole file.
                if matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == '!') {
                    tokens.next();
                }
                if let Some(TokenTree::Group(group)) = tokens.peek()
                    && group.delimiter() == Delimiter::Bracket
                {
                    is_test |= group.stream().to_string().replace(' ', "") == "cfg(test)";
                    tokens.next();
                    continue;
                }
                kept.push(token);
            }
            _ if is_test => {
                let ends_item = match &token {
                    TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                    TokenTree::Punct(punct) => punct.as_char() == ';',
                    _ => false,
                };
                is_test = !ends_item;
            }
            _ => kept.push(token),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_attributes_and_tests_are_left_out() {
        let text = r##"
            //! "inner"
            /// "outer"
            #[derive(Debug)] struct A;
            fn a() { b("one", [r#"two"#, b"bytes"]) } // "comment"
            #[cfg(test)]
            mod tests { fn c() { "three" } }
            const D: &str = "four";
        "##;
        let source = SourceFile {
            path: "a.rs".into(),
            text: text.into(),
        };
        let found: Vec<_> = string_literals(&source)
            .unwrap()
            .into_iter()
            .map(|found| found.value)
            .collect();
        assert_eq!(found, ["one", "two", "four"]);
    }
}
