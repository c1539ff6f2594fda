//! What several methods say of the same parts of a text, as lines of a file and as a part of JSON.

use std::fmt::Write;

use serde::{Serialize, Serializer};
use vitrine_record::{Explanation, ExplanationMethod, ExplanationSettings, ModelInfo};

use super::{
    columns::Columns,
    file::{Check, number},
};

/// A method, with what it says of each word or token.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodInFile {
    /// Its explanation.
    pub explanation: Explanation,
    /// Whether its values will change no more.
    pub is_final: bool,
    /// One for each word or token; none where it gives one no value.
    pub values: Vec<Option<f64>>,
}

#[derive(Serialize)]
struct Method<'a> {
    method: ExplanationMethod,
    settings: &'a ExplanationSettings,
    base_value: f64,
    prediction: f64,
    evaluations: usize,
    check: Check,
    is_final: bool,
    values: &'a [Option<f64>],
}

impl Serialize for MethodInFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let explanation = &self.explanation;
        let method = Method {
            method: explanation.settings.method,
            settings: &explanation.settings,
            base_value: explanation.base_value,
            prediction: explanation.prediction,
            evaluations: explanation.evaluations,
            check: Check::from(&explanation.check),
            is_final: self.is_final,
            values: &self.values,
        };
        method.serialize(serializer)
    }
}

/// A line for each row and method that gives it a value: RFC 4180, lines ended by CRLF. Each has what names the row, and
/// behind the value everything that it depends on, so that files of two classes or two settings can be told apart.
pub(super) fn method_lines(rows: &[Columns], methods: &[MethodInFile], model: &ModelInfo) -> String {
    let mut csv = String::new();
    let constants: Vec<Columns> = methods
        .iter()
        .map(|method| Columns::of_explanation(&method.explanation, model))
        .collect();
    if let (Some(row), Some(constants)) = (rows.first(), constants.first()) {
        csv = format!("{},value,is_final,{}\r\n", row.headings(), constants.headings());
    }
    let constants: Vec<String> = constants.iter().map(Columns::fields).collect();
    for (place, row) in rows.iter().enumerate() {
        let row = row.fields();
        for (method, constants) in methods.iter().zip(&constants) {
            let Some(value) = method.values.get(place).copied().flatten() else {
                continue;
            };
            // Writing to a String cannot fail.
            let _ = write!(csv, "{row},{},{},{constants}\r\n", number(value), method.is_final);
        }
    }
    csv
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{explanation::fixture as explanations, fixture};

    #[test]
    fn each_value_has_a_line_with_what_it_depends_on() {
        let method = |explanation, is_final, values: &[Option<f64>]| MethodInFile {
            explanation,
            is_final,
            values: values.to_vec(),
        };
        let methods = [
            method(explanations::of_a_pair(), true, &[Some(0.5), None]),
            method(explanations::surrogate(), false, &[Some(-0.25), Some(0.0)]),
        ];
        let rows = ["a, b", "c"].map(|text| Columns::default().and_text("text", text));
        let csv = method_lines(&rows, &methods, &fixture::model(2));
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let headings = reader.headers().unwrap().clone();
        let lines: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let column = |name: &str| -> Vec<&str> {
            let at = headings.iter().position(|heading| heading == name).unwrap();
            lines.iter().map(|line| &line[at]).collect()
        };
        assert_eq!(column("text"), ["a, b", "a, b", "c"]);
        assert_eq!(column("value"), ["0.5", "-0.25", "0"]);
        assert_eq!(column("is_final"), ["true", "false", "false"]);
        assert_eq!(column("method"), ["owen", "lime", "lime"]);
        assert_eq!(column("link"), ["logit", "probability", "probability"]);
        assert_eq!(column("target"), ["POSITIVE", "NEGATIVE", "NEGATIVE"]);
        assert_eq!(column("seed"), ["", "7", "7"]);
        assert!(column("check")[1].starts_with("r2=0.83 "));
    }
}
