//! What holds for every file: not too long, and nothing in it that only one machine or one registry knows.

use std::sync::LazyLock;

use regex::Regex;

use super::SourceFile;

/// A file beyond this is two rooms in one.
const MOST_LINES: usize = 600;

const CODE: &[&str] = &["rs", "mjs", "js", "css", "html", "py"];

#[expect(
    clippy::unwrap_used,
    reason = "a constant pattern, compiled by the tests below"
)]
static MACHINE_PATH: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?:^|[\s"'`(=:])(/(?:work|root|tmp|home|Users|farm)/[\w.-]+)"#).unwrap());

#[expect(
    clippy::unwrap_used,
    reason = "a constant pattern, compiled by the tests below"
)]
static REGISTRY_HOST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:static|index)\.crates\.io|deb\.debian\.org|registry\.npmjs\.org|files\.pythonhosted\.org")
        .unwrap()
});

/// Lists long files, machine paths and registry hosts.
pub fn check(sources: &[SourceFile]) -> Vec<String> {
    let mut problems = Vec::new();
    for source in sources {
        let lines = source.text.lines().count();
        if source.has_extension(CODE) && lines > MOST_LINES {
            problems.push(format!(
                "{}: {lines} lines, more than {MOST_LINES}: split it by subject",
                source.path
            ));
        }
        for (number, line) in (1..).zip(source.text.lines()) {
            if let Some(found) = MACHINE_PATH.captures(line) {
                problems.push(source.problem(number, format!("{} exists on one machine only", &found[1])));
            }
            if let Some(found) = REGISTRY_HOST.find(line) {
                problems.push(source.problem(
                    number,
                    format!(
                        "{} is a registry's address: leave it to the client's settings",
                        found.as_str()
                    ),
                ));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> usize {
        check(&[SourceFile {
            path: "a.rs".into(),
            text: text.into(),
        }])
        .len()
    }

    #[test]
    fn long_files_are_found() {
        assert_eq!(problems(&"\n".repeat(MOST_LINES)), 0);
        assert_eq!(problems(&"\n".repeat(MOST_LINES + 1)), 1);
    }

    #[test]
    fn machine_paths_and_hosts_are_found() {
        assert_eq!(problems(&format!("read(\"/{}/somebody/model\")", "home")), 1);
        assert_eq!(problems(&format!("at https://index.{}/", "crates.io")), 1);
        assert_eq!(
            problems("see https://docs.rs/root/tmp/index.html and target/tmp/x"),
            0
        );
    }
}
