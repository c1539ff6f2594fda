//! How several methods compare, as a file.

use std::fmt::Write;

use serde::Serialize;
use vitrine_record::{
    ExplanationMethod, ExplanationTarget, Masking, ModelInfo, OutputLink, message::TextInput,
};

use super::{
    columns::Columns,
    file::{in_file, name_of, number},
    method_file::{MethodInFile, method_lines},
    target::target_name,
};
use crate::export::words_in_name;

const FORMAT: &str = "vitrine-agreement";

/// What several methods say of one text, and how they compare.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AgreementFile {
    /// The text.
    pub text: String,
    /// A second text.
    pub pair: Option<String>,
    /// What is explained.
    #[serde(skip)]
    pub target: ExplanationTarget,
    /// How words are made missing where it is checked how faithful the methods are.
    pub masking: Masking,
    /// The words that values are compared by.
    pub words: Vec<WordInFile>,
    /// What each method says.
    pub methods: Vec<MethodInFile>,
    /// How far each pair of them agrees.
    pub pairs: Vec<PairInFile>,
    /// Words that they disagree about.
    pub disagreements: Vec<DisagreementInFile>,
    /// How faithful each is.
    pub faithfulness: Vec<FaithfulnessInFile>,
    /// What random orders come to.
    pub random_orders: Vec<RandomInFile>,
    /// LIME over seeds.
    pub seeds: Option<SeedsInFile>,
    /// Each method before and after an edit.
    pub edits: Vec<EditInFile>,
}

/// A word.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WordInFile {
    /// What was typed.
    pub text: String,
    /// Its first token.
    pub first_token: usize,
    /// How many it has.
    pub tokens: usize,
}

/// A pair of methods.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PairInFile {
    /// One.
    pub one: ExplanationMethod,
    /// The other.
    pub other: ExplanationMethod,
    /// Words that both give a value.
    pub words: usize,
    /// Of their values.
    pub kendall_tau: Option<f64>,
    /// Of the sizes of their values.
    pub kendall_tau_of_magnitudes: Option<f64>,
    /// Words that are counted as the top.
    pub top: usize,
    /// The share of these that is the same.
    pub top_overlap: Option<f64>,
    /// The share of words with the same sign.
    pub same_sign: Option<f64>,
}

/// A word that methods disagree about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DisagreementInFile {
    /// Its place among the words.
    pub word: usize,
    /// Whether it speaks for in one method and against in another.
    pub signs_differ: bool,
    /// Its place by size where it is most important, from 1.
    pub highest_place: usize,
    /// Where it is least important.
    pub lowest_place: usize,
}

/// How faithful a method is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FaithfulnessInFile {
    /// Which.
    pub method: ExplanationMethod,
    /// Its mean over all numbers of words.
    pub comprehensiveness: Option<f64>,
    /// Likewise.
    pub sufficiency: Option<f64>,
    /// The score while words are taken away, the highest value first.
    pub deletion: CurveInFile,
    /// While they are added.
    pub insertion: CurveInFile,
}

/// A curve.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CurveInFile {
    /// The score after 0, 1, 2, … words.
    pub scores: Vec<f64>,
    /// The area under it.
    pub area: Option<f64>,
}

/// Random orders.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RandomInFile {
    /// `deletion` or `insertion`.
    pub curves: &'static str,
    /// What the orders were drawn by.
    pub seed: u32,
    /// The mean score after 0, 1, 2, … words.
    pub mean: Vec<f64>,
    /// The standard deviation of each.
    pub standard_deviation: Vec<f64>,
    /// The area under each order's curve.
    pub areas: Vec<f64>,
}

/// LIME over seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeedsInFile {
    /// The seeds.
    pub seeds: Vec<u32>,
    /// Of the first seed's weights and another's.
    pub smallest_kendall_tau: Option<f64>,
    /// Of each word; none where some seed left it out.
    pub words: Vec<Option<SpreadInFile>>,
}

/// The weights of a word over seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpreadInFile {
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation.
    pub standard_deviation: Option<f64>,
    /// The lowest.
    pub lowest: f64,
    /// The highest.
    pub highest: f64,
}

