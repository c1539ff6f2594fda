//! Headings, notes and labels of the figures of `vitrine explain`.

use vitrine_picture::explanation::{ExplanationWords, ValueStyle, parts, stated_residual, target_name};
use vitrine_picture::shortened;
use vitrine_record::{
    Explanation, ExplanationCheck, ExplanationMethod, ExplanationSettings, GradientBaseline, KernelSelection,
    LimeWords, MaskWith, MaskingMode, ModelInfo, ModelOutput, OutputLink, SurrogateFit,
};

use crate::words::{NUMBERS, Words, signature, text_of};

/// So many characters of what is explained stand beside a picture; all of it stands above.
const MOST_OF_A_NAME: usize = 40;

/// What the pictures of an explanation say.
pub struct Labels {
    prediction: String,
    towards: String,
}

impl Labels {
    /// Those of what is explained.
    pub fn new(explanation: &Explanation, model: &ModelInfo) -> Labels {
        let target = &explanation.settings.target;
        let name = target_name(target, model).unwrap_or_default();
        let short = shortened(&name, MOST_OF_A_NAME);
        Labels {
            prediction: match target.output {
                ModelOutput::SimilarityTo(_) => short,
                _ => format!("score for {short}"),
            },
            towards: match target.output {
                ModelOutput::Logits => format!("towards {name}"),
                _ => "towards it".to_owned(),
            },
        }
    }

    /// The same as the pictures take them, with numbers in a style.
    pub fn of_pictures(&self, values: ValueStyle) -> ExplanationWords<'_> {
        ExplanationWords {
            values,
            base_value: "base value",
            prediction: &self.prediction,
            others: "{count} others",
            remainder: "not accounted for",
            towards: &self.towards,
            away: "away from it",
            not_resolved: "not told apart yet",
            standard_error: "Lines over bars reach one standard error to both sides.",
        }
    }
}

/// Heading and note.
pub fn of_explanation(explanation: &Explanation, model: &ModelInfo, values: ValueStyle) -> Words {
    let settings = &explanation.settings;
    let heading = format!(
        "{} for {}: “{}”",
        method_name(settings.method),
        target_name(&settings.target, model).unwrap_or_default(),
        text_of(&explanation.input.text, explanation.input.pair.as_deref())
    );
    let scale = match (&settings.target.output, settings.target.link) {
        (ModelOutput::Logits, OutputLink::Probability) => "probabilities",
        (ModelOutput::Logits, OutputLink::Logit) => "log-odds",
        (ModelOutput::SimilarityTo(_), _) => "cosines between the means of the two texts' last hidden states",
        (ModelOutput::Direction { .. }, _) => {
            "lengths along the line from the mean of the one text's last hidden states to that of the other's"
        }
    };
    let mut lines = vec![format!("Scores are {scale}. {}", signature(model))];
    lines.extend(how(settings));
    lines.extend(selection(settings));
    lines.push(evaluations(explanation));
    lines.extend(check(explanation, values));
    Words {
        heading,
        note: lines.join("\n"),
    }
}

fn method_name(method: ExplanationMethod) -> &'static str {
    match method {
        ExplanationMethod::Owen => "Owen values (Partition)",
        ExplanationMethod::Exact => "Shapley values, exact",
        ExplanationMethod::Permutation => "Shapley values, permutations",
        ExplanationMethod::Kernel => "Shapley values, Kernel SHAP",
        ExplanationMethod::Lime => "LIME",
        ExplanationMethod::IntegratedGradients => "Integrated gradients",
        ExplanationMethod::GradientTimesInput => "Gradient × input",
        ExplanationMethod::GradientNorm => "Norm of the gradient",
        ExplanationMethod::GradientTimesAttention => "Gradient × attention",
        ExplanationMethod::Occlusion => "Occlusion",
    }
}

