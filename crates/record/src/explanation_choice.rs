//! What the address keeps of explanations: the choices that a person made, from which settings follow.

use serde::{Deserialize, Serialize};

use crate::{
    ExplanationMethod, ExplanationSettings, ExplanationTarget, GapLevel, GradientBaseline, Grouping,
    LimePicture, LimeSettings, LimeWords, MaskWith, Masking, MaskingMode, ModelOutput, OutputLink, Salience,
    ShapPicture,
    message::{Request, TextInput},
    named::named,
};

named!(ExplanationMethod {
    Owen = "owen",
    Exact = "exact",
    Permutation = "permutation",
    Kernel = "kernel",
    Lime = "lime",
    IntegratedGradients = "ig",
    GradientTimesInput = "gradxinput",
    GradientNorm = "gradnorm",
    GradientTimesAttention = "gradxattention",
    Occlusion = "occlusion",
});

named!(OutputLink {
    Probability = "prob",
    Logit = "logit",
});

named!(MaskingMode {
    Ids = "ids",
    String = "string",
});

named!(MaskWith {
    Mask = "mask",
    Delete = "delete",
    Pad = "pad",
    Attention = "attention",
});

named!(GradientBaseline {
    Pad = "pad",
    Mask = "mask",
    Zero = "zero",
});

named!(LimeWords {
    BagOfWords = "bow",
    Positional = "positional",
});

impl ExplanationMethod {
    /// The methods that a gradient or one missing token is enough for, in the order in which they are shown.
    pub const SALIENCE: [ExplanationMethod; 5] = [
        ExplanationMethod::IntegratedGradients,
        ExplanationMethod::GradientTimesInput,
        ExplanationMethod::GradientNorm,
        ExplanationMethod::GradientTimesAttention,
        ExplanationMethod::Occlusion,
    ];

    /// The methods of different families that are compared with each other, in the order in which they are shown.
    pub const COMPARED: [ExplanationMethod; 5] = [
        ExplanationMethod::Owen,
        ExplanationMethod::Lime,
        ExplanationMethod::IntegratedGradients,
        ExplanationMethod::Occlusion,
        ExplanationMethod::GradientTimesAttention,
    ];

    /// The methods of Shapley and Owen values, in the order in which they are offered.
    pub const SHAPLEY: [ExplanationMethod; 4] = [
        ExplanationMethod::Owen,
        ExplanationMethod::Exact,
        ExplanationMethod::Permutation,
        ExplanationMethod::Kernel,
    ];

    /// Whether it can be stopped after some evaluations and still says something.
    pub fn takes_budget(self) -> bool {
        use ExplanationMethod::{Kernel, Owen, Permutation};
        matches!(self, Owen | Permutation | Kernel)
    }

    /// Whether what it finds depends on chance, and so on a seed.
    pub fn is_random(self) -> bool {
        use ExplanationMethod::{Kernel, Lime, Permutation};
        matches!(self, Permutation | Kernel | Lime)
    }
}

impl MaskWith {
    /// What can stand for a missing part where it is made missing: attention is hidden from ids only.
    pub fn is_possible_in(self, mode: MaskingMode) -> bool {
        mode == MaskingMode::Ids || self != MaskWith::Attention
    }
}

/// What a person chose of how LIME explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimeChoice {
    /// What a feature is.
    pub words: LimeWords,
    /// Samples, the text itself included; `None` for the expected fit.
    pub samples: Option<u32>,
    /// Features of the surrogate at most.
    pub features: u16,
    /// Width of the proximity kernel, on distances from 0 to 100.
    pub kernel_width: u16,
    /// How it is drawn.
    pub picture: LimePicture,
}

impl LimeChoice {
    /// Numbers of samples that are offered.
    pub const SAMPLES: [u32; 4] = [200, 1000, 2000, 5000];
    /// Features of the surrogate that can be chosen.
    pub const FEATURES: std::ops::RangeInclusive<u16> = 1..=30;
    /// Kernel widths that can be chosen.
    pub const KERNEL_WIDTHS: std::ops::RangeInclusive<u16> = 5..=100;

