//! What the score that is explained is of: with a model that has a classifier, and with one that has none.

use vitrine_record::{ExhibitName, ModelOutput, ScoreKind, message::TextInput};

use super::*;

/// The exhibit of SHAP, with a model without a classifier.
fn without_classifier() -> State {
    let mut state = answered(&ready(), &[0]);
    state.shown.model = Shared::new(ModelInfo {
        labels: Vec::new(),
        ..model()
    });
    let mut analysis = (*state.shown.analysis).clone();
    analysis.prediction = None;
    state.shown.analysis = Shared::new(analysis);
    state.after(Action::SetExhibit(ExhibitName::Shap))
}

fn typed(state: &State, text: &str) -> State {
    state.after(Action::Explain(ExplanationChange::TypeLike(text.into())))
}

fn output(state: &State) -> Option<ModelOutput> {
    let order = state.explanation_order()?;
    Some(order.question.settings.target.output)
}

fn text(text: &str) -> TextInput {
    TextInput {
        text: text.into(),
        pair: None,
    }
}

#[test]
fn without_a_classifier_a_similarity_is_explained_as_soon_as_there_is_something_to_compare_with() {
    let open = without_classifier();
    assert_eq!(open.explained_kind(), ScoreKind::Similarity);
    assert_eq!(output(&open), None);
    assert_eq!(output(&typed(&open, "  ")), None);
    let compared = typed(&open, "a good film");
    assert_eq!(
        output(&compared),
        Some(ModelOutput::SimilarityTo(text("a good film")))
    );
    assert!(compared.link.to_fragment().contains("like=a+good+film"));
    for exhibit in [ExhibitName::Lime, ExhibitName::Salience, ExhibitName::Agreement] {
        let other = compared.after(Action::SetExhibit(exhibit));
        assert_eq!(output(&other), output(&compared), "{exhibit:?}");
    }
    let salience = compared.after(Action::SetExhibit(ExhibitName::Salience));
    let Some(Request::ComputeSalience { target, .. }) = salience.salience_request() else {
        panic!("gradients of a similarity are computed");
    };
    assert_eq!(Some(&target), salience.explained_target().as_ref());
}

#[test]
fn a_direction_needs_two_texts() {
    let mut choice = without_classifier().link.explanation.clone();
    choice.score.kind = ScoreKind::Direction;
    let chosen = without_classifier().after(Action::Explain(ExplanationChange::Choose(choice)));
    let one = typed(&chosen, "good");
    assert_eq!(output(&one), None);
    let unlike = |other: &str| one.after(Action::Explain(ExplanationChange::TypeUnlike(other.into())));
    assert_eq!(
        output(&unlike("good")),
        None,
        "nothing leads from a text to itself"
    );
    let (from, to) = (text("bad"), text("good"));
    assert_eq!(output(&unlike("bad")), Some(ModelOutput::Direction { from, to }));
}

#[test]
fn typing_the_other_text_is_one_step_of_the_history() {
    let first = typed(&without_classifier(), "a");
    let second = typed(&first, "a good");
    assert_eq!(
        (first.history, second.history),
        (HistoryStep::Push, HistoryStep::Replace)
    );
}

#[test]
fn a_class_is_explained_where_there_is_one_unless_something_else_is_chosen() {
    let open = answered(&ready(), &[0]).after(Action::SetExhibit(ExhibitName::Shap));
    assert_eq!(output(&typed(&open, "good")), Some(ModelOutput::Logits));
    let mut choice = open.link.explanation.clone();
    (choice.score.kind, choice.target) = (ScoreKind::Similarity, Some(0));
    let chosen = typed(
        &open.after(Action::Explain(ExplanationChange::Choose(choice))),
        "good",
    );
    assert_eq!(output(&chosen), Some(ModelOutput::SimilarityTo(text("good"))));
    assert_eq!(
        chosen.class_of_pictures(),
        1,
        "the prediction's bars are then of the class that is predicted"
    );
}
