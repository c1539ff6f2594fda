//! What gradients, and each token's absence, say about tokens, as a file.

use serde::Serialize;
use vitrine_record::{
    ExplanationSettings, GradientBaseline, Masking, ModelInfo, OutputLink, Salience, Token,
    message::TextInput,
};

use super::{
    columns::Columns,
    file::{in_file, name_of_segment},
    method_file::{MethodInFile, method_lines},
    target::target_name,
};
use crate::export::words_in_name;

const FORMAT: &str = "vitrine-salience";

/// What the values of several methods depend on.
#[derive(Clone, Debug, PartialEq)]
pub struct SalienceSettings {
    /// What was read.
    pub input: TextInput,
    /// What is explained, the path of integrated gradients, and how tokens are made missing by occlusion.
    pub settings: ExplanationSettings,
}

#[derive(Serialize)]
struct Document<'a> {
    text: &'a str,
    pair: Option<&'a str>,
    tokens: &'a [Token],
    target: Option<String>,
    link: Option<OutputLink>,
    /// The score of the text, and that of the baseline.
    prediction: f64,
    base_value: f64,
    settings: &'a ExplanationSettings,
    baseline: GradientBaseline,
    steps: usize,
    steps_done: usize,
    completeness_gap: Option<f64>,
    masking: Masking,
    methods: &'a [MethodInFile],
}

/// The path of integrated gradients, and of each method a value for each token, as one JSON object on one line.
///
/// # Errors
/// If a number cannot be written, which serde_json reports; finite numbers always can.
pub fn salience_json(
    salience: &Salience,
    SalienceSettings { input, settings }: &SalienceSettings,
    tokens: &[Token],
    methods: &[MethodInFile],
    model: &ModelInfo,
) -> serde_json::Result<String> {
    let document = Document {
        text: &input.text,
        pair: input.pair.as_deref(),
        tokens,
        target: target_name(&settings.target, model),
        link: settings.target.scale(),
        prediction: salience.prediction,
        base_value: salience.base_value,
        settings,
        baseline: settings.path.baseline,
        steps: salience.steps,
        steps_done: salience.steps_done,
        completeness_gap: salience.gap(),
        masking: settings.masking,
        methods,
    };
    in_file(FORMAT, model, document)
}

/// A line for each token and method that gives it a value, with everything that the method goes by: RFC 4180, lines ended by
/// CRLF.
pub fn salience_csv(tokens: &[Token], methods: &[MethodInFile], model: &ModelInfo) -> String {
    let row = |(place, token): (usize, &Token)| {
        Columns::default()
            .and("token", place)
            .and_text("text", &token.text)
            .and_text("piece", &token.piece)
            .and("start", token.start)
            .and("end", token.end)
            .and("segment", name_of_segment(token.segment))
            .and("special", token.special)
    };
    let rows: Vec<Columns> = tokens.iter().enumerate().map(row).collect();
    method_lines(&rows, methods, model)
}

/// A name for the files, without an ending.
pub fn salience_file_name(input: &TextInput) -> String {
    format!("{FORMAT}{}", words_in_name(&input.text))
}

#[cfg(test)]
mod tests {
    use vitrine_record::{Explanation, ExplanationMethod, ExplanationTarget, GradientPath};

    use super::*;
    use crate::{explanation::fixture as explanations, fixture};

    #[test]
    fn the_file_has_a_value_for_each_token_and_the_gap() {
        let explanation = explanations::exact();
        let settings = SalienceSettings {
            input: explanation.input.clone(),
            settings: ExplanationSettings {
                method: ExplanationMethod::IntegratedGradients,
                target: ExplanationTarget {
                    index: 1,
                    ..ExplanationTarget::default()
                },
                path: GradientPath {
                    baseline: GradientBaseline::Mask,
                    ..GradientPath::default()
                },
                ..ExplanationSettings::default()
            },
        };
        let values: Vec<f64> = explanation.values.clone();
        let salience = Salience {
            prediction: 0.75,
            base_value: 0.5,
            integrated_gradients: Some(values.clone()),
            steps: 50,
            steps_done: 50,
            ..Salience::default()
        };
        let by = |method, values| MethodInFile {
            explanation: Explanation {
                settings: ExplanationSettings {
                    method,
                    ..settings.settings.clone()
                },
                ..explanation.clone()
            },
            is_final: true,
            values,
        };
        let methods = [
            by(
                ExplanationMethod::IntegratedGradients,
                values.iter().copied().map(Some).collect(),
            ),
            by(ExplanationMethod::Occlusion, vec![None; values.len()]),
        ];
        let model = fixture::model(12);
        let json = salience_json(&salience, &settings, &explanation.tokens, &methods, &model).unwrap();
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        let sum: f64 = values.iter().sum();
        assert_eq!(read["completeness_gap"], sum - 0.25);
        assert_eq!(read["baseline"], "mask");
        assert_eq!(read["settings"]["path"]["baseline"], "mask");
        assert_eq!(read["target"], model.labels[1].as_str());
        assert_eq!(read["methods"][0]["method"], "integrated_gradients");
        assert_eq!(read["methods"][0]["values"][2], values[2]);
        assert_eq!(read["methods"][1]["values"][2], serde_json::Value::Null);
        assert_eq!(read["tokens"].as_array().unwrap().len(), values.len());
        let csv = salience_csv(&explanation.tokens, &methods, &model);
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let headings = reader.headers().unwrap().clone();
        let lines: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(lines.len(), values.len(), "what has no value has no line");
        let column = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
        for (place, line) in lines.iter().enumerate() {
            assert_eq!(&line[column("piece")], explanation.tokens[place].piece);
            assert_eq!(
                line[column("value")].parse::<f64>().unwrap(),
                values[place],
                "to the last bit"
            );
            assert_eq!(
                (&line[column("baseline")], &line[column("target_index")]),
                ("mask", "1")
            );
        }
        assert!(salience_file_name(&settings.input).starts_with("vitrine-salience-"));
    }
}
