//! A local surrogate as files, with what other seeds make of the same text.

use std::fmt::Write;

use serde::Serialize;
use vitrine_record::{Explanation, ModelInfo, SurrogateFit};

use super::{
    SeedWeights,
    columns::Columns,
    file::{Document, FORMAT, in_file, name_of_segment, number},
    seed_weights::{SeedFit, SeedWord},
};
use crate::export::quoted;

/// A line for each word that some seed chose: RFC 4180, lines ended by CRLF. Its weight in the surrogate of the seed that
/// the line names is empty where that does without it; mean, standard deviation, lowest and highest are over the seeds that
/// chose it. Each line has what the weights add up to, from the intercept to the local prediction, and everything that they
/// depend on.
pub fn surrogate_csv(explanation: &Explanation, seeds: &SeedWeights, model: &ModelInfo) -> String {
    let fit = explanation.check.surrogate();
    let of_fit = |of: fn(SurrogateFit) -> f64| fit.map(|fit| number(of(fit))).unwrap_or_default();
    let constants = Columns::default()
        .and("intercept", of_fit(|fit| fit.intercept))
        .and("local_prediction", of_fit(|fit| fit.local_prediction))
        .and("r2", of_fit(|fit| fit.r2))
        .and_number("prediction", explanation.prediction)
        .then(Columns::of_settings(&explanation.settings, model))
        .and("evaluations", explanation.evaluations)
        .and("model_hash", &explanation.model_hash);
    let mut csv = format!(
        "text,start,end,segment,first_token,tokens,weight,seeds,chosen_by,mean,standard_deviation,lowest,highest,{}\r\n",
        constants.headings(),
    );
    let constants = constants.fields();
    for word in &seeds.words {
        let of = OfWord::new(word);
        let optional = |value: Option<f64>| value.map(number).unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = write!(
            csv,
            "{},{},{},{},{},{},{},{},{},{},{},{},{},{constants}\r\n",
            quoted(of.text),
            of.start,
            of.end,
            of.segment,
            word.feature.tokens.start,
            word.feature.tokens.len(),
            optional(word.weights.first().copied().flatten()),
            seeds.fits.len(),
            of.chosen_by,
            optional(of.mean),
            optional(of.standard_deviation),
            optional(of.lowest),
            optional(of.highest),
        );
    }
    csv
}

#[derive(Serialize)]
struct OfSeeds<'a> {
    #[serde(flatten)]
    explanation: Document<'a>,
    over_seeds: OverSeeds<'a>,
}

#[derive(Serialize)]
struct OverSeeds<'a> {
    /// One for each seed.
    fits: &'a [SeedFit],
    /// All words that some seed chose.
    words: Vec<OfWord<'a>>,
}

#[derive(Serialize)]
struct OfWord<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    segment: &'static str,
    /// One for each seed; null where it did not choose the word.
    weights: &'a [Option<f64>],
    /// How many seeds chose it; what follows is over these.
    chosen_by: usize,
    mean: Option<f64>,
    standard_deviation: Option<f64>,
    lowest: Option<f64>,
    highest: Option<f64>,
}

impl OfWord<'_> {
    fn new(word: &SeedWord) -> OfWord<'_> {
        let spread = word.spread();
        OfWord {
            text: &word.feature.text,
            start: word.feature.start,
            end: word.feature.end,
            segment: name_of_segment(word.feature.segment),
            weights: &word.weights,
            chosen_by: word.chosen_by(),
            mean: spread.map(|spread| spread.mean),
            standard_deviation: spread.and_then(|spread| spread.standard_deviation),
            lowest: spread.map(|spread| spread.lowest),
            highest: spread.map(|spread| spread.highest),
        }
    }
}

/// A surrogate, as one JSON object on one line: that of [`json`](super::json), and under
/// `over_seeds` what several seeds say.
///
/// # Errors
/// If a number cannot be written, which serde_json reports; finite numbers always can.
pub fn surrogate_json(
    explanation: &Explanation,
    seeds: &SeedWeights,
    model: &ModelInfo,
) -> serde_json::Result<String> {
    let content = OfSeeds {
        explanation: Document::new(explanation, model),
        over_seeds: OverSeeds {
            fits: &seeds.fits,
            words: seeds.words.iter().map(OfWord::new).collect(),
        },
    };
    in_file(FORMAT, model, content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{explanation::fixture as explanations, fixture};

    #[test]
    fn every_word_of_every_seed_has_a_line() {
        let all = explanations::seeds();
        let seeds = SeedWeights::new(&all);
        let csv = surrogate_csv(&all[0], &seeds, &fixture::model(2));
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let columns: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert!(!columns.contains(&"base_value".to_owned()), "it is the intercept");
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let read = |row: &csv::StringRecord, name: &str| {
            let column = columns.iter().position(|column| column == name).unwrap();
            row[column].to_owned()
        };
        let number = |row: &csv::StringRecord, name: &str| read(row, name).parse::<f64>().unwrap();
        assert_eq!(rows.len(), 4);
        let weights: f64 = rows
            .iter()
            .filter_map(|row| read(row, "weight").parse::<f64>().ok())
            .sum();
        let first = &rows[0];
        assert!((number(first, "intercept") + weights - number(first, "local_prediction")).abs() < 1e-12);
        let film = rows.iter().find(|row| read(row, "text") == "film").unwrap();
        assert_eq!(
            (read(film, "weight").as_str(), read(film, "chosen_by").as_str()),
            ("", "1")
        );
        assert_eq!((number(film, "mean"), number(film, "highest")), (0.01, 0.01));
        for row in &rows {
            assert_eq!((row.len(), read(row, "seeds").as_str()), (columns.len(), "3"));
            assert_eq!(read(row, "model_hash"), all[0].model_hash);
            assert_eq!(
                (read(row, "target").as_str(), read(row, "lime_samples").as_str()),
                ("NEGATIVE", "5000")
            );
        }
    }

    #[test]
    fn json_has_all_seeds_beside_the_explanation() {
        let (all, model) = (explanations::seeds(), fixture::model(2));
        let json = surrogate_json(&all[0], &SeedWeights::new(&all), &model).unwrap();
        let mut read: serde_json::Value = serde_json::from_str(&json).unwrap();
        let seeds = read.as_object_mut().unwrap().remove("over_seeds").unwrap();
        let alone: serde_json::Value =
            serde_json::from_str(&super::super::json(&all[0], &[], &model).unwrap()).unwrap();
        assert_eq!(read, alone);
        assert_eq!(seeds["fits"][1]["seed"], 8);
        let film = &seeds["words"][3];
        assert_eq!((&film["text"], &film["chosen_by"]), (&"film".into(), &1.into()));
        assert_eq!(film["weights"], serde_json::json!([null, 0.01, null]));
    }
}
