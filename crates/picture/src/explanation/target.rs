//! What an explanation is of, in the words of files.

use vitrine_record::{ExplanationTarget, ModelInfo, ModelOutput};

/// The label of the class whose score is explained; where the score is of no class, what it is. None of a class that the
/// model lacks.
pub fn target_name(target: &ExplanationTarget, model: &ModelInfo) -> Option<String> {
    match target.output {
        ModelOutput::Logits => model.labels.get(target.index).cloned(),
        _ => Some(output_name(&target.output)),
    }
}

/// What is read off the model.
///
/// ```
/// use vitrine_picture::explanation::output_name;
/// use vitrine_record::{ModelOutput, message::TextInput};
/// let text = |text: &str| TextInput { text: text.into(), pair: None };
/// assert_eq!(output_name(&ModelOutput::Logits), "logits");
/// assert_eq!(output_name(&ModelOutput::SimilarityTo(text("not bad"))), "similarity to “not bad”");
/// let direction = ModelOutput::Direction { from: text("bad"), to: text("good") };
/// assert_eq!(output_name(&direction), "“good” rather than “bad”");
/// ```
pub fn output_name(output: &ModelOutput) -> String {
    match output {
        ModelOutput::Logits => "logits".to_owned(),
        ModelOutput::SimilarityTo(other) => format!("similarity to “{}”", other.text),
        ModelOutput::Direction { from, to } => format!("“{}” rather than “{}”", to.text, from.text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn only_a_class_has_a_label() {
        let model = fixture::model(2);
        let mut target = ExplanationTarget {
            index: 1,
            ..ExplanationTarget::default()
        };
        assert_eq!(target_name(&target, &model).as_deref(), Some("POSITIVE"));
        target.index = 9;
        assert_eq!(target_name(&target, &model), None);
        target.output = ModelOutput::SimilarityTo(Default::default());
        assert_eq!(target_name(&target, &model).as_deref(), Some("similarity to “”"));
    }
}