/// What is made missing, and by what.
fn how(settings: &ExplanationSettings) -> Option<String> {
    match settings.method {
        ExplanationMethod::Lime => Some(
            match settings.lime.words {
                LimeWords::BagOfWords => "Missing words are deleted, with all their occurrences.",
                LimeWords::Positional => "[MASK] stands for a missing word.",
            }
            .to_owned(),
        ),
        ExplanationMethod::IntegratedGradients => Some(
            match settings.path.baseline {
                GradientBaseline::Pad => "The path begins where every token is [PAD]",
                GradientBaseline::Mask => "The path begins where every token is [MASK]",
                GradientBaseline::Zero => "The path begins where every token's embedding is zero",
            }
            .to_owned()
                + &format!(" and has {} points.", settings.path.steps),
        ),
        ExplanationMethod::GradientTimesInput
        | ExplanationMethod::GradientNorm
        | ExplanationMethod::GradientTimesAttention => None,
        ExplanationMethod::Owen
        | ExplanationMethod::Exact
        | ExplanationMethod::Permutation
        | ExplanationMethod::Kernel
        | ExplanationMethod::Occlusion => {
            let place = match settings.masking.mode {
                MaskingMode::Ids => "in the token ids",
                MaskingMode::String => "in the text, which is tokenized again",
            };
            Some(match settings.masking.with {
                MaskWith::Mask => format!("[MASK] stands for a missing token, {place}."),
                MaskWith::Pad => format!("[PAD] stands for a missing token, {place}."),
                MaskWith::Delete => format!("Missing tokens are deleted, {place}."),
                MaskWith::Attention => "Missing tokens are hidden from all attention.".to_owned(),
            })
        }
    }
}

/// Which tokens Kernel SHAP gives a value, where not all.
fn selection(settings: &ExplanationSettings) -> Option<String> {
    if settings.method != ExplanationMethod::Kernel {
        return None;
    }
    match settings.kernel {
        KernelSelection::All => None,
        KernelSelection::Features(features) => Some(format!("At most {features} tokens have a value.")),
        KernelSelection::Aic | KernelSelection::Bic => Some(format!(
            "Only tokens that the lasso selects by {} have a value.",
            settings.kernel.to_string().to_uppercase()
        )),
    }
}

fn evaluations(explanation: &Explanation) -> String {
    let count = |count: usize| NUMBERS.count(count);
    let spent = count(explanation.evaluations);
    let seed = explanation.settings.seed;
    match explanation.settings.method {
        ExplanationMethod::Lime if explanation.settings.lime.samples.is_some() => {
            format!("Fitted to {spent} samples drawn with seed {seed}.")
        }
        ExplanationMethod::Lime => format!("Fitted to all {spent} subsets of the words."),
        ExplanationMethod::Permutation | ExplanationMethod::Kernel => {
            format!("{spent} evaluations, drawn with seed {seed}.")
        }
        _ => match explanation.exact_evaluations {
            Some(exact) if exact > explanation.evaluations => {
                format!("{spent} evaluations; the exact values need {}.", count(exact))
            }
            _ => format!("{spent} evaluations."),
        },
    }
}

/// How far to trust it.
fn check(explanation: &Explanation, values: ValueStyle) -> Vec<String> {
    let mut lines = Vec::new();
    match explanation.check {
        ExplanationCheck::Additivity { residual } => {
            lines.push(format!(
                "Base value and values miss the prediction by {:.0e}.",
                stated_residual(residual)
            ));
        }
        ExplanationCheck::Surrogate(SurrogateFit {
            r2,
            intercept,
            local_prediction,
        }) => lines.push(format!(
            "R² {}, intercept {}, local prediction {} where the model says {}.",
            NUMBERS.fixed(r2, 3),
            values.score(intercept),
            values.score(local_prediction),
            values.score(explanation.prediction)
        )),
        ExplanationCheck::Completeness { gap } => {
            lines.push(format!(
                "The values miss the difference between prediction and base value by {:.0e}.",
                gap.abs()
            ));
        }
        ExplanationCheck::Nothing => {}
    }
    if parts(explanation).iter().any(|part| !part.is_resolved) {
        lines.push("Underlined groups are not told apart yet: they share their value evenly.".to_owned());
    }
    lines
}
