//! Explanations of many texts as files.

use serde::Serialize;
use vitrine_record::{Explanation, ModelInfo};

use super::file::{Document, csv, in_file};
use crate::export::quoted;

/// The lines of all explanations, each with its text before what [`csv`] writes: RFC 4180, lines ended by CRLF.
pub fn corpus_csv(explanations: &[Explanation]) -> String {
    let mut lines = String::new();
    for (place, explanation) in explanations.iter().enumerate() {
        let text = quoted(&explanation.input.text);
        let of_text = csv(explanation);
        let mut rows = csv_lines(&of_text);
        let heading = rows.next().unwrap_or_default();
        if place == 0 {
            lines.push_str(&format!("text_number,whole_text,{heading}\r\n"));
        }
        for row in rows {
            lines.push_str(&format!("{place},{text},{row}\r\n"));
        }
    }
    lines
}

/// The lines of a file without their ends; a line may have ends of lines within quotes.
fn csv_lines(csv: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    csv.split_inclusive(move |character| {
        is_quoted ^= character == '"';
        character == '\n' && !is_quoted
    })
    .map(|line| line.trim_end_matches("\r\n"))
}

#[derive(Serialize)]
struct Texts<'a> {
    texts: Vec<Document<'a>>,
}

/// Everything that is known about all explanations, as one JSON object on one line.
///
/// # Errors
/// If a number cannot be written, which serde_json reports; finite numbers always can.
pub fn corpus_json(explanations: &[Explanation], model: &ModelInfo) -> serde_json::Result<String> {
    let texts = explanations
        .iter()
        .map(|explanation| Document::new(explanation, model));
    let texts = Texts {
        texts: texts.collect(),
    };
    in_file("vitrine-explanations", model, texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{explanation::fixture as explanations, fixture};

    #[test]
    fn lines_of_all_texts_are_one_file() {
        let mut odd = explanations::exact();
        odd.input.text = "two\r\nlines, \"quoted\"".to_owned();
        odd.features[2].text = "a\r\n\"b\"".to_owned();
        let all = [explanations::exact(), odd, explanations::surrogate()];
        let csv = corpus_csv(&all);
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let headings = reader.headers().unwrap().len();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 10 + 10 + 4);
        assert!(rows.iter().all(|row| row.len() == headings));
        assert_eq!(&rows[12][1], all[1].input.text);
        assert_eq!(&rows[12][3], all[1].features[2].text);
        assert_eq!((&rows[9][0], &rows[10][0], &rows[20][0]), ("0", "1", "2"));
        assert_eq!(corpus_csv(&[]), "");
    }

    #[test]
    fn every_text_is_in_the_file() {
        let all = [explanations::exact(), explanations::surrogate()];
        let written = corpus_json(&all, &fixture::model(2)).unwrap();
        let read: serde_json::Value = serde_json::from_str(&written).unwrap();
        let texts = read["texts"].as_array().unwrap();
        let names: Vec<&str> = texts.iter().map(|text| text["text"].as_str().unwrap()).collect();
        assert_eq!(
            names,
            [
                "A lovely, not unwatchable film.",
                "A great film, not a bad film at all."
            ]
        );
        assert_eq!(read["model"]["id"], "made-up");
    }
}