/// A method's values of words that are in the text and in another that is nearly the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EditInFile {
    /// The other text.
    pub text: String,
    /// Which.
    pub method: ExplanationMethod,
    /// Of the values before and after.
    pub kendall_tau: Option<f64>,
    /// Words that are counted as the top.
    pub top: usize,
    /// The share of these that is the same.
    pub top_overlap: Option<f64>,
    /// The words, by their places.
    pub words: Vec<usize>,
    /// Their places by size before, from 1.
    pub places_before: Vec<usize>,
    /// After.
    pub places_after: Vec<usize>,
    /// Their values before.
    pub values_before: Vec<f64>,
    /// After.
    pub values_after: Vec<f64>,
}

#[derive(Serialize)]
struct Document<'a> {
    /// A class by its label, or what the score is.
    target: Option<String>,
    /// The scale of a class's score.
    link: Option<OutputLink>,
    #[serde(flatten)]
    file: &'a AgreementFile,
}

/// All of it, as one JSON object on one line.
///
/// # Errors
/// If a number cannot be written, which serde_json reports; finite numbers always can.
pub fn agreement_json(file: &AgreementFile, model: &ModelInfo) -> serde_json::Result<String> {
    let document = Document {
        target: target_name(&file.target, model),
        link: file.target.scale(),
        file,
    };
    in_file(FORMAT, model, document)
}

/// A line for each word and method that gives it a value, with everything that the method goes by: RFC 4180, lines ended by
/// CRLF.
pub fn agreement_csv(file: &AgreementFile, model: &ModelInfo) -> String {
    let row = |(place, word): (usize, &WordInFile)| {
        let mut disagreements = file.disagreements.iter();
        Columns::default()
            .and("word", place)
            .and_text("text", &word.text)
            .and("first_token", word.first_token)
            .and("tokens", word.tokens)
            .and(
                "disagreement",
                disagreements.any(|disagreement| disagreement.word == place),
            )
    };
    let rows: Vec<Columns> = file.words.iter().enumerate().map(row).collect();
    method_lines(&rows, &file.methods, model)
}

/// A line for each step of each curve, and of the mean of random orders, which has a standard deviation and a seed: RFC 4180,
/// lines ended by CRLF. Each says what the score is and how words are made missing.
pub fn curves_csv(file: &AgreementFile, model: &ModelInfo) -> String {
    let constants = Columns::of_target(&file.target, model)
        .then(Columns::of_masking(Some(file.masking)))
        .and("model_hash", &model.hash);
    let mut csv = format!(
        "curves,order,words,of_words,score,standard_deviation,seed,{}\r\n",
        constants.headings()
    );
    let (all, constants) = (file.words.len(), constants.fields());
    let mut line = |curves: &str, order: &str, (step, score): (usize, f64), more: &str| {
        // Writing to a String cannot fail.
        let _ = write!(
            csv,
            "{curves},{order},{step},{all},{},{more},{constants}\r\n",
            number(score)
        );
    };
    for of in &file.faithfulness {
        for (curves, curve) in [("deletion", &of.deletion), ("insertion", &of.insertion)] {
            for step in curve.scores.iter().copied().enumerate() {
                line(curves, &name_of(&of.method), step, ",");
            }
        }
    }
    for random in &file.random_orders {
        for (step, deviation) in random
            .mean
            .iter()
            .copied()
            .enumerate()
            .zip(&random.standard_deviation)
        {
            line(
                random.curves,
                "random",
                step,
                &format!("{},{}", number(*deviation), random.seed),
            );
        }
    }
    csv
}

/// A name for the files, without an ending.
pub fn agreement_file_name(input: &TextInput) -> String {
    format!("{FORMAT}{}", words_in_name(&input.text))
}

#[cfg(test)]
mod tests {
    use vitrine_record::ExplanationSettings;

    use super::*;
    use crate::{explanation::fixture as explanations, fixture};

