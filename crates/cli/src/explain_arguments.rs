//! What can be asked of `vitrine explain`.

use std::num::NonZeroUsize;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use vitrine_record::{
    ExplanationMethod, ExplanationSettings, ExplanationTarget, GradientBaseline, GradientPath, Grouping,
    KernelSelection, LimeSettings, LimeWords, MaskWith, Masking, MaskingMode, ModelInfo, ModelOutput,
    OutputLink, Salience, message::TextInput,
};

use crate::arguments::ThemeName;
use crate::error::CliError;

/// How a prediction is explained.
#[derive(Args, Debug)]
pub struct ExplainArguments {
    /// How: Owen values over a merge tree of the tokens, which is what the shap package computes of a text (owen),
    /// Shapley values from all coalitions (exact), from permutations (permutation) or by weighted least squares
    /// (kernel), a local linear surrogate (lime), integrated gradients (ig), gradient times input (gradxinput), the
    /// gradient's norm (gradnorm), gradient times attention (gradxattention), or leaving out each token (occlusion).
    #[arg(long, value_name = "METHOD", value_parser = methods())]
    pub method: ExplanationMethod,
    /// The class whose score is explained; the predicted one if it is not given.
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true)]
    pub target: Option<String>,
    /// The scale of a class's score: its probability (prob, the default), or the logarithm of its odds.
    #[arg(long, value_name = "LINK", value_parser = links())]
    pub link: Option<OutputLink>,
    /// In place of a class's score, explain how alike the model finds the text and this one: the cosine between the means
    /// of their last hidden states. It needs no classifier.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, conflicts_with_all = ["target", "link", "towards"])]
    pub similar_to: Option<String>,
    /// In place of a class's score, explain how far the text lies towards this one, away from that of --away-from: the
    /// mean of its last hidden states, along the straight line from the one's to the other's. It needs no classifier.
    #[arg(
        long, value_name = "TEXT", allow_hyphen_values = true, requires = "away_from",
        conflicts_with_all = ["target", "link"]
    )]
    pub towards: Option<String>,
    /// Where the line of --towards begins.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, requires = "towards")]
    pub away_from: Option<String>,
    /// Where tokens are made missing: in the text, which is then tokenized again, as shap does (string), or in the
    /// token ids, so that all others stay what they were (ids, the default).
    #[arg(long, value_name = "WHERE", value_parser = masking_modes())]
    pub masking: Option<MaskingMode>,
    /// What stands for a missing token: [MASK] (the default), nothing, [PAD], or the token itself, hidden from all
    /// attention. For integrated gradients mask and pad are a baseline.
    #[arg(long, value_name = "WHAT", value_parser = stand_ins())]
    pub mask_with: Option<MaskWith>,
    /// Count [CLS] and [SEP] among the players, as shap does. They are never missing.
    #[arg(long)]
    pub special_players: bool,
    /// Also print how pairs of tokens interact; with the method exact.
    #[arg(long)]
    pub interactions: bool,
    /// What LIME leaves out: all occurrences of a word, which are deleted (bow, the default), or one occurrence, in
    /// whose place [MASK] stands (positional).
    #[arg(long, value_name = "WORDS", value_parser = lime_words())]
    pub lime_words: Option<LimeWords>,
    /// How many inputs the model may be asked about, for owen, permutation and kernel. Without it, owen goes on to the
    /// exact values.
    #[arg(long, value_name = "N")]
    pub max_evals: Option<NonZeroUsize>,
    /// Which tokens Kernel SHAP gives a value: all of them (the default), so many at most (which the shap package does with
    /// 10 if nothing is said), or those that the lasso selects by Akaike's (aic) or the Bayesian information criterion (bic).
    #[arg(long, value_name = "all|N|aic|bic")]
    pub kernel_features: Option<KernelSelection>,
    /// Points of the path of integrated gradients, 50 if it is not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=Salience::MOST_STEPS as i64))]
    pub steps: Option<u16>,
    /// What the path of integrated gradients begins at, in the place of each token: the embedding of [PAD] (the default),
    /// that of [MASK], or one of zeros.
    #[arg(long, value_name = "BASELINE", value_parser = baselines())]
    pub baseline: Option<GradientBaseline>,
    /// Samples of LIME, the text itself being one, 5000 if it is not given; or the word expected, for what it finds on
    /// average over all samples, of a short text.
    #[arg(long, value_name = "N")]
    pub samples: Option<Samples>,
    /// How many features LIME keeps at most, 10 if it is not given.
    #[arg(long, value_name = "K")]
    pub features: Option<NonZeroUsize>,
    /// The seed of what is drawn by chance.
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u32,
    /// The colours of the picture.
    #[arg(long, value_name = "THEME", default_value = "light")]
    pub theme: ThemeName,
    /// What is printed.
    #[command(flatten)]
    pub format: ExplainFormat,
}

