//! Which picture of an explanation is drawn, with which words: on the page and in files alike.

use std::{ops::Range, rc::Rc};

use vitrine_picture::{
    FigureWords, Scene,
    explanation::{
        BarChart, ExplanationWords, ForceBar, Hierarchy, InteractionMatrix, Measures, Picture, ScatterWords,
        SeedWeights, SignedScale, SurrogateScatter, Target, TargetOf, TargetValues, TokenView, Waterfall,
        WeightChart, text_of,
    },
    shortened,
};
use vitrine_record::{
    Explanation, ExplanationMethod, ExplanationTarget, MaskWith, ModelOutput, OutputLink, message::TextInput,
};

use crate::{
    components::label_name,
    context::Context,
    state::{MaskedList, Shared},
};

/// So many of the largest values stand each by themselves in bars and steps.
const MOST_BARS: usize = 20;

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// The numbers.
    pub explanation: Shared<Explanation>,
    /// Masked inputs that were run for it, which go into files.
    pub masked: Shared<MaskedList>,
    /// How.
    pub drawn_as: DrawnAs,
}

/// The pictures of explanations.
#[derive(Clone, Debug, PartialEq)]
pub enum DrawnAs {
    /// A force bar above the text in the colours of its values.
    Text,
    /// Bars, the largest first.
    Bars,
    /// Steps from the base value to the prediction.
    Waterfall,
    /// A matrix of pairs.
    Interactions,
    /// Groups of tokens.
    Hierarchy,
    /// Weights of a surrogate, with what several seeds make of them.
    Weights(Rc<SeedWeights>),
    /// Samples of a surrogate.
    Samples {
        /// What several seeds make of its weights.
        seeds: Rc<SeedWeights>,
        /// The one that is chosen, by its place among them.
        chosen: Option<usize>,
    },
}

impl DrawnAs {
    /// What several seeds make of the weights, of a surrogate.
    pub fn seeds(&self) -> Option<&SeedWeights> {
        match self {
            DrawnAs::Weights(seeds) | DrawnAs::Samples { seeds, .. } => Some(seeds),
            _ => None,
        }
    }
}

/// The words of pictures, made from the page's language.
pub struct Words {
    base_value: &'static str,
    prediction: String,
    others: &'static str,
    remainder: &'static str,
    towards: String,
    away: String,
    not_resolved: &'static str,
    standard_error: &'static str,
}

impl Words {
    fn new(page: &Context) -> Words {
        Words::of_score(page, &page.explained_target().unwrap_or_default())
    }

    /// Those of the score of a target. A long name stands at the prediction only.
    pub fn of_score(page: &Context, target: &ExplanationTarget) -> Words {
        let name = score_name(page, target);
        let prediction = match target.output {
            ModelOutput::SimilarityTo(_) => name.clone(),
            _ => page.fill("explain.prediction_of", &[("label", &name)]),
        };
        let towards = match target.output {
            ModelOutput::Logits => page.fill("explain.towards", &[("label", &name)]),
            _ => page.t("score.towards_it").to_owned(),
        };
        Words {
            base_value: page.t("explain.base_value"),
            prediction,
            others: page.t("explain.others"),
            remainder: page.t("explain.remainder"),
            towards,
            away: page.t("explain.away").to_owned(),
            not_resolved: page.t("explain.not_told_apart"),
            standard_error: page.t("explain.standard_error_lines"),
        }
    }

    /// The words with numbers on a scale.
    pub fn of(&self, page: &Context, scale: SignedScale) -> ExplanationWords<'_> {
        ExplanationWords {
            values: scale.values(page.language().numbers()),
            base_value: self.base_value,
            prediction: &self.prediction,
            others: self.others,
            remainder: self.remainder,
            towards: &self.towards,
            away: &self.away,
            not_resolved: self.not_resolved,
            standard_error: self.standard_error,
        }
    }
}

/// What is explained, in the page's words; nothing before that is known.
pub fn explained_name(page: &Context) -> String {
    let target = page.explained_target();
    target.map(|target| score_name(page, &target)).unwrap_or_default()
}

/// So many characters of a text stand in the name of what is explained.
const MOST_OF_A_NAME: usize = 24;