    fn file() -> AgreementFile {
        let curve = |scores: &[f64]| CurveInFile {
            scores: scores.to_vec(),
            area: None,
        };
        let mut gradients = explanations::exact();
        gradients.settings = ExplanationSettings {
            method: ExplanationMethod::GradientTimesAttention,
            ..ExplanationSettings::default()
        };
        AgreementFile {
            text: "not bad".to_owned(),
            pair: None,
            target: explanations::of_a_pair().settings.target,
            masking: Masking::default(),
            words: ["not", "bad"]
                .map(|text| WordInFile {
                    text: text.to_owned(),
                    first_token: 1,
                    tokens: 1,
                })
                .into(),
            methods: vec![
                MethodInFile {
                    explanation: gradients,
                    is_final: true,
                    values: vec![Some(0.25), None],
                },
                MethodInFile {
                    explanation: explanations::surrogate(),
                    is_final: false,
                    values: vec![None, Some(-0.5)],
                },
            ],
            pairs: vec![PairInFile {
                one: ExplanationMethod::Owen,
                other: ExplanationMethod::Lime,
                words: 3,
                kendall_tau: Some(1.0 / 3.0),
                kendall_tau_of_magnitudes: None,
                top: 3,
                top_overlap: Some(1.0),
                same_sign: Some(0.5),
            }],
            disagreements: vec![DisagreementInFile {
                word: 1,
                signs_differ: true,
                highest_place: 1,
                lowest_place: 2,
            }],
            faithfulness: vec![FaithfulnessInFile {
                method: ExplanationMethod::IntegratedGradients,
                comprehensiveness: None,
                sufficiency: None,
                deletion: curve(&[0.75, 0.5, 0.25]),
                insertion: curve(&[0.25, 0.5]),
            }],
            random_orders: vec![RandomInFile {
                curves: "deletion",
                seed: 3,
                mean: vec![0.75, 0.625, 0.25],
                standard_deviation: vec![0.0, 0.125, 0.0],
                areas: vec![0.5],
            }],
            seeds: None,
            edits: Vec::new(),
        }
    }

    fn read(csv: &str) -> (csv::StringRecord, Vec<csv::StringRecord>) {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let headings = reader.headers().unwrap().clone();
        (headings, reader.records().map(Result::unwrap).collect())
    }

    #[test]
    fn the_file_says_what_each_method_goes_by() {
        let json = agreement_json(&file(), &fixture::model(12)).unwrap();
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["format"], "vitrine-agreement");
        assert_eq!(
            (&read["target"], &read["link"]),
            (&"POSITIVE".into(), &"logit".into())
        );
        assert_eq!(read["pairs"][0]["kendall_tau"], 1.0 / 3.0);
        assert_eq!(
            read["pairs"][0]["kendall_tau_of_magnitudes"],
            serde_json::Value::Null
        );
        let [gradients, lime] = [0, 1].map(|place| &read["methods"][place]);
        assert_eq!(gradients["method"], "gradient_times_attention");
        assert_eq!(gradients["values"], serde_json::json!([0.25, null]));
        let settings: ExplanationSettings = serde_json::from_value(lime["settings"].clone()).unwrap();
        assert_eq!(settings, explanations::surrogate().settings);
        assert_eq!(
            (&lime["check"]["r2"], &lime["is_final"]),
            (&0.83.into(), &false.into())
        );
    }

    #[test]
    fn each_value_has_a_line() {
        let (headings, lines) = read(&agreement_csv(&file(), &fixture::model(12)));
        assert_eq!(
            headings.iter().take(7).collect::<Vec<_>>(),
            [
                "word",
                "text",
                "first_token",
                "tokens",
                "disagreement",
                "value",
                "is_final"
            ]
        );
        let start = |line: usize| lines[line].iter().take(7).collect::<Vec<_>>();
        assert_eq!(lines.len(), 2);
        assert_eq!(start(0), ["0", "not", "1", "1", "false", "0.25", "true"]);
        assert_eq!(start(1), ["1", "bad", "1", "1", "true", "-0.5", "false"]);
    }

    #[test]
    fn each_step_of_each_curve_has_a_line() {
        let (headings, lines) = read(&curves_csv(&file(), &fixture::model(12)));
        assert_eq!(lines.len(), 3 + 2 + 3);
        let start = |line: usize| lines[line].iter().take(7).collect::<Vec<_>>();
        assert_eq!(
            start(1),
            ["deletion", "integrated_gradients", "1", "2", "0.5", "", ""]
        );
        assert_eq!(
            start(3),
            ["insertion", "integrated_gradients", "0", "2", "0.25", "", ""]
        );
        assert_eq!(start(6), ["deletion", "random", "1", "2", "0.625", "0.125", "3"]);
        let column = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
        for line in &lines {
            let of = ["target", "link", "masking", "mask_with"].map(|name| &line[column(name)]);
            assert_eq!(of, ["POSITIVE", "logit", "ids", "mask"]);
        }
    }
}
