//! Colours have names: only www/tokens.css writes them down.

use std::sync::LazyLock;

use regex::Regex;

use super::{SourceFile, rust_source};

const HOME: &str = "www/tokens.css";

#[expect(
    clippy::unwrap_used,
    reason = "a constant pattern, compiled by the tests below"
)]
static COLOUR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(\s*[\d.]",
    )
    .unwrap()
});

/// Names of colours in a CSS declaration; the system's colours, which follow the person's settings, are none.
#[expect(
    clippy::unwrap_used,
    reason = "a constant pattern, compiled by the tests below"
)]
static NAMED_COLOUR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i):[^;{}]*[\s:,(](white|black|gr[ae]y|silver|red|maroon|orange|yellow|gold|olive|lime|green|teal|cyan|",
        r"aqua|blue|navy|purple|magenta|fuchsia|pink|brown|beige|ivory|(?:dark|light)[a-z]*(?:gr[ae]y|blue|green))",
        r"\s*(?:[;,)!}]|$)"
    ))
    .unwrap()
});

/// Lists colour literals in style sheets and Rust files.
pub fn check(sources: &[SourceFile]) -> Vec<String> {
    let mut problems = Vec::new();
    for source in sources.iter().filter(|source| source.path != HOME) {
        if source.has_extension(&["css"]) {
            problems.extend(in_css(source));
        } else if source.has_extension(&["rs"]) && source.path.contains("/src/") {
            // A file that cannot be read as Rust is the compiler's to report.
            for literal in rust_source::string_literals(source).unwrap_or_default() {
                if let Some(found) = COLOUR.find(&literal.value) {
                    problems.push(source.problem(literal.line, complaint(found.as_str())));
                }
            }
        }
    }
    problems
}

fn in_css(source: &SourceFile) -> Vec<String> {
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(source.text.lines()) {
        // An id may look like a colour, but then a block follows it.
        let declaration = line.split_once(':').map_or(line, |(_, value)| value);
        if let Some(found) = COLOUR
            .find(declaration)
            .filter(|_| !line.trim_end().ends_with(['{', ',']))
        {
            problems.push(source.problem(number, complaint(found.as_str())));
        }
        if let Some(found) = NAMED_COLOUR.captures(line) {
            problems.push(source.problem(number, complaint(&found[1])));
        }
    }
    problems
}

fn complaint(found: &str) -> String {
    format!("the colour {found} is written down outside {HOME}: give it a name there")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_css(line: &str, expect: usize) {
        assert_eq!(
            check(&[SourceFile {
                path: "www/style.css".into(),
                text: line.into()
            }])
            .len(),
            expect,
            "{line}"
        );
    }

    #[test]
    fn colours_in_css_are_found() {
        check_css("  color: #fff;", 1);
        check_css("  border: 1px solid #12345678;", 1);
        check_css("  background: oklch(70% 0.1 200);", 1);
        check_css("  box-shadow: 0 0 2px rgb(0 0 0 / 20%);", 1);
        check_css("  color: red;", 1);
        check_css("a { outline: 2px solid white }", 1);
        check_css("  outline: 2px solid white;", 1);
        check_css("  color: var(--ink);", 0);
        check_css(
            "  background: color-mix(in oklab, var(--ink) 10%, transparent);",
            0,
        );
        check_css("  color: CanvasText;", 0);
        check_css("  white-space: nowrap;", 0);
        check_css("#abc {", 0);
    }

    #[test]
    fn colours_in_rust_are_found_outside_tests() {
        let check_rust = |text: &str| {
            check(&[SourceFile {
                path: "crates/a/src/a.rs".into(),
                text: text.into(),
            }])
            .len()
        };
        assert_eq!(check_rust(r##"fn a() { b("#a0b1c2") }"##), 1);
        assert_eq!(
            check_rust(r##"#[cfg(test)] mod tests { fn a() { b("#a0b1c2") } }"##),
            0
        );
        assert_eq!(check_rust(r##"fn a() { b("#v=1&text=a", "--paper") }"##), 0);
    }
}