/// The score of a target: the class that it is of, or else what it is.
pub fn score_name(page: &Context, target: &ExplanationTarget) -> String {
    let short = |input: &TextInput| shortened(&input.text, MOST_OF_A_NAME);
    match &target.output {
        ModelOutput::Logits => {
            let label = page.shown.model.labels.get(target.index);
            label
                .map(|label| label_name(page.language(), label))
                .unwrap_or_default()
        }
        ModelOutput::SimilarityTo(to) => page.fill("score.similar_to", &[("text", &short(to))]),
        ModelOutput::Direction { from, to } => page.fill(
            "score.rather_than",
            &[("text", &short(to)), ("other", &short(from))],
        ),
    }
}

/// The key of the name of what stands for a missing token.
pub fn mask_key(with: MaskWith) -> &'static str {
    match with {
        MaskWith::Mask => "masking.mask",
        MaskWith::Delete => "masking.delete",
        MaskWith::Pad => "masking.pad",
        MaskWith::Attention => "masking.attention",
    }
}

/// The key of how a sentence begins about what is left where all tokens are missing.
pub fn without_key(with: MaskWith) -> &'static str {
    match with {
        MaskWith::Mask => "masking.without_mask",
        MaskWith::Delete => "masking.without_delete",
        MaskWith::Pad => "masking.without_pad",
        MaskWith::Attention => "masking.without_attention",
    }
}

/// The key of the name of a scale.
pub fn link_key(link: OutputLink) -> &'static str {
    match link {
        OutputLink::Probability => "explain.link_probability",
        OutputLink::Logit => "explain.link_logit",
    }
}

/// The name of the scale of a target's score.
pub fn scale_name(page: &Context, target: &ExplanationTarget) -> &'static str {
    page.t(match target.output {
        ModelOutput::Logits => link_key(target.link),
        ModelOutput::SimilarityTo(_) => "score.scale_similarity",
        ModelOutput::Direction { .. } => "score.scale_direction",
    })
}

/// The name of the scale of what is explained; nothing before that is known.
pub fn explained_scale(page: &Context) -> &'static str {
    let target = page.explained_target();
    target.map(|target| scale_name(page, &target)).unwrap_or_default()
}

/// The picture in given measures.
pub fn picture(
    page: &Context,
    Drawn {
        explanation,
        drawn_as,
        ..
    }: &Drawn,
    measures: Measures,
) -> Picture {
    let scale = SignedScale::of([&**explanation]);
    let all_words = Words::new(page);
    let words = all_words.of(page, scale);
    let nothing = || TokenView::new(explanation).picture(scale, measures, &words, false);
    match drawn_as {
        DrawnAs::Text => {
            let force = ForceBar::for_measures(explanation, measures).picture(None, measures, &words);
            let text = TokenView::new(explanation).picture(scale, measures, &words, true);
            force.above(text).with_legend(scale, &words)
        }
        DrawnAs::Bars => BarChart::new(explanation, MOST_BARS).picture(scale, measures, &words),
        DrawnAs::Waterfall => Waterfall::new(explanation, MOST_BARS).picture(None, measures, &words),
        DrawnAs::Interactions => of_pairs(page, explanation, measures).unwrap_or_else(nothing),
        DrawnAs::Hierarchy => of_groups(page, explanation, measures).unwrap_or_else(nothing),
        DrawnAs::Weights(seeds) => {
            let chart = WeightChart::new(explanation, seeds);
            let count = seeds.fits.len().to_string();
            let ranges = page.fill("lime.ranges", &[("count", &count)]);
            let scale = chart.scale();
            let words = all_words.of(page, scale);
            let text = TokenView::new(explanation).picture(scale, measures, &words, false);
            chart
                .picture(scale, measures, &words, &ranges)
                .above(text)
                .with_legend(scale, &words)
        }
        DrawnAs::Samples { chosen, .. } => {
            of_samples(page, explanation, *chosen, measures).unwrap_or_else(nothing)
        }
    }
}

fn of_pairs(page: &Context, explanation: &Explanation, measures: Measures) -> Option<Picture> {
    let matrix = InteractionMatrix::new(explanation)?;
    let (scale, words) = (matrix.scale(), Words::new(page));
    let words = words.of(page, scale);
    Some(matrix.picture(scale, measures, &words).with_legend(scale, &words))
}