/// What is printed: one of the two.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct ExplainFormat {
    /// Print the numbers, and what they come from, as one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Print a picture as a self-contained SVG document.
    #[arg(long)]
    pub svg: bool,
}

/// How many samples LIME draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Samples {
    /// So many, the text itself included.
    Drawn(usize),
    /// None: the fit is that of the expectation.
    Expected,
}

impl std::str::FromStr for Samples {
    type Err = String;

    fn from_str(text: &str) -> Result<Samples, String> {
        if text == "expected" {
            return Ok(Samples::Expected);
        }
        match text.parse() {
            Ok(samples) if samples >= 2 => Ok(Samples::Drawn(samples)),
            _ => Err("give a number from 2, or the word expected".to_owned()),
        }
    }
}

/// What a method is made of, and with it what can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Shapley,
    Lime,
    Gradient,
    Occlusion,
}

fn family(method: ExplanationMethod) -> Family {
    match method {
        ExplanationMethod::Owen
        | ExplanationMethod::Exact
        | ExplanationMethod::Permutation
        | ExplanationMethod::Kernel => Family::Shapley,
        ExplanationMethod::Lime => Family::Lime,
        ExplanationMethod::IntegratedGradients
        | ExplanationMethod::GradientTimesInput
        | ExplanationMethod::GradientNorm
        | ExplanationMethod::GradientTimesAttention => Family::Gradient,
        ExplanationMethod::Occlusion => Family::Occlusion,
    }
}

impl ExplainArguments {
    /// Everything that determines the explanation of a text for which a class is predicted. What would do nothing is
    /// refused.
    pub fn settings(
        &self,
        model: &ModelInfo,
        predicted: Option<usize>,
    ) -> Result<ExplanationSettings, CliError> {
        self.check_choice()?;
        let default = LimeSettings::default();
        Ok(ExplanationSettings {
            method: self.method,
            target: self.explained(model, predicted)?,
            masking: self.masking(),
            most_evaluations: self.max_evals.map(NonZeroUsize::get),
            interactions: self.interactions,
            grouping: Grouping::default(),
            kernel: self.kernel_features.unwrap_or_default(),
            path: self.path(),
            lime: LimeSettings {
                words: self.lime_words.unwrap_or_default(),
                samples: match self.samples {
                    None => default.samples,
                    Some(Samples::Drawn(samples)) => Some(samples),
                    Some(Samples::Expected) => None,
                },
                features: self.features.map_or(default.features, NonZeroUsize::get),
                ..default
            },
            seed: self.seed,
        })
    }

    /// LIME always works on the text, and gradients make nothing missing.
    fn masking(&self) -> Masking {
        match family(self.method) {
            Family::Lime => self.lime_words.unwrap_or_default().masking(),
            Family::Gradient => Masking::default(),
            Family::Shapley | Family::Occlusion => Masking {
                mode: self.masking.unwrap_or_default(),
                with: self.mask_with.unwrap_or_default(),
                special_players: self.special_players,
            },
        }
    }

