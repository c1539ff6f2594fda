//! What gradients, and each token's absence, say about tokens, as a file.

use serde::Serialize;
use vitrine_record::{
    ExplanationMethod, ExplanationSettings, GradientBaseline, Masking, ModelInfo, OutputLink, Salience,
    Token, message::TextInput,
};

use super::{file::in_file, target::target_name};
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
    methods: Vec<Method<'a>>,
}

#[derive(Serialize)]
struct Method<'a> {
    method: ExplanationMethod,
    /// One for each token; none where the method gives a token no value.
    values: &'a [Option<f64>],
}

/// Everything that is known, as one JSON object on one line: of each method a value for each token.
///
/// # Errors
/// If a number cannot be written, which serde_json reports; finite numbers always can.
pub fn salience_json(
    salience: &Salience,
    SalienceSettings { input, settings }: &SalienceSettings,
    tokens: &[Token],
    methods: &[(ExplanationMethod, Vec<Option<f64>>)],
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
        methods: methods
            .iter()
            .map(|(method, values)| Method {
                method: *method,
                values,
            })
            .collect(),
    };
    in_file(FORMAT, model, document)
}

/// A name for the files, without an ending.
pub fn salience_file_name(input: &TextInput) -> String {
    format!("{FORMAT}{}", words_in_name(&input.text))
}

#[cfg(test)]
mod tests {
    use vitrine_record::{ExplanationTarget, GradientPath};

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
        let methods = [
            (
                ExplanationMethod::IntegratedGradients,
                values.iter().copied().map(Some).collect(),
            ),
            (ExplanationMethod::Occlusion, vec![None; values.len()]),
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
        assert!(salience_file_name(&settings.input).starts_with("vitrine-salience-"));
    }
}
