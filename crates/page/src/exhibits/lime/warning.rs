//! What is said where the surrogate is no account of the model.

use vitrine_explain::lime::SampledText;
use vitrine_picture::explanation::ValueStyle;
use vitrine_record::{Explanation, ExplanationDetail, OutputLink, SurrogateFit};

use crate::{
    context::Context,
    exhibits::explanation::explained_name,
    state::{ExplanationPhase, Snapshot},
};

/// Below this share of what the model does among the samples, weights are no account of it.
const LEAST_R2: f64 = 0.5;
/// Further from the prediction than this share of the scale, what the surrogate says of the text itself is no imitation.
const LARGEST_MISS: f64 = 0.1;

/// What is wrong with a fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Faults {
    /// It follows little of what the model does among the samples.
    fits_badly: bool,
    /// It is far off where it should be at its best.
    misses: bool,
}

impl Faults {
    fn of(explanation: &Explanation) -> Option<Faults> {
        let SurrogateFit {
            r2, local_prediction, ..
        } = explanation.check.surrogate()?;
        let miss = (local_prediction - explanation.prediction).abs();
        Some(Faults {
            fits_badly: r2 < LEAST_R2 || !r2.is_finite(),
            misses: miss > LARGEST_MISS * scale(explanation),
        })
    }
}

/// How long the scale is that the scores are on: 1 for probabilities; other scores as far as those of the samples reach.
fn scale(explanation: &Explanation) -> f64 {
    let ExplanationDetail::Samples(samples) = &explanation.detail else {
        return 1.0;
    };
    match explanation.settings.target.scale() {
        Some(OutputLink::Probability) => 1.0,
        Some(OutputLink::Logit) | None => {
            let scores = samples.iter().map(|sample| sample.score);
            let (least, most) = scores.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), score| {
                (least.min(score), most.max(score))
            });
            most - least
        }
    }
}

/// What is wrong with the surrogate on the screen, what that means, and what can be done about it; nothing while it is
/// still being fitted, for then it changes from moment to moment.
pub fn warning(page: &Context, snapshot: Option<&Snapshot>) -> Option<String> {
    let explanation = &*snapshot?.explanation;
    let faults = Faults::of(explanation)?;
    let phase = page.main_explanation().map(|known| known.phase);
    let is_running = phase == Some(ExplanationPhase::Running) && !page.explaining.is_paused;
    if is_running {
        return None;
    }
    let keys = keys(explanation, faults);
    let numbers = page.language().numbers();
    let fit = explanation.check.surrogate()?;
    let values = ValueStyle::new(numbers, 1.0);
    let all = explanation
        .settings
        .lime
        .samples
        .unwrap_or(explanation.evaluations);
    let arguments = [
        ("r2", values.score(fit.r2)),
        ("local", values.score(fit.local_prediction)),
        ("prediction", values.score(explanation.prediction)),
        ("label", explained_name(page)),
        ("samples", numbers.count(explanation.evaluations)),
        ("all", numbers.count(all)),
    ];
    let arguments = arguments.each_ref().map(|(name, value)| (*name, value.as_str()));
    let sentences: Vec<String> = keys.into_iter().map(|key| page.fill(key, &arguments)).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// The sentences that say so.
fn keys(explanation: &Explanation, faults: Faults) -> Vec<&'static str> {
    let mut keys = Vec::new();
    let samples = explanation.settings.lime.samples;
    if samples.is_some_and(|samples| explanation.evaluations < samples) {
        keys.push("lime.unfinished");
    }
    let Faults { fits_badly, misses } = faults;
    if (fits_badly || misses) && SampledText::new(explanation).len() == 1 {
        // A sum of one word can say what the model says; it is the fit that holds it back.
        keys.push("lime.one_word");
        return keys;
    }
    keys.extend(match (fits_badly, misses) {
        (false, false) => None,
        (true, false) => Some("lime.fits_badly"),
        (false, true) => Some("lime.misses"),
        (true, true) => Some("lime.fits_badly_and_misses"),
    });
    if fits_badly || misses {
        keys.push("lime.what_helps");
    }
    keys
}
