//! What `vitrine explain --json` prints.

use serde::Serialize;
use serde_json::{Map, Value, json};
use vitrine_record::{
    ExplainedFeature, Explanation, ExplanationCheck, ExplanationDetail, ExplanationMethod,
    ExplanationSettings, ModelInfo, Token,
};

/// An explanation in the words of the command line. Tokens are those of `vitrine predict`.
#[derive(Serialize)]
pub struct PrintedExplanation<'a> {
    model: &'a ModelInfo,
    text: &'a str,
    pair: Option<&'a str>,
    tokens: &'a [Token],
    values: &'a [f64],
    features: Vec<PrintedFeature<'a>>,
    base_value: f64,
    prediction: f64,
    /// A label of the model.
    target: &'a str,
    link: &'static str,
    evaluations: usize,
    exact_evaluations: Option<usize>,
    settings: Map<String, Value>,
    seed: u32,
    check: Value,
    #[serde(flatten)]
    detail: Map<String, Value>,
}

#[derive(Serialize)]
struct PrintedFeature<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    value: f64,
    /// The text of a pair that it belongs to, 0 or 1.
    segment: u8,
    /// Its tokens: the first, and one past the last.
    tokens: [usize; 2],
}

impl<'a> From<&'a ExplainedFeature> for PrintedFeature<'a> {
    fn from(feature: &'a ExplainedFeature) -> PrintedFeature<'a> {
        PrintedFeature {
            text: &feature.text,
            start: feature.start,
            end: feature.end,
            value: feature.value,
            segment: feature.segment.into(),
            tokens: [feature.tokens.start, feature.tokens.end],
        }
    }
}

impl<'a> PrintedExplanation<'a> {
    /// An explanation of a model's class.
    pub fn new(explanation: &'a Explanation, model: &'a ModelInfo) -> PrintedExplanation<'a> {
        let settings = &explanation.settings;
        PrintedExplanation {
            model,
            text: &explanation.input.text,
            pair: explanation.input.pair.as_deref(),
            tokens: &explanation.tokens,
            values: &explanation.values,
            features: explanation.features.iter().map(PrintedFeature::from).collect(),
            base_value: explanation.base_value,
            prediction: explanation.prediction,
            target: model.labels.get(settings.target.index).map_or("", String::as_str),
            link: settings.target.link.name(),
            evaluations: explanation.evaluations,
            exact_evaluations: explanation.exact_evaluations,
            settings: printed_settings(settings),
            seed: settings.seed,
            check: printed_check(&explanation.check),
            detail: printed_detail(explanation),
        }
    }
}

/// Those that have to do with the method, named like the options.
fn printed_settings(settings: &ExplanationSettings) -> Map<String, Value> {
    let mut printed = Map::new();
    let mut put = |name: &str, value: Value| {
        printed.insert(name.to_owned(), value);
    };
    put("method", json!(settings.method.name()));
    match settings.method {
        ExplanationMethod::Lime => {
            let lime = &settings.lime;
            put("lime_words", json!(lime.words.name()));
            put("samples", json!(lime.samples));
            put("features", json!(lime.features));
            put("kernel_width", json!(lime.kernel_width));
        }
        ExplanationMethod::IntegratedGradients
        | ExplanationMethod::GradientTimesInput
        | ExplanationMethod::GradientNorm
        | ExplanationMethod::GradientTimesAttention => {}
        ExplanationMethod::Owen
        | ExplanationMethod::Exact
        | ExplanationMethod::Permutation
        | ExplanationMethod::Kernel
        | ExplanationMethod::Occlusion => {
            put("masking", json!(settings.masking.mode.name()));
            put("mask_with", json!(settings.masking.with.name()));
            put("special_players", json!(settings.masking.special_players));
            put("max_evals", json!(settings.most_evaluations));
            put("interactions", json!(settings.interactions));
        }
    }
    printed
}

fn printed_check(check: &ExplanationCheck) -> Value {
    match check {
        ExplanationCheck::Additivity { residual } => json!({ "residual": residual }),
        ExplanationCheck::Surrogate {
            r2,
            intercept,
            local_prediction,
        } => json!({ "r2": r2, "intercept": intercept, "local_prediction": local_prediction }),
        ExplanationCheck::Completeness { gap } => json!({ "completeness_gap": gap }),
        ExplanationCheck::Nothing => json!({}),
    }
}

/// What only some methods know, under its own name.
fn printed_detail(explanation: &Explanation) -> Map<String, Value> {
    let (name, value) = match &explanation.detail {
        ExplanationDetail::Nothing => return Map::new(),
        ExplanationDetail::MergeTree(groups) => {
            let group = |group: &vitrine_record::MergedGroup| {
                json!({
                    "features": [group.features.start, group.features.end],
                    "height": group.height,
                    "value": group.value,
                    "resolved": group.is_resolved,
                })
            };
            ("merge_tree", groups.iter().map(group).collect())
        }
        ExplanationDetail::Interactions(cells) => {
            let rows = cells.chunks(explanation.features.len().max(1));
            ("interactions", rows.map(|row| json!(row)).collect())
        }
        ExplanationDetail::Samples(samples) => ("samples", json!(samples)),
    };
    Map::from_iter([(name.to_owned(), value)])
}

#[cfg(test)]
#[path = "explain_json_tests.rs"]
mod tests;
