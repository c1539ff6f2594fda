//! Sentences made from the surrogate on the screen.

use std::rc::Rc;

use vitrine_picture::explanation::{SignedScale, ValueStyle};
use vitrine_record::{ExplainedFeature, Explanation, ExplanationCheck, OutputLink, Position};

use super::controls::picture_key;
use crate::{
    context::Context,
    exhibits::explanation::{explained_name, scale_name},
    state::{Shared, Snapshot},
};

/// Below this share of what the model does among the samples, weights are no account of it.
const LEAST_R2: f64 = 0.5;
/// Further from the prediction than this, as a probability, what the surrogate says of the text itself is no imitation.
const LARGEST_MISS: f64 = 0.1;

/// What the handle of the controls says where there is no room for them.
pub fn choice(page: &Context) -> String {
    let picture = page.t(picture_key(page.link.explanation.lime.picture));
    format!("{}, {picture}", explained_name(page))
}

/// The mean of a feature's weight over seeds, and its standard deviation; none of one seed.
pub fn over_seeds(seeds: &[Shared<Explanation>], feature: &ExplainedFeature) -> (f64, Option<f64>) {
    let weights: Vec<f64> = seeds.iter().map(|seed| weight_in(seed, feature)).collect();
    let count = weights.len() as f64;
    let mean = weights.iter().sum::<f64>() / count.max(1.0);
    let squares: f64 = weights.iter().map(|weight| (weight - mean).powi(2)).sum();
    (
        mean,
        (weights.len() > 1).then(|| (squares / (count - 1.0)).sqrt()),
    )
}

/// The lowest and the highest weight of each feature over seeds; none of one seed.
pub fn ranges(explanation: &Explanation, seeds: &[Shared<Explanation>]) -> Rc<[(f64, f64)]> {
    if seeds.len() < 2 {
        return Rc::new([]);
    }
    let range = |feature: &ExplainedFeature| {
        let weights = seeds.iter().map(|seed| weight_in(seed, feature));
        weights.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), weight| {
            (least.min(weight), most.max(weight))
        })
    };
    explanation.features.iter().map(range).collect()
}

/// The weight of the same word under another seed; one that was not selected there has none.
pub fn weight_in(seed: &Explanation, feature: &ExplainedFeature) -> f64 {
    let same = |other: &&ExplainedFeature| {
        (other.start, other.end, other.segment) == (feature.start, feature.end, feature.segment)
    };
    seed.features
        .iter()
        .find(same)
        .map_or(0.0, |feature| feature.value)
}

/// What the weights say: of the words that are looked at, or else of the one with the largest.
pub fn reading(page: &Context, snapshot: Option<&Snapshot>, seeds: &[Shared<Explanation>]) -> String {
    let Some(snapshot) = snapshot else {
        return String::new();
    };
    let explanation = &*snapshot.explanation;
    let looked_at = page.focus().and_then(|focus| {
        let mut features = explanation.features.iter();
        features.find(|feature| {
            feature
                .tokens
                .clone()
                .any(|token| focus.positions.contains(&Position(token)))
        })
    });
    let by_size =
        |one: &&ExplainedFeature, other: &&ExplainedFeature| one.value.abs().total_cmp(&other.value.abs());
    let Some(feature) = looked_at.or_else(|| explanation.features.iter().max_by(by_size)) else {
        return String::new();
    };
    let values = SignedScale::of([explanation]).values(page.language().numbers());
    let key = match (looked_at.is_some(), feature.value) {
        (_, 0.0) => "lime.reading_none",
        (true, weight) if weight > 0.0 => "lime.reading_for",
        (true, _) => "lime.reading_against",
        (false, weight) if weight > 0.0 => "lime.reading_most_for",
        (false, _) => "lime.reading_most_against",
    };
    let mut sentence = page.fill(
        key,
        &[
            ("word", &feature.text),
            ("weight", &values.value(feature.value)),
            ("label", &explained_name(page)),
        ],
    );
    if let (mean, Some(spread)) = over_seeds(seeds, feature)
        && feature.value != 0.0
    {
        let style = ValueStyle::new(page.language().numbers(), spread);
        let (mean, spread) = (values.value(mean), style.score(spread));
        let count = seeds.len().to_string();
        sentence.push(' ');
        sentence += &page.fill(
            "lime.reading_seeds",
            &[("mean", &mean), ("spread", &spread), ("count", &count)],
        );
    }
    sentence
}

/// What the fit was made from.
pub fn trust(page: &Context, snapshot: Option<&Snapshot>, seeds: &[Shared<Explanation>]) -> String {
    let Some(snapshot) = snapshot else {
        return String::new();
    };
    let settings = &snapshot.explanation.settings;
    let numbers = page.language().numbers();
    let mut sentences = Vec::new();
    match settings.lime.samples {
        Some(all) => sentences.push(page.fill(
            match seeds.len() {
                _ if snapshot.explanation.evaluations < all => "lime.trust_samples_so_far",
                0 | 1 => "lime.trust_samples_of_one",
                _ => "lime.trust_samples",
            },
            &[
                ("samples", &numbers.count(snapshot.explanation.evaluations)),
                ("all", &numbers.count(all)),
                ("seed", &settings.seed.to_string()),
                ("seeds", &seeds.len().to_string()),
            ],
        )),
        None => sentences.push(page.t("lime.trust_expected").to_owned()),
    }
    if let ExplanationCheck::Surrogate { r2, .. } = snapshot.explanation.check {
        let share = ValueStyle::new(numbers, 1.0).score(r2);
        sentences.push(page.fill("lime.trust_r2", &[("r2", &share)]));
    }
    let kernel = settings.lime.kernel_width.to_string();
    sentences.push(page.fill(
        "lime.trust_kernel",
        &[("kernel", &kernel), ("link", scale_name(page, &settings.target))],
    ));
    sentences.join(" ")
}

/// That the surrogate fits badly, or misses the text itself, where it does.
pub fn warning(page: &Context, snapshot: Option<&Snapshot>) -> Option<String> {
    let explanation = &*snapshot?.explanation;
    let ExplanationCheck::Surrogate {
        r2, local_prediction, ..
    } = explanation.check
    else {
        return None;
    };
    let values = ValueStyle::new(page.language().numbers(), 1.0);
    let is_probability = explanation.settings.target.scale() == Some(OutputLink::Probability);
    let misses = is_probability && (local_prediction - explanation.prediction).abs() > LARGEST_MISS;
    let arguments = [
        ("r2", values.score(r2)),
        ("local", values.score(local_prediction)),
        ("prediction", values.score(explanation.prediction)),
        ("label", explained_name(page)),
    ];
    let arguments = arguments.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut sentences = Vec::new();
    if r2 < LEAST_R2 || !r2.is_finite() {
        sentences.push(page.fill("lime.fits_badly", &arguments));
    }
    if misses {
        sentences.push(page.fill("lime.misses", &arguments));
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}
