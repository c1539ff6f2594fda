//! Whether a base value leaves anything to explain.

use vitrine_record::{Explanation, ExplanationCheck, ModelOutput, OutputLink};

/// A base value that is nearer to an end of its scale than this share of it leaves little to explain in that direction.
const NEAR_AN_END: f64 = 0.2;

/// Where on its scale the base value lies, from 0 to 1, if that is far from the middle; only of values that lead from
/// the base value to the prediction. Log-odds count as the probability that they are of. A cosine's scale goes from −1 to
/// 1. How far a text lies along a line has no ends, and so no middle.
pub fn far_base_value(explanation: &Explanation) -> Option<f64> {
    let ExplanationCheck::Additivity { .. } = explanation.check else {
        return None;
    };
    let base = explanation.base_value;
    let target = &explanation.settings.target;
    let place = match (&target.output, target.link) {
        (ModelOutput::Logits, OutputLink::Probability) => base,
        (ModelOutput::Logits, OutputLink::Logit) => 1.0 / (1.0 + (-base).exp()),
        (ModelOutput::SimilarityTo(_), _) => f64::midpoint(base, 1.0),
        (ModelOutput::Direction { .. }, _) => return None,
    };
    (!(NEAR_AN_END..=1.0 - NEAR_AN_END).contains(&place)).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn of(output: ModelOutput, link: OutputLink, base: f64) -> Option<f64> {
        let mut explanation = fixture::exact();
        explanation.settings.target.output = output;
        explanation.settings.target.link = link;
        explanation.base_value = base;
        far_base_value(&explanation)
    }

    #[test]
    fn each_scale_has_its_own_middle() {
        let similarity = || ModelOutput::SimilarityTo(Default::default());
        let direction = || ModelOutput::Direction {
            from: Default::default(),
            to: Default::default(),
        };
        for (output, link, base, expected) in [
            (ModelOutput::Logits, OutputLink::Probability, 0.21, None),
            (ModelOutput::Logits, OutputLink::Probability, 0.19, Some(0.19)),
            (ModelOutput::Logits, OutputLink::Probability, 0.97, Some(0.97)),
            (ModelOutput::Logits, OutputLink::Logit, 0.97, None),
            (
                ModelOutput::Logits,
                OutputLink::Logit,
                3.0_f64.ln() * 2.0,
                Some(0.9),
            ),
            (similarity(), OutputLink::Probability, 0.59, None),
            (similarity(), OutputLink::Logit, 0.8, Some(0.9)),
            (similarity(), OutputLink::Probability, -0.8, Some(0.1)),
            (direction(), OutputLink::Probability, 40.0, None),
        ] {
            let found = of(output.clone(), link, base);
            let is_same = match (found, expected) {
                (Some(found), Some(expected)) => (found - expected).abs() < 1e-12,
                (found, expected) => found == expected,
            };
            assert!(is_same, "{output:?}, {link:?}, {base}: {found:?}");
        }
    }

    #[test]
    fn an_intercept_is_no_base_value() {
        let mut explanation = fixture::surrogate();
        explanation.base_value = 0.99;
        assert_eq!(far_base_value(&explanation), None);
    }
}
