//! An explanation as files: full precision, ASCII numbers, the model's hash and everything that the values depend on.

use std::fmt::Write;

use serde::Serialize;
use vitrine_record::{
    ExplainedFeature, Explanation, ExplanationCheck, ExplanationDetail, ExplanationSettings, MaskedRun,
    MergedGroup, ModelInfo, OutputLink, Segment, SurrogateSample, Token,
};

use super::{
    columns::Columns,
    part::{parts, standard_error},
    target::target_name,
};
use crate::export::{quoted, words_in_name};

/// A line for each feature, in the order of the text: RFC 4180, lines ended by CRLF. A feature that is not told apart from
/// its neighbours yet has the features of its group, and their sum, beside its even share of it. Each line says what it is
/// of, so that lines of several files can be put together: the class by its label, where it has one, and its number, all
/// settings that the method knows, and the model by the hash of its weights.
pub fn csv(explanation: &Explanation, model: &ModelInfo) -> String {
    let constants = Columns::of_explanation(explanation, model);
    let mut csv = format!(
        "feature,text,start,end,segment,first_token,tokens,value,standard_error,group_start,group_end,group_value,{}\r\n",
        constants.headings(),
    );
    let constants = constants.fields();
    for part in parts(explanation) {
        let group = if part.is_resolved {
            String::from(",,")
        } else {
            let features = &part.features;
            format!("{},{},{}", features.start, features.end, number(part.value))
        };
        for index in part.features {
            let feature = &explanation.features[index];
            // Writing to a String cannot fail.
            let _ = write!(
                csv,
                "{index},{},{},{},{},{},{},{},{},{group},{constants}\r\n",
                quoted(&feature.text),
                feature.start,
                feature.end,
                name_of_segment(feature.segment),
                feature.tokens.start,
                feature.tokens.len(),
                number(feature.value),
                standard_error(explanation, index).map(number).unwrap_or_default(),
            );
        }
    }
    csv
}

/// As few digits as bring the same number back.
pub(crate) fn number(value: f64) -> String {
    if value == 0.0 {
        String::from("0")
    } else {
        value.to_string()
    }
}

/// What a setting is called in files.
pub(crate) fn name_of(setting: &impl Serialize) -> String {
    let value = serde_json::to_value(setting).unwrap_or_default();
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(crate) fn name_of_segment(segment: Segment) -> &'static str {
    match segment {
        Segment::A => "a",
        Segment::B => "b",
    }
}

/// Names and numbers, divided by spaces.
pub(super) fn check_in_one_field(check: &ExplanationCheck) -> String {
    let Check {
        residual,
        r2,
        intercept,
        local_prediction,
        completeness_gap,
    } = Check::from(check);
    let numbers = [
        ("residual", residual),
        ("r2", r2),
        ("intercept", intercept),
        ("local_prediction", local_prediction),
        ("completeness_gap", completeness_gap),
    ];
    let written = numbers
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", number(value?))));
    written.collect::<Vec<_>>().join(" ")
}

/// The numbers of a check, as they stand in a file.
#[derive(Default, Serialize)]
pub(super) struct Check {
    #[serde(skip_serializing_if = "Option::is_none")]
    residual: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r2: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    intercept: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    local_prediction: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completeness_gap: Option<f64>,
}

impl From<&ExplanationCheck> for Check {
    fn from(check: &ExplanationCheck) -> Check {
        match *check {
            ExplanationCheck::Additivity { residual } => Check {
                residual: Some(residual),
                ..Check::default()
            },
            ExplanationCheck::Surrogate(fit) => Check {
                r2: Some(fit.r2),
                intercept: Some(fit.intercept),
                local_prediction: Some(fit.local_prediction),
                ..Check::default()
            },
            ExplanationCheck::Completeness { gap } => Check {
                completeness_gap: Some(gap),
                ..Check::default()
            },
            ExplanationCheck::Nothing => Check::default(),
        }
    }
}

/// The value of `format` in such a file.
pub(crate) const FORMAT: &str = "vitrine-explanation";
/// The value of `version`.
const VERSION: u32 = 1;

/// An explanation as it stands in a file. `target` is what is explained, a class by its label, and `link` the scale of a
/// class's score.
#[derive(Serialize)]
pub(crate) struct Document<'a> {
    text: &'a str,
    pair: Option<&'a str>,
    tokens: &'a [Token],
    /// One for each token.
    values: &'a [f64],
    features: Vec<Feature<'a>>,
    base_value: f64,
    prediction: f64,
    target: Option<String>,
    link: Option<OutputLink>,
    evaluations: usize,
    exact_evaluations: Option<usize>,
    settings: &'a ExplanationSettings,
    seed: u32,
    check: Check,
    #[serde(flatten)]
    detail: Detail<'a>,
    /// Some of the masked inputs that were run, the most telling first.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    masked_inputs: &'a [MaskedRun],
}