    fn path(&self) -> GradientPath {
        let default = GradientPath::default();
        let of_mask = match (self.method, self.mask_with) {
            (ExplanationMethod::IntegratedGradients, Some(MaskWith::Mask)) => GradientBaseline::Mask,
            _ => default.baseline,
        };
        GradientPath {
            baseline: self.baseline.unwrap_or(of_mask),
            steps: self.steps.unwrap_or(default.steps),
        }
    }

    /// What is read off the model, and which of its numbers.
    fn explained(&self, model: &ModelInfo, predicted: Option<usize>) -> Result<ExplanationTarget, CliError> {
        let text = |option: &str, text: &str| match text.trim() {
            "" => Err(CliError::Choice(format!(
                "the text of {option} is empty: give one that the explained text is compared with"
            ))),
            _ => Ok(TextInput {
                text: text.to_owned(),
                pair: None,
            }),
        };
        let output = match (&self.similar_to, &self.towards, &self.away_from) {
            (Some(other), ..) => ModelOutput::SimilarityTo(text("--similar-to", other)?),
            (None, Some(to), Some(from)) => ModelOutput::Direction {
                from: text("--away-from", from)?,
                to: text("--towards", to)?,
            },
            _ => {
                return Ok(ExplanationTarget {
                    output: ModelOutput::Logits,
                    index: self.class(model, predicted)?,
                    link: self.link.unwrap_or_default(),
                });
            }
        };
        Ok(ExplanationTarget {
            output,
            ..ExplanationTarget::default()
        })
    }

    fn class(&self, model: &ModelInfo, predicted: Option<usize>) -> Result<usize, CliError> {
        let none = || {
            CliError::Choice(
                "this model has no classifier, so it predicts no class that could be explained: explain how alike the \
                 text is to another with --similar-to TEXT, or which of two it is nearer to with --towards TEXT \
                 --away-from TEXT, or choose a model with a classifier with --model DIR"
                    .to_owned(),
            )
        };
        if model.labels.is_empty() {
            return Err(none());
        }
        let Some(label) = &self.target else {
            return predicted.ok_or_else(none);
        };
        let found = model.labels.iter().position(|one| one == label);
        found.ok_or_else(|| {
            let labels = model.labels.join(", ");
            CliError::Choice(format!(
                "--target {label} is no class of this model: choose one of {labels}"
            ))
        })
    }

    fn check_choice(&self) -> Result<(), CliError> {
        let refuse = |sentence: &str| Err(CliError::Choice(sentence.to_owned()));
        let (family, name) = (family(self.method), self.method.name());
        let is_lime = family == Family::Lime;
        if !is_lime && (self.lime_words.is_some() || self.samples.is_some() || self.features.is_some()) {
            return refuse(&format!(
                "--lime-words, --samples and --features are of LIME: leave them out, or choose --method lime in \
                 place of {name}"
            ));
        }
        if self.interactions && self.method != ExplanationMethod::Exact {
            return refuse(&format!(
                "interactions are computed from all coalitions: choose --method exact in place of {name}"
            ));
        }
        if self.max_evals.is_some()
            && !matches!(
                self.method,
                ExplanationMethod::Owen | ExplanationMethod::Permutation | ExplanationMethod::Kernel
            )
        {
            return refuse(&format!(
                "--max-evals is of the methods owen, permutation and kernel, not of {name}: leave it out"
            ));
        }
        if self.kernel_features.is_some() && self.method != ExplanationMethod::Kernel {
            return refuse(&format!(
                "--kernel-features is of Kernel SHAP: leave it out, or choose --method kernel in place of {name}"
            ));
        }
        let is_path = self.method == ExplanationMethod::IntegratedGradients;
        if !is_path && (self.steps.is_some() || self.baseline.is_some()) {
            return refuse(&format!(
                "--steps and --baseline are of integrated gradients: leave them out, or choose --method ig in place \
                 of {name}"
            ));
        }
        if self.special_players && matches!(family, Family::Lime | Family::Gradient) {
            return refuse(&format!("{name} has no players: leave out --special-players"));
        }
        match family {
            Family::Lime => self.check_lime(),
            Family::Gradient => self.check_gradients(),
            Family::Shapley | Family::Occlusion => Ok(()),
        }?;
        let mode = self.masking.unwrap_or_default();
        if !self.mask_with.unwrap_or_default().is_possible_in(mode) {
            return refuse(
                "a token can be hidden from attention in the token ids only, not in the text: leave out --masking \
                 string, or choose mask, delete or pad for --mask-with",
            );
        }
        Ok(())
    }

