//! Which picture of an explanation is drawn, with which words: on the page and in files alike.

use std::rc::Rc;

use vitrine_picture::{
    FigureWords, Scene,
    explanation::{
        BarChart, ExplanationWords, ForceBar, Measures, Picture, SignedScale, Target, TokenView, Waterfall,
    },
};
use vitrine_record::{Explanation, OutputLink};

use crate::{
    components::label_name,
    context::Context,
    state::Shared,
};

/// So many of the largest values stand each by themselves in bars and steps.
const MOST_BARS: usize = 20;

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// The numbers.
    pub explanation: Shared<Explanation>,
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
    /// Weights of a surrogate, and those of other seeds.
    Weights(Rc<[Shared<Explanation>]>),
    /// Samples of a surrogate.
    Samples,
}

/// The words of pictures, made from the page's language.
struct Words {
    base_value: &'static str,
    prediction: String,
    others: &'static str,
    remainder: &'static str,
    towards: String,
    away: String,
    not_resolved: &'static str,
}

impl Words {
    fn new(page: &Context) -> Words {
        let label = class_name(page);
        Words {
            base_value: page.t("explain.base_value"),
            prediction: page.fill("explain.prediction_of", &[("label", &label)]),
            others: page.t("explain.others"),
            remainder: page.t("explain.remainder"),
            towards: page.fill("explain.towards", &[("label", &label)]),
            away: page.t("explain.away").to_owned(),
            not_resolved: page.t("explain.not_told_apart"),
        }
    }

    fn of(&self, page: &Context, scale: SignedScale) -> ExplanationWords<'_> {
        ExplanationWords {
            values: scale.values(page.language().numbers()),
            base_value: self.base_value,
            prediction: &self.prediction,
            others: self.others,
            remainder: self.remainder,
            towards: &self.towards,
            away: &self.away,
            not_resolved: self.not_resolved,
        }
    }
}

/// The class that is explained, in the page's words.
pub fn class_name(page: &Context) -> String {
    let labels = &page.shown.model.labels;
    let label = labels.get(page.explained_class());
    label.map(|label| label_name(page.language(), label)).unwrap_or_default()
}

/// The key of the name of a scale.
pub fn link_key(link: OutputLink) -> &'static str {
    match link {
        OutputLink::Probability => "explain.link_probability",
        OutputLink::Logit => "explain.link_logit",
    }
}

/// The name of a scale.
pub fn link_name(page: &Context, link: OutputLink) -> &'static str {
    page.t(link_key(link))
}

/// The picture in given measures.
pub fn picture(page: &Context, Drawn { explanation, drawn_as }: &Drawn, measures: Measures) -> Picture {
    let scale = SignedScale::of([&**explanation]);
    let words = Words::new(page);
    let words = words.of(page, scale);
    match drawn_as {
        DrawnAs::Text => {
            let force = ForceBar::for_measures(explanation, measures).picture(None, measures, &words);
            let text = TokenView::new(explanation).picture(scale, measures, &words);
            force.above(text).with_legend(scale, &words)
        }
        DrawnAs::Bars => BarChart::new(explanation, MOST_BARS).picture(scale, measures, &words),
        DrawnAs::Waterfall => Waterfall::new(explanation, MOST_BARS).picture(None, measures, &words),
        DrawnAs::Interactions | DrawnAs::Hierarchy => todo!(),
    }
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
pub fn name_of_target(page: &Context, explanation: &Explanation, target: &Target) -> String {
    todo!("{page:p} {explanation:p} {target:p}")
}