#[derive(Serialize)]
struct Feature<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    segment: &'static str,
    first_token: usize,
    tokens: usize,
    value: f64,
}

#[derive(Default, Serialize)]
struct Detail<'a> {
    /// Groups of neighbouring features, each after its parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<&'a [MergedGroup]>,
    /// `[feature][feature]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    interactions: Option<Vec<&'a [f64]>>,
    /// Of each feature's value.
    #[serde(skip_serializing_if = "Option::is_none")]
    standard_errors: Option<&'a [f64]>,
    /// The text itself first.
    #[serde(skip_serializing_if = "Option::is_none")]
    samples: Option<&'a [SurrogateSample]>,
}

impl<'a> From<&'a Explanation> for Detail<'a> {
    fn from(explanation: &'a Explanation) -> Detail<'a> {
        match &explanation.detail {
            ExplanationDetail::Nothing => Detail::default(),
            ExplanationDetail::MergeTree(groups) => Detail {
                groups: Some(groups),
                ..Detail::default()
            },
            ExplanationDetail::Interactions(values) => Detail {
                interactions: Some(values.chunks(explanation.features.len().max(1)).collect()),
                ..Detail::default()
            },
            ExplanationDetail::StandardErrors(errors) => Detail {
                standard_errors: Some(errors),
                ..Detail::default()
            },
            ExplanationDetail::Samples(samples) => Detail {
                samples: Some(samples),
                ..Detail::default()
            },
        }
    }
}

impl<'a> Document<'a> {
    pub(crate) fn new(explanation: &'a Explanation, model: &'a ModelInfo) -> Document<'a> {
        let feature = |feature: &'a ExplainedFeature| Feature {
            text: &feature.text,
            start: feature.start,
            end: feature.end,
            segment: name_of_segment(feature.segment),
            first_token: feature.tokens.start,
            tokens: feature.tokens.len(),
            value: feature.value,
        };
        Document {
            text: &explanation.input.text,
            pair: explanation.input.pair.as_deref(),
            tokens: &explanation.tokens,
            values: &explanation.values,
            features: explanation.features.iter().map(feature).collect(),
            base_value: explanation.base_value,
            prediction: explanation.prediction,
            target: target_name(&explanation.settings.target, model),
            link: explanation.settings.target.scale(),
            evaluations: explanation.evaluations,
            exact_evaluations: explanation.exact_evaluations,
            settings: &explanation.settings,
            seed: explanation.settings.seed,
            check: Check::from(&explanation.check),
            detail: Detail::from(explanation),
            masked_inputs: &[],
        }
    }
}

#[derive(Serialize)]
struct File<'a, Content> {
    format: &'static str,
    version: u32,
    model: &'a ModelInfo,
    #[serde(flatten)]
    content: Content,
}

/// An explanation with all that its method knows, with the masked inputs that are given, as one JSON object on one line.
///
/// # Errors
/// If a number cannot be written, which serde_json reports; finite numbers always can.
pub fn json(
    explanation: &Explanation,
    masked_inputs: &[MaskedRun],
    model: &ModelInfo,
) -> serde_json::Result<String> {
    let document = Document {
        masked_inputs,
        ..Document::new(explanation, model)
    };
    in_file(FORMAT, model, document)
}

/// Some content in a file of a format, with the model that it is of.
pub(crate) fn in_file(
    format: &'static str,
    model: &ModelInfo,
    content: impl Serialize,
) -> serde_json::Result<String> {
    serde_json::to_string(&File {
        format,
        version: VERSION,
        model,
        content,
    })
}

/// A name for the files of an explanation, without an ending: the exhibit, the sentence as far as it fits, the method.
pub fn file_name(explanation: &Explanation) -> String {
    let words = words_in_name(&explanation.input.text);
    let method = name_of(&explanation.settings.method).replace('_', "-");
    format!("{FORMAT}{words}-{method}")
}

#[cfg(test)]
mod tests {
    use vitrine_record::{ModelOutput, message::TextInput};

    use super::*;
    use crate::{explanation::fixture as explanations, fixture};