    fn check_lime(&self) -> Result<(), CliError> {
        let words = self.lime_words.unwrap_or_default();
        let stand_in = words.masking().with;
        if self.masking == Some(MaskingMode::Ids) {
            return Err(CliError::Choice(
                "LIME leaves words out of the text: leave out --masking ids".to_owned(),
            ));
        }
        if self.mask_with.is_some_and(|with| with != stand_in) {
            return Err(CliError::Choice(
                "LIME deletes words with --lime-words bow and puts [MASK] in their place with --lime-words positional: \
                 leave out --mask-with"
                    .to_owned(),
            ));
        }
        Ok(())
    }

    fn check_gradients(&self) -> Result<(), CliError> {
        let is_path = self.method == ExplanationMethod::IntegratedGradients;
        if self.masking.is_some() || (!is_path && self.mask_with.is_some()) {
            return Err(CliError::Choice(format!(
                "{} makes no token missing: leave out --masking and --mask-with",
                self.method.name()
            )));
        }
        if matches!(self.mask_with, Some(MaskWith::Delete | MaskWith::Attention)) {
            return Err(CliError::Choice(
                "integrated gradients make no token missing: leave out --mask-with, or choose pad or mask, which are a \
                 --baseline"
                    .to_owned(),
            ));
        }
        if self.mask_with.is_some() && self.baseline.is_some() {
            return Err(CliError::Choice(
                "--baseline and --mask-with both say what the path of integrated gradients begins at: leave out \
                 --mask-with"
                    .to_owned(),
            ));
        }
        Ok(())
    }
}

fn methods() -> impl TypedValueParser<Value = ExplanationMethod> {
    PossibleValuesParser::new(ExplanationMethod::ALL.iter().map(|method| method.name()))
        .map(|name| ExplanationMethod::from_name(&name).unwrap_or_default())
}

fn links() -> impl TypedValueParser<Value = OutputLink> {
    PossibleValuesParser::new(OutputLink::ALL.iter().map(|link| link.name()))
        .map(|name| OutputLink::from_name(&name).unwrap_or_default())
}

fn masking_modes() -> impl TypedValueParser<Value = MaskingMode> {
    PossibleValuesParser::new(MaskingMode::ALL.iter().map(|mode| mode.name()))
        .map(|name| MaskingMode::from_name(&name).unwrap_or_default())
}

fn stand_ins() -> impl TypedValueParser<Value = MaskWith> {
    PossibleValuesParser::new(MaskWith::ALL.iter().map(|with| with.name()))
        .map(|name| MaskWith::from_name(&name).unwrap_or_default())
}

fn baselines() -> impl TypedValueParser<Value = GradientBaseline> {
    PossibleValuesParser::new(GradientBaseline::ALL.iter().map(|baseline| baseline.name()))
        .map(|name| GradientBaseline::from_name(&name).unwrap_or_default())
}

fn lime_words() -> impl TypedValueParser<Value = LimeWords> {
    PossibleValuesParser::new(LimeWords::ALL.iter().map(|words| words.name()))
        .map(|name| LimeWords::from_name(&name).unwrap_or_default())
}

#[cfg(test)]
#[path = "explain_arguments_tests.rs"]
mod tests;
