//! The score that is explained, from what the model says.

use vitrine_record::{ExplanationTarget, ModelOutput, OutputLink};

/// The logarithm of a class's odds, ln(p / (1 − p)) with p of the softmax: the class's logit minus the logarithm of the
/// sum of the others' exponentials. It is finite where the logits are, also where p is 0 or 1 to all digits. `None` of a
/// class that does not exist, and of an only one, which has no odds.
///
/// ```
/// use vitrine_explain::class_logit;
/// assert_eq!(class_logit(&[1.0, 3.5], 1), Some(2.5));
/// assert_eq!(class_logit(&[1.0, -1e9, 300.0], 2), Some(299.0));
/// assert_eq!(class_logit(&[1.0], 0), None);
/// assert_eq!(class_logit(&[f32::NEG_INFINITY, 1.0], 1), Some(f64::INFINITY));
/// ```
pub fn class_logit(logits: &[f32], class: usize) -> Option<f64> {
    let of_class = f64::from(*logits.get(class)?);
    let others = || {
        let others = logits.iter().enumerate().filter(|(other, _)| *other != class);
        others.map(|(_, logit)| f64::from(*logit))
    };
    let largest = others().reduce(f64::max)?;
    if largest == f64::NEG_INFINITY {
        // Nothing but this class is possible.
        return Some(of_class - largest);
    }
    let sum: f64 = others().map(|logit| (logit - largest).exp()).sum();
    Some(of_class - largest - sum.ln())
}

/// The score of a target: of a class its probability or its log-odds; of a model or an output of one number, that number.
/// `None` if the model said nothing at that place.
///
/// ```
/// use vitrine_explain::target_score;
/// use vitrine_record::{ExplanationTarget, OutputLink};
/// let mut target = ExplanationTarget { index: 1, ..ExplanationTarget::default() };
/// assert_eq!(target_score(&[2.0, 2.0], &target), Some(0.5));
/// target.link = OutputLink::Logit;
/// assert_eq!(target_score(&[2.0, 2.5], &target), Some(0.5));
/// assert_eq!(target_score(&[2.0], &target), None);
/// ```
pub fn target_score(output: &[f32], target: &ExplanationTarget) -> Option<f64> {
    let is_number = target.output != ModelOutput::Logits || output.len() == 1;
    if is_number {
        return output.get(target.index).map(|number| f64::from(*number));
    }
    let logit = class_logit(output, target.index)?;
    Some(match target.link {
        OutputLink::Logit => logit,
        OutputLink::Probability => 1.0 / (1.0 + (-logit).exp()),
    })
}