    fn rows(csv: &str) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(csv.as_bytes());
        let rows = reader.records();
        rows.map(|row| row.unwrap().iter().map(str::to_owned).collect())
            .collect()
    }

    #[test]
    fn lines_add_up_to_the_prediction() {
        for explanation in [
            explanations::exact(),
            explanations::truncated(),
            explanations::of_a_pair(),
        ] {
            let model = fixture::model(2);
            let rows = rows(&csv(&explanation, &model));
            let column = |name: &str| rows[0].iter().position(|heading| heading == name).unwrap();
            let read = |row: &[String], name: &str| row[column(name)].parse::<f64>().unwrap();
            assert_eq!(rows.len(), explanation.features.len() + 1);
            let sum: f64 = rows[1..].iter().map(|row| read(row, "value")).sum();
            let first = &rows[1];
            assert!((read(first, "base_value") + sum - read(first, "prediction")).abs() < 1e-12);
            for (row, feature) in rows[1..].iter().zip(&explanation.features) {
                assert_eq!(row.len(), rows[0].len());
                assert_eq!(read(row, "value"), feature.value, "to the last bit");
                assert_eq!(row[column("text")], feature.text);
                assert_eq!(row[column("model_hash")], explanation.model_hash);
                let index = explanation.settings.target.index;
                assert_eq!(row[column("target")], model.labels[index], "its name");
                assert_eq!(read(row, "target_index"), index as f64, "its number");
            }
        }
    }

    #[test]
    fn groups_that_are_not_told_apart_are_named() {
        let rows = rows(&csv(&explanations::truncated(), &fixture::model(2)));
        let group = |row: usize| rows[row][9..11].join("-");
        assert_eq!(
            [group(1), group(4), group(5)],
            ["0-3", "-", "4-8"].map(str::to_owned)
        );
        let shares: f64 = rows[1..4].iter().map(|row| row[7].parse::<f64>().unwrap()).sum();
        assert!((shares - rows[1][11].parse::<f64>().unwrap()).abs() < 1e-12);
    }

    #[test]
    fn a_file_says_everything_that_the_values_depend_on() {
        let model = fixture::model(2);
        let explanation = explanations::of_a_pair();
        let read: serde_json::Value =
            serde_json::from_str(&json(&explanation, &[], &model).unwrap()).unwrap();
        assert_eq!(read["format"], FORMAT);
        assert_eq!(read["model"]["hash"], model.hash);
        assert_eq!(read["target"], "POSITIVE");
        assert_eq!(read["link"], "logit");
        assert_eq!(read["pair"], "A \"second\" text");
        let settings: ExplanationSettings = serde_json::from_value(read["settings"].clone()).unwrap();
        assert_eq!(settings, explanation.settings);
        let values: Vec<f64> = serde_json::from_value(read["values"].clone()).unwrap();
        assert_eq!(values, explanation.values);
        assert_eq!(read["check"]["residual"], 0.0);
        assert_eq!(read["check"].as_object().unwrap().len(), 1);
        let features = read["features"].as_array().unwrap();
        let sum: f64 = features
            .iter()
            .map(|feature| feature["value"].as_f64().unwrap())
            .sum();
        let [base, prediction] = ["base_value", "prediction"].map(|key| read[key].as_f64().unwrap());
        assert!((base + sum - prediction).abs() < 1e-12);
    }

    #[test]
    fn each_check_and_detail_has_its_keys() {
        let model = fixture::model(2);
        let read = |explanation: &Explanation| -> serde_json::Value {
            serde_json::from_str(&json(explanation, &[], &model).unwrap()).unwrap()
        };
        let surrogate = read(&explanations::surrogate());
        for key in ["r2", "intercept", "local_prediction"] {
            assert!(surrogate["check"][key].is_number(), "{key}");
        }
        assert_eq!(surrogate["samples"].as_array().unwrap().len(), 16);
        assert_eq!(surrogate["seed"], 7);
        assert_eq!(
            read(&explanations::exact())["groups"].as_array().unwrap().len(),
            9
        );
        let mut path = explanations::with_special_players();
        path.check = ExplanationCheck::Completeness { gap: 0.25 };
        path.detail = ExplanationDetail::Interactions((0..144).map(f64::from).collect());
        let path = read(&path);
        assert_eq!(path["check"], serde_json::json!({"completeness_gap": 0.25}));
        assert_eq!(path["interactions"][1][0], 12.0);
    }

    #[test]
    fn what_is_of_no_class_says_what_it_is_and_has_no_scale() {
        let mut explanation = explanations::exact();
        let text = "a \"good\" film".to_owned();
        explanation.settings.target.output = ModelOutput::SimilarityTo(TextInput { text, pair: None });
        let json = json(&explanation, &[], &fixture::model(2)).unwrap();
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["target"], "similarity to “a \"good\" film”");
        assert_eq!(read["link"], serde_json::Value::Null);
        let rows = rows(&csv(&explanation, &fixture::model(2)));
        let column = |name: &str| rows[0].iter().position(|heading| heading == name).unwrap();
        assert_eq!(rows[1][column("output")], "similarity to “a \"good\" film”");
        assert_eq!(rows[1][column("link")], "");
    }

    #[test]
    fn a_file_is_called_after_sentence_and_method() {
        assert_eq!(
            file_name(&explanations::exact()),
            "vitrine-explanation-a-lovely-not-unwatchable-film-owen"
        );
        let mut explanation = explanations::exact();
        explanation.settings.method = vitrine_record::ExplanationMethod::IntegratedGradients;
        assert!(file_name(&explanation).ends_with("-integrated-gradients"));
    }
}