    /// The settings of the surrogate.
    pub fn settings(&self) -> LimeSettings {
        LimeSettings {
            words: self.words,
            samples: self.samples.map(|samples| samples as usize),
            features: self.features.into(),
            kernel_width: self.kernel_width.into(),
        }
    }
}

impl Default for LimeChoice {
    /// Those of the lime package, but for the samples: a thousand are there soon.
    fn default() -> LimeChoice {
        LimeChoice {
            words: LimeWords::default(),
            samples: Some(1000),
            features: 10,
            kernel_width: 25,
            picture: LimePicture::default(),
        }
    }
}

/// The path of integrated gradients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GradientPath {
    /// Where it begins.
    pub baseline: GradientBaseline,
    /// Points of it at which the gradient is computed.
    pub steps: u16,
}

impl GradientPath {
    /// Numbers of steps that are offered.
    pub const STEPS: [u16; 5] = [5, 20, 50, 100, 300];
}

impl Default for GradientPath {
    fn default() -> GradientPath {
        GradientPath {
            baseline: GradientBaseline::default(),
            // It is a small number.
            steps: Salience::STEPS as u16,
        }
    }
}

/// What a person chose of how a prediction is explained.
///
/// ```
/// use vitrine_record::{ExplanationMethod, MaskWith, MaskingMode, Permalink};
/// let link = Permalink::from_fragment("exhibit=shap&method=kernel&masking=string&missing=delete", "An example");
/// assert_eq!(link.explanation.method, ExplanationMethod::Kernel);
/// assert_eq!(link.explanation.masking.with, MaskWith::Delete);
/// let link = Permalink::from_fragment("masking=string&missing=attention", "An example");
/// assert_eq!((link.explanation.masking.mode, link.explanation.masking.with), (MaskingMode::String, MaskWith::Mask));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExplanationChoice {
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

