//! Numbers of several kinds in rows and columns: what stands beside a picture, on the page and in files alike.

use std::fmt::Write;

use super::file::number;
use crate::svg::escaped;

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberTable {
    /// What it holds.
    pub caption: String,
    /// The heading above the names of rows.
    pub corner: String,
    /// The headings above the numbers.
    pub columns: Vec<String>,
    /// The rows, each with a cell for each column.
    pub rows: Vec<NumberRow>,
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberRow {
    /// What it is of.
    pub name: String,
    /// Whether the name was typed: text of a language that nobody has named.
    pub is_typed: bool,
    /// What it holds.
    pub cells: Vec<NumberCell>,
}

/// What stands in one place.
#[derive(Clone, Debug, PartialEq)]
pub enum NumberCell {
    /// There is no such number.
    Nothing,
    /// A number.
    Number {
        /// As it is.
        exact: f64,
        /// The same, rounded to be read.
        shown: String,
    },
    /// Words.
    Words(String),
}

impl NumberCell {
    /// A number as it is written, where there is one.
    pub fn of(number: Option<f64>, write: impl Fn(f64) -> String) -> NumberCell {
        match number {
            Some(exact) => NumberCell::Number {
                exact,
                shown: write(exact),
            },
            None => NumberCell::Nothing,
        }
    }

    /// What is read in it.
    pub fn shown(&self) -> &str {
        match self {
            NumberCell::Nothing => "",
            NumberCell::Number { shown, .. } => shown,
            NumberCell::Words(words) => words,
        }
    }
}

impl NumberTable {
    /// The table in HTML. Each number is the exact one, rounded for display.
    pub(crate) fn html(&self) -> String {
        let heading = |name: &String| format!("<th scope=\"col\">{}</th>", escaped(name));
        let headings: String = std::iter::once(&self.corner)
            .chain(&self.columns)
            .map(heading)
            .collect();
        let mut rows = String::new();
        for row in &self.rows {
            let language = if row.is_typed { " lang=\"\"" } else { "" };
            // Writing to a String cannot fail.
            let _ = write!(
                rows,
                "<tr><th scope=\"row\"{language}>{}</th>",
                escaped(&row.name)
            );
            for cell in &row.cells {
                let shown = escaped(cell.shown());
                let _ = match cell {
                    NumberCell::Number { exact, .. } => {
                        write!(rows, "<td><data value=\"{}\">{shown}</data></td>", number(*exact))
                    }
                    NumberCell::Nothing | NumberCell::Words(_) => write!(rows, "<td>{shown}</td>"),
                };
            }
            rows.push_str("</tr>\n");
        }
        format!(
            "<table>\n<caption>{}</caption>\n<thead><tr>{headings}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n",
            escaped(&self.caption),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits_and_words_are_escaped() {
        let table = NumberTable {
            caption: "A & B".to_owned(),
            corner: "Word".to_owned(),
            columns: vec!["One".to_owned(), "Other".to_owned()],
            rows: vec![NumberRow {
                name: "<b>".to_owned(),
                is_typed: true,
                cells: vec![
                    NumberCell::of(Some(0.123456), |number| format!("{number:.2}")),
                    NumberCell::of(None, |_| unreachable!("there is no number")),
                ],
            }],
        };
        let html = table.html();
        assert!(html.contains("<caption>A &amp; B</caption>"));
        assert!(html.contains(
            "<tr><th scope=\"row\" lang=\"\">&lt;b&gt;</th><td><data value=\"0.123456\">0.12</data></td><td></td></tr>"
        ));
    }
}
