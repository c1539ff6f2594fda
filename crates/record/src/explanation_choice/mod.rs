//! What the address keeps of explanations: the choices that a person made, from which settings follow.

mod address;
mod gradient_path;
mod lime;
mod score;
#[cfg(test)]
pub(crate) mod tests;

pub use gradient_path::GradientPath;
pub use lime::LimeChoice;
pub use score::{ScoreChoice, ScoreKind};

use crate::{
    ExplanationMethod, ExplanationSettings, ExplanationTarget, Grouping, KernelSelection, MaskWith, Masking,
    ModelOutput, OutputLink, ShapPicture,
    message::{Request, TextInput},
};

/// What a person chose of how a prediction is explained.
///
/// ```
/// use vitrine_record::{ExplanationMethod, KernelSelection, MaskWith, MaskingMode, Permalink};
/// let link = Permalink::from_fragment("exhibit=shap&method=kernel&masking=string&missing=delete", "An example");
/// assert_eq!(link.explanation.method, ExplanationMethod::Kernel);
/// assert_eq!(link.explanation.masking.with, MaskWith::Delete);
/// let link = Permalink::from_fragment("method=kernel&kernel_features=10", "An example");
/// assert_eq!(link.explanation.kernel, KernelSelection::Features(10));
/// let link = Permalink::from_fragment("masking=string&missing=attention", "An example");
/// assert_eq!((link.explanation.masking.mode, link.explanation.masking.with), (MaskingMode::String, MaskWith::Mask));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExplanationChoice {
    /// What the score that is explained is of.
    pub score: ScoreChoice,
    /// The class, in label-id order; `None` for the one that is predicted.
    pub target: Option<usize>,
    /// The scale on which its score is explained.
    pub link: OutputLink,
    /// How parts are made missing.
    pub masking: Masking,
    /// How Shapley values are computed: one of [`ExplanationMethod::SHAPLEY`].
    pub method: ExplanationMethod,
    /// The groups of Owen values.
    pub grouping: Grouping,
    /// Which features Kernel SHAP gives values.
    pub kernel: KernelSelection,
    /// Inputs that may be asked for at most; `None` for as many as the exact result needs.
    pub most_evaluations: Option<u32>,
    /// How Shapley values are drawn.
    pub picture: ShapPicture,
    /// How LIME explains.
    pub lime: LimeChoice,
    /// The path of integrated gradients.
    pub path: GradientPath,
    /// The seed of whatever is drawn by chance.
    pub seed: u32,
}

impl ExplanationChoice {
    /// The settings of Shapley values of an output of the model, of which number `index` is explained where none was
    /// chosen. Interactions are computed where they are drawn, and then from all coalitions, which alone give them.
    pub fn shapley_settings(&self, output: ModelOutput, index: usize) -> ExplanationSettings {
        let interactions = self.picture == ShapPicture::Interactions;
        ExplanationSettings {
            method: if interactions {
                ExplanationMethod::Exact
            } else {
                self.method
            },
            target: self.target_of(output, index),
            masking: self.masking,
            most_evaluations: self.most_evaluations.map(|most| most as usize),
            interactions,
            grouping: match self.method {
                ExplanationMethod::Owen if !interactions => self.grouping.clone(),
                _ => Grouping::default(),
            },
            kernel: match self.method {
                ExplanationMethod::Kernel if !interactions => self.kernel,
                _ => KernelSelection::default(),
            },
            seed: self.seed,
            ..ExplanationSettings::default()
        }
    }

    /// The settings of LIME with a seed, likewise. How its words are masked follows from what they are.
    pub fn lime_settings(&self, output: ModelOutput, index: usize, seed: u32) -> ExplanationSettings {
        ExplanationSettings {
            method: ExplanationMethod::Lime,
            target: self.target_of(output, index),
            masking: self.lime.words.masking(),
            lime: self.lime.settings(),
            seed,
            ..ExplanationSettings::default()
        }
    }

    /// The settings of Owen values as they are compared with other methods: whatever picture of Shapley values is looked at.
    pub fn owen_settings(&self, output: ModelOutput, index: usize) -> ExplanationSettings {
        let choice = ExplanationChoice {
            method: ExplanationMethod::Owen,
            picture: ShapPicture::default(),
            ..self.clone()
        };
        choice.shapley_settings(output, index)
    }

    /// The settings of occlusion, likewise.
    pub fn occlusion_settings(&self, output: ModelOutput, index: usize) -> ExplanationSettings {
        ExplanationSettings {
            method: ExplanationMethod::Occlusion,
            target: self.target_of(output, index),
            masking: self.masking,
            ..ExplanationSettings::default()
        }
    }

    /// The settings of integrated gradients, likewise; how tokens are made missing is that of occlusion beside them.
    pub fn path_settings(&self, output: ModelOutput, index: usize) -> ExplanationSettings {
        ExplanationSettings {
            method: ExplanationMethod::IntegratedGradients,
            path: self.path,
            ..self.occlusion_settings(output, index)
        }
    }

    /// What the gradients of the same score are asked by.
    pub fn salience_request(&self, input: TextInput, output: ModelOutput, index: usize) -> Request {
        Request::ComputeSalience {
            input,
            target: self.target_of(output, index),
            steps: self.path.steps.into(),
            baseline: self.path.baseline,
        }
    }

    /// What is explained of an output of the model, of which number `index` is meant where no class was chosen.
    pub fn target_of(&self, output: ModelOutput, index: usize) -> ExplanationTarget {
        match output {
            ModelOutput::Logits => ExplanationTarget {
                output,
                index: self.target.unwrap_or(index),
                link: self.link,
            },
            // It is one number as it is.
            output => ExplanationTarget {
                output,
                ..ExplanationTarget::default()
            },
        }
    }

    /// Chooses what leads to a target.
    pub fn choose_target(&mut self, target: &ExplanationTarget) {
        self.score.choose(&target.output);
        if target.output == ModelOutput::Logits {
            self.target = Some(target.index);
            self.link = target.link;
        }
    }

    /// Holds the choices to what there is: the method to those of Shapley values, what stands for a missing part to what
    /// is possible where parts are made missing, and the class to a model's, if how many it has is known.
    pub fn clamp(&mut self, classes: Option<usize>) {
        if !ExplanationMethod::SHAPLEY.contains(&self.method) {
            self.method = ExplanationMethod::default();
        }
        if !self.masking.with.is_possible_in(self.masking.mode) {
            self.masking.with = MaskWith::default();
        }
        if let Some(classes) = classes {
            self.target = self.target.filter(|class| *class < classes);
        }
    }
}
