//! Explanations of many texts as files.

use std::fmt::Write;

use serde::Serialize;
use vitrine_explain::{Corpus, TokenStatistics};
use vitrine_record::{Explanation, ExplanationSettings, ModelInfo, SentenceSet, TokenOrder};

use super::{
    Cohort,
    columns::Columns,
    file::{Document, csv, in_file, number},
};
use crate::export::quoted;

/// What texts are, and how each of them was explained.
#[derive(Clone, Copy, Debug)]
pub struct CorpusOrigin<'a> {
    /// The list that they stand in.
    pub list: SentenceSet,
    /// The class that all of them are predicted to be of, in label-id order, where the others are left out.
    pub predicted: Option<usize>,
    /// How each was explained.
    pub settings: &'a ExplanationSettings,
}

impl CorpusOrigin<'_> {
    fn predicted<'a>(&self, model: &'a ModelInfo) -> Option<&'a str> {
        model.labels.get(self.predicted?).map(String::as_str)
    }
}

/// A line for each token, the one with the largest mean size first, over all texts and then over those of each cohort,
/// which it names: RFC 4180, lines ended by CRLF. The standard deviation of a token that occurs once is empty. Each line
/// says which texts it is about, how they were explained, and of which model.
pub fn corpus_tokens_csv(
    corpus: &Corpus,
    cohorts: &[Cohort<'_>],
    origin: &CorpusOrigin<'_>,
    model: &ModelInfo,
) -> String {
    let constants = Columns::default()
        .and("list", origin.list.name())
        .and_text("predicted", origin.predicted(model).unwrap_or_default())
        .then(Columns::of_settings(origin.settings, model))
        .and("model_hash", &model.hash);
    let mut lines = format!(
        "cohort,token,unit,occurrences,texts,mean_size,total_size,largest_size,mean,standard_deviation,texts_in_all,{}\r\n",
        constants.headings(),
    );
    let constants = constants.fields();
    let of_cohorts = cohorts.iter().map(|cohort| (cohort.name.as_str(), cohort.corpus));
    for (cohort, corpus) in std::iter::once(("", corpus)).chain(of_cohorts) {
        let (cohort, unit, texts) = (quoted(cohort), corpus.unit().name(), corpus.texts().len());
        for (name, token) in corpus.ranked(TokenOrder::MeanSize, 1) {
            // Writing to a String cannot fail.
            let _ = write!(
                lines,
                "{cohort},{},{unit},{},{},{},{},{},{},{},{texts},{constants}\r\n",
                quoted(name),
                token.occurrences,
                token.texts,
                number(token.mean_size),
                number(token.total_size()),
                number(token.largest_size),
                number(token.mean),
                token.standard_deviation().map(number).unwrap_or_default(),
            );
        }
    }
    lines
}

/// The lines of all explanations, each with its text and that text's place before what [`csv`] writes: RFC 4180, lines ended
/// by CRLF.
pub fn corpus_csv<'a>(
    explanations: impl IntoIterator<Item = (usize, &'a Explanation)>,
    model: &ModelInfo,
) -> String {
    let mut lines = String::new();
    for (place, explanation) in explanations {
        let text = quoted(&explanation.input.text);
        let of_text = csv(explanation, model);
        let mut rows = csv_lines(&of_text);
        let heading = rows.next().unwrap_or_default();
        if lines.is_empty() {
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
    /// The list that they stand in.
    list: &'static str,
    /// The class that all of them are predicted to be of, where the others are left out.
    predicted: Option<&'a str>,
    /// How each was explained.
    settings: &'a ExplanationSettings,
    /// What counts as one token.
    unit: &'static str,
    /// The one with the largest mean size first.
    tokens: Vec<Token<'a>>,
    /// Texts that stand beside each other.
    cohorts: Vec<CohortInFile<'a>>,
    texts: Vec<Text<'a>>,
}

#[derive(Serialize)]
struct CohortInFile<'a> {
    name: &'a str,
    /// The numbers of its texts.
    text_numbers: Vec<usize>,
    tokens: Vec<Token<'a>>,
}

#[derive(Serialize)]
struct Token<'a> {
    token: &'a str,
    occurrences: usize,
    texts: usize,
    mean_size: f64,
    total_size: f64,
    largest_size: f64,
    mean: f64,
    standard_deviation: Option<f64>,
}

impl<'a> Token<'a> {
    fn new(token: &'a str, statistics: &TokenStatistics) -> Token<'a> {
        Token {
            token,
            occurrences: statistics.occurrences,
            texts: statistics.texts,
            mean_size: statistics.mean_size,
            total_size: statistics.total_size(),
            largest_size: statistics.largest_size,
            mean: statistics.mean,
            standard_deviation: statistics.standard_deviation(),
        }
    }

    fn all(corpus: &'a Corpus) -> Vec<Token<'a>> {
        let ranked = corpus.ranked(TokenOrder::MeanSize, 1).into_iter();
        ranked.map(|(name, token)| Token::new(name, token)).collect()
    }
}

#[derive(Serialize)]
struct Text<'a> {
    text_number: usize,
    #[serde(flatten)]
    document: Document<'a>,
}

/// Which texts it is about, all tokens, of cohorts those of each, and all explanations, each of these with its text's place,
/// as one JSON object on one line.
///
/// # Errors
/// If a number cannot be written, which serde_json reports; finite numbers always can.
pub fn corpus_json<'a>(
    corpus: &Corpus,
    cohorts: &[Cohort<'_>],
    explanations: impl IntoIterator<Item = (usize, &'a Explanation)>,
    origin: &CorpusOrigin<'a>,
    model: &'a ModelInfo,
) -> serde_json::Result<String> {
    let cohorts = cohorts.iter().map(|cohort| CohortInFile {
        name: &cohort.name,
        text_numbers: cohort.corpus.texts().map(|text| text.place).collect(),
        tokens: Token::all(cohort.corpus),
    });
    let texts = explanations.into_iter().map(|(text_number, explanation)| Text {
        text_number,
        document: Document::new(explanation, model),
    });
    let texts = Texts {
        list: origin.list.name(),
        predicted: origin.predicted(model),
        settings: origin.settings,
        unit: corpus.unit().name(),
        tokens: Token::all(corpus),
        cohorts: cohorts.collect(),
        texts: texts.collect(),
    };
    in_file("vitrine-explanations", model, texts)
}

#[cfg(test)]
mod tests {
    use vitrine_record::TokenUnit;

    use super::*;
    use crate::{explanation::fixture as explanations, fixture};

    fn origin(one: &Explanation) -> CorpusOrigin<'_> {
        CorpusOrigin {
            list: SentenceSet::Opinions,
            predicted: Some(1),
            settings: &one.settings,
        }
    }

    #[test]
    fn lines_of_all_texts_are_one_file() {
        let mut odd = explanations::exact();
        odd.input.text = "two\r\nlines, \"quoted\"".to_owned();
        odd.features[2].text = "a\r\n\"b\"".to_owned();
        let all = [explanations::exact(), odd, explanations::surrogate()];
        let csv = corpus_csv(all.iter().enumerate(), &crate::fixture::model(2));
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let headings = reader.headers().unwrap().len();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 10 + 10 + 4);
        assert!(rows.iter().all(|row| row.len() == headings));
        assert_eq!(&rows[12][1], all[1].input.text);
        assert_eq!(&rows[12][3], all[1].features[2].text);
        assert_eq!((&rows[9][0], &rows[10][0], &rows[20][0]), ("0", "1", "2"));
        assert_eq!(corpus_csv([], &crate::fixture::model(2)), "");
    }

    #[test]
    fn every_text_is_in_the_file() {
        let all = [explanations::exact(), explanations::surrogate()];
        let corpus = explanations::corpus(&all, TokenUnit::Words);
        let mut second = Corpus::new(TokenUnit::Words);
        second.add(1, &all[1]);
        let cohorts = [Cohort {
            name: "second".to_owned(),
            corpus: &second,
        }];
        let written = corpus_json(
            &corpus,
            &cohorts,
            all.iter().enumerate(),
            &origin(&all[0]),
            &fixture::model(2),
        )
        .unwrap();
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
        assert_eq!(
            (&read["list"], &read["predicted"]),
            (&"opinions".into(), &"POSITIVE".into())
        );
        assert_eq!(read["settings"], read["texts"][0]["settings"]);
        assert_eq!(
            (&read["texts"][1]["text_number"], &read["unit"]),
            (&1.into(), &"words".into())
        );
        let are_of = |tokens: &serde_json::Value, corpus: &Corpus| {
            let tokens = tokens.as_array().unwrap();
            assert_eq!(tokens.len(), corpus.token_count());
            for token in tokens {
                let known = corpus.token(token["token"].as_str().unwrap()).unwrap();
                let near = |key: &str, exact: f64| (token[key].as_f64().unwrap() - exact).abs() < 1e-15;
                assert!(near("mean_size", known.mean_size), "{token}");
                assert!(near("largest_size", known.largest_size), "{token}");
                assert_eq!(token["occurrences"], known.occurrences);
            }
        };
        are_of(&read["tokens"], &corpus);
        assert_eq!(read["cohorts"][0]["name"], "second");
        assert_eq!(read["cohorts"][0]["text_numbers"], serde_json::json!([1]));
        are_of(&read["cohorts"][0]["tokens"], &second);
    }

    #[test]
    fn every_token_has_a_line() {
        let all = explanations::several();
        let corpus = explanations::corpus(&all, TokenUnit::Words);
        let first = explanations::corpus(&all[..1], TokenUnit::Words);
        let cohorts = [Cohort {
            name: "a, b".to_owned(),
            corpus: &first,
        }];
        let csv = corpus_tokens_csv(&corpus, &cohorts, &origin(&all[0]), &fixture::model(2));
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let headings = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), corpus.token_count() + first.token_count());
        for (place, row) in rows.iter().enumerate() {
            let (cohort, of, texts) = match place < corpus.token_count() {
                true => ("", &corpus, "3"),
                false => ("a, b", &first, "1"),
            };
            let token = of.token(&row[1]).unwrap();
            assert_eq!(row[5].parse::<f64>().unwrap(), token.mean_size);
            assert_eq!(row[7].parse::<f64>().unwrap(), token.largest_size);
            assert_eq!(row[9].parse::<f64>().ok(), token.standard_deviation());
            assert_eq!((&row[0], &row[10]), (cohort, texts));
            let read = |name: &str| &row[headings.iter().position(|heading| heading == name).unwrap()];
            assert_eq!(
                ["list", "predicted", "method", "target", "masking", "model_hash"].map(read),
                [
                    "opinions",
                    "POSITIVE",
                    "owen",
                    "NEGATIVE",
                    "ids",
                    &fixture::model(2).hash
                ]
            );
        }
    }
}