fn of_groups(page: &Context, explanation: &Explanation, measures: Measures) -> Option<Picture> {
    let hierarchy = Hierarchy::new(explanation)?;
    let (scale, words) = (hierarchy.scale(), Words::new(page));
    let words = words.of(page, scale);
    Some(
        hierarchy
            .picture(scale, measures, &words)
            .with_legend(scale, &words),
    )
}

fn of_samples(
    page: &Context,
    explanation: &Explanation,
    chosen: Option<usize>,
    measures: Measures,
) -> Option<Picture> {
    let scatter = SurrogateScatter::new(explanation)?;
    let words = Words::new(page);
    let words = words.of(page, SignedScale::of([explanation]));
    let names = ScatterWords {
        proximity: page.t("lime.proximity"),
        score: words.prediction,
        mean_surrogate: page.t("lime.line"),
        text_itself: page.t("lime.text_itself"),
        chosen: page.t("lime.chosen_model"),
        chosen_surrogate: page.t("lime.chosen_surrogate"),
    };
    Some(scatter.picture(chosen, measures, &names, &words))
}

/// The figure that is exported.
pub fn scene(page: &Context, drawn: &Drawn, heading: &str, note: &str) -> Scene {
    picture(page, drawn, Measures::EXPORT).scene(&FigureWords {
        heading,
        note,
        numbers: page.language().numbers(),
    })
}

/// What a button over a picture is called: what it is of, and its value.
pub fn name_of_target(
    page: &Context,
    explanation: &Explanation,
    values: &TargetValues,
    target: &Target,
) -> String {
    let text = match &target.of {
        TargetOf::Pair([one, other]) => {
            let key = if one == other {
                "explain.alone"
            } else {
                "explain.pair"
            };
            let [one, other] = [*one, *other].map(|feature| text_of(explanation, feature..feature + 1));
            page.fill(key, &[("one", &one), ("other", &other)])
        }
        of if of.features().is_empty() => page.t("explain.remainder").to_owned(),
        of => {
            let texts = runs(of.features()).map(|run| text_of(explanation, run));
            let texts = page.joined("join.in_quotes", texts);
            let count = page.language().numbers().count(of.features().len());
            match of.features() {
                [_] => texts,
                _ => page.fill("explain.together", &[("count", &count), ("texts", &texts)]),
            }
        }
    };
    match values.of(&target.of) {
        Some((value, scale)) => {
            let value = scale.values(page.language().numbers()).value(value);
            page.fill("explain.target", &[("text", &text), ("value", &value)])
        }
        None => text,
    }
}

/// Places that follow each other, as ranges.
fn runs(places: &[usize]) -> impl Iterator<Item = Range<usize>> {
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    let mut runs: Vec<Range<usize>> = Vec::new();
    for place in sorted {
        match runs.last_mut() {
            Some(run) if run.end == place => run.end += 1,
            _ => runs.push(place..place + 1),
        }
    }
    runs.into_iter()
}

/// What a method is called.
pub fn picture_name(page: &Context, drawn: &Drawn) -> &'static str {
    page.t(method_key(drawn.explanation.settings.method))
}

/// What a method is called.
pub fn method_key(method: ExplanationMethod) -> &'static str {
    match method {
        ExplanationMethod::Exact => "shap.method_exact",
        ExplanationMethod::Permutation => "shap.method_permutation",
        ExplanationMethod::Kernel => "shap.method_kernel",
        ExplanationMethod::Lime => "lime.title",
        ExplanationMethod::IntegratedGradients => "salience.method_ig",
        ExplanationMethod::GradientTimesInput => "salience.method_input",
        ExplanationMethod::GradientNorm => "salience.method_norm",
        ExplanationMethod::GradientTimesAttention => "salience.method_attention",
        ExplanationMethod::Occlusion => "salience.method_occlusion",
        ExplanationMethod::Owen => "shap.method_owen",
    }
}

/// Gives the words of pictures to what writes a file.
pub fn file_words<T>(
    page: &Context,
    explanation: &Explanation,
    write: impl FnOnce(&ExplanationWords<'_>) -> T,
) -> T {
    let words = Words::new(page);
    write(&words.of(page, SignedScale::of([explanation])))
}