/// Bounds that hold whatever the address says.
const FEWEST_EVALUATIONS: u32 = 10;
const MOST_EVALUATIONS: u32 = 1_000_000;
const FEWEST_SAMPLES: u32 = 50;
const MOST_SAMPLES: u32 = 20_000;
const STEPS: std::ops::RangeInclusive<u16> = 1..=Salience::MOST_STEPS as u16;
const EXPECTED: &str = "expected";
const SPECIAL: &str = "special";

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

    /// What the gradients of the same score are asked by.
    pub fn salience_request(&self, input: TextInput, output: ModelOutput, index: usize) -> Request {
        Request::ComputeSalience {
            input,
            target: self.target_of(output, index),
            steps: self.path.steps.into(),
            baseline: self.path.baseline,
        }
    }

    fn target_of(&self, output: ModelOutput, index: usize) -> ExplanationTarget {
        ExplanationTarget {
            output,
            index: self.target.unwrap_or(index),
            link: self.link,
        }
    }

    /// Reads a key of an address; other keys, and values that cannot be read, leave everything as it is.
    pub(crate) fn read(&mut self, key: &str, value: &str) {
        let number =
            |least: u32, most: u32| value.parse::<u32>().ok().map(|number| number.clamp(least, most));
        let lime = &mut self.lime;
        match key {
            "target" => self.target = value.parse().ok().filter(|class| *class <= MOST_CLASS),
            "link" => self.link = OutputLink::from_name(value).unwrap_or_default(),
            "masking" => self.masking.mode = MaskingMode::from_name(value).unwrap_or_default(),
            "missing" => self.masking.with = MaskWith::from_name(value).unwrap_or_default(),
            "players" => self.masking.special_players = value == SPECIAL,
            "method" => self.method = ExplanationMethod::from_name(value).unwrap_or_default(),
            "grouping" => self.grouping = grouping_of_name(value),
            "evaluations" => self.most_evaluations = number(FEWEST_EVALUATIONS, MOST_EVALUATIONS),
            "picture" => self.picture = ShapPicture::from_name(value).unwrap_or_default(),
            "seed" => self.seed = number(0, u32::MAX).unwrap_or_default(),
            "lime_words" => lime.words = LimeWords::from_name(value).unwrap_or_default(),
            "samples" if value == EXPECTED => lime.samples = None,
            "samples" => {
                lime.samples = number(FEWEST_SAMPLES, MOST_SAMPLES).or(LimeChoice::default().samples)
            }
            "features" => lime.features = clamped(value, &LimeChoice::FEATURES).unwrap_or(lime.features),
            "kernel" => {
                lime.kernel_width = clamped(value, &LimeChoice::KERNEL_WIDTHS).unwrap_or(lime.kernel_width)
            }
            "baseline" => self.path.baseline = GradientBaseline::from_name(value).unwrap_or_default(),
            "steps" => self.path.steps = clamped(value, &STEPS).unwrap_or(self.path.steps),
            "lime_picture" => lime.picture = LimePicture::from_name(value).unwrap_or_default(),
            _ => {}
        }
    }

    /// Keys and values for an address: those that are not as by default.
    pub(crate) fn in_address(&self) -> Vec<(&'static str, String)> {
        let default = ExplanationChoice::default();
        let masking = &self.masking;
        let all = [
            ("target", self.target.map(|class| class.to_string())),
            (
                "link",
                (self.link != default.link).then(|| self.link.name().to_owned()),
            ),
            (
                "masking",
                (masking.mode != MaskingMode::default()).then(|| masking.mode.name().to_owned()),
            ),
            (
                "missing",
                (masking.with != MaskWith::default()).then(|| masking.with.name().to_owned()),
            ),
            ("players", masking.special_players.then(|| SPECIAL.to_owned())),
            (
                "method",
                (self.method != default.method).then(|| self.method.name().to_owned()),
            ),
            (
                "grouping",
                (self.grouping != default.grouping).then(|| name_of_grouping(&self.grouping)),
            ),
            ("evaluations", self.most_evaluations.map(|most| most.to_string())),
            (
                "picture",
                (self.picture != default.picture).then(|| self.picture.name().to_owned()),
            ),
            ("seed", (self.seed != default.seed).then(|| self.seed.to_string())),
        ];
        let (lime, default) = (&self.lime, default.lime);
        let samples = lime
            .samples
            .map_or_else(|| EXPECTED.to_owned(), |samples| samples.to_string());
        let of_lime = [
            (
                "lime_words",
                (lime.words != default.words).then(|| lime.words.name().to_owned()),
            ),
            ("samples", (lime.samples != default.samples).then_some(samples)),
            (
                "features",
                (lime.features != default.features).then(|| lime.features.to_string()),
            ),
            (
                "kernel",
                (lime.kernel_width != default.kernel_width).then(|| lime.kernel_width.to_string()),
            ),
            (
                "lime_picture",
                (lime.picture != default.picture).then(|| lime.picture.name().to_owned()),
            ),
        ];
        let (path, default) = (&self.path, GradientPath::default());
        let of_path = [
            (
                "baseline",
                (path.baseline != default.baseline).then(|| path.baseline.name().to_owned()),
            ),
            (
                "steps",
                (path.steps != default.steps).then(|| path.steps.to_string()),
            ),
        ];
        let written = all.into_iter().chain(of_lime).chain(of_path);
        written.filter_map(|(key, value)| Some((key, value?))).collect()
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

const PROPOSED: &str = "proposed";

/// Gaps that a person chose are a digit each, 0 for the lowest level.
fn name_of_grouping(grouping: &Grouping) -> String {
    let digit = |level: &GapLevel| GapLevel::ALL.iter().position(|other| other == level);
    match grouping {
        Grouping::Scores => String::new(),
        Grouping::Proposed => PROPOSED.to_owned(),
        Grouping::Chosen(levels) => {
            let digits = levels.iter().filter_map(digit);
            digits.map(|digit| digit.to_string()).collect()
        }
    }
}

fn grouping_of_name(name: &str) -> Grouping {
    if name == PROPOSED {
        return Grouping::Proposed;
    }
    let level = |digit: char| {
        let place = digit.to_digit(10).and_then(|digit| usize::try_from(digit).ok());
        place.and_then(|place| GapLevel::ALL.get(place).copied())
    };
    let levels: Option<Vec<GapLevel>> = name.chars().take(MOST_GAPS).map(level).collect();
    match levels {
        Some(levels) if !levels.is_empty() => Grouping::Chosen(levels),
        _ => Grouping::Scores,
    }
}

/// More gaps than this no text that is explained has.
const MOST_GAPS: usize = 4_095;

/// The largest number of a class in an address.
pub(crate) const MOST_CLASS: usize = 4_095;

fn clamped(value: &str, range: &std::ops::RangeInclusive<u16>) -> Option<u16> {
    value
        .parse::<u16>()
        .ok()
        .map(|number| number.clamp(*range.start(), *range.end()))
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn any_lime()(
            words in proptest::sample::select(LimeWords::ALL),
            samples in proptest::option::of(FEWEST_SAMPLES..=MOST_SAMPLES),
            features in LimeChoice::FEATURES,
            kernel_width in LimeChoice::KERNEL_WIDTHS,
            picture in proptest::sample::select(LimePicture::ALL),
        ) -> LimeChoice {
            LimeChoice { words, samples, features, kernel_width, picture }
        }
    }

    prop_compose! {
        /// Choices that an address can hold.
        pub(crate) fn any_choice()(
            target in proptest::option::of(0..=MOST_CLASS),
            link in proptest::sample::select(OutputLink::ALL),
            mode in proptest::sample::select(MaskingMode::ALL),
            with in proptest::sample::select(MaskWith::ALL),
            special_players in any::<bool>(),
            method in proptest::sample::select(&ExplanationMethod::SHAPLEY),
            most_evaluations in proptest::option::of(FEWEST_EVALUATIONS..=MOST_EVALUATIONS),
            grouping in prop_oneof![
                Just(Grouping::Scores),
                Just(Grouping::Proposed),
                proptest::collection::vec(proptest::sample::select(&GapLevel::ALL), 1..6).prop_map(Grouping::Chosen),
            ],
            picture in proptest::sample::select(ShapPicture::ALL),
            lime in any_lime(),
            path in (proptest::sample::select(GradientBaseline::ALL), STEPS)
                .prop_map(|(baseline, steps)| GradientPath { baseline, steps }),
            seed in any::<u32>(),
        ) -> ExplanationChoice {
            let masking = Masking { mode, with, special_players };
            let mut choice = ExplanationChoice {
                target, link, masking, method, grouping, most_evaluations, picture, lime, path, seed,
            };
            choice.clamp(None);
            choice
        }
    }

    #[test]
    fn a_class_that_the_model_lacks_is_not_explained() {
        let mut choice = ExplanationChoice {
            target: Some(2),
            ..ExplanationChoice::default()
        };
        choice.clamp(None);
        assert_eq!(
            choice.target,
            Some(2),
            "how many classes there are is not known yet"
        );
        choice.clamp(Some(2));
        assert_eq!(choice.target, None);
    }

    #[test]
    fn interactions_are_computed_from_all_coalitions() {
        let choice = ExplanationChoice {
            picture: ShapPicture::Interactions,
            ..ExplanationChoice::default()
        };
        let settings = choice.shapley_settings(ModelOutput::Logits, 1);
        assert_eq!(
            (settings.method, settings.interactions, settings.target.index),
            (ExplanationMethod::Exact, true, 1)
        );
        let settings = choice.lime_settings(ModelOutput::Logits, 1, 7);
        assert_eq!((settings.interactions, settings.seed), (false, 7));
    }
}
