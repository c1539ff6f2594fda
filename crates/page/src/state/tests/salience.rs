//! Salience: what is asked of the worker, what stops it, and what the methods say.

use vitrine_record::{ExhibitName, ExplanationMethod, GradientBaseline, Salience};

use super::*;

fn open() -> State {
    answered(&ready(), &[0]).after(Action::SetExhibit(ExhibitName::Salience))
}

fn wanted(state: &State) -> Option<Request> {
    state.wanted_besides(RequestKind::ComputeSalience)
}

fn salience(norms: &[f64], steps_done: usize) -> Salience {
    let is_whole = steps_done == 50;
    Salience {
        prediction: 0.75,
        base_value: 0.5,
        gradient_times_input: norms.iter().map(|norm| -norm).collect(),
        gradient_norm: norms.to_vec(),
        gradient_times_attention: vec![0.0; norms.len()],
        integrated_gradients: is_whole.then(|| norms.to_vec()),
        steps_done,
        steps: 50,
    }
}

/// The text has four words, and no special tokens.
const NORMS: [f64; 4] = [0.1, 0.4, 0.2, 0.3];

fn part(state: &State, norms: &[f64], steps_done: usize) -> State {
    let request = wanted(state).expect("salience is wanted");
    let reply = Reply::Salience(Box::new(salience(norms, steps_done)));
    let event = match steps_done {
        50 => LinkEvent::Reply { request, reply },
        _ => LinkEvent::Part { request, reply },
    };
    state.after(Action::Worker(event))
}

fn pace(state: &State, seconds: f64) -> State {
    let request = Box::new(state.salience_request().expect("salience is shown"));
    state.after(Action::SaliencePace { request, seconds })
}

fn explain(state: &State, change: ExplanationChange) -> State {
    state.after(Action::Explain(change))
}

#[test]
fn gradients_are_asked_for_by_what_the_address_says() {
    let attention = answered(&ready(), &[0]);
    assert_eq!(wanted(&attention), None);
    let mut choice = open().link.explanation;
    choice.path.baseline = GradientBaseline::Mask;
    choice.path.steps = 20;
    let state = explain(&open(), ExplanationChange::Choose(choice));
    let Some(Request::ComputeSalience {
        input,
        baseline,
        steps,
        ..
    }) = wanted(&state)
    else {
        panic!("salience is wanted");
    };
    assert_eq!((baseline, steps), (GradientBaseline::Mask, 20));
    assert_eq!(input.text, state.link.text);
    let occlusion = state.explanation_order().expect("occlusion is computed besides");
    assert_eq!(occlusion.question.settings.method, ExplanationMethod::Occlusion);
}

#[test]
fn parts_are_shown_and_the_whole_is_not_asked_again() {
    let begun = part(&open(), &NORMS, 0);
    assert_eq!(begun.salience_phase(), Some(ExplanationPhase::Running));
    assert!(begun.salience().is_some_and(|(_, is_asked)| is_asked));
    let methods = |state: &State| -> Vec<ExplanationMethod> {
        state.salience_values().iter().map(|of| of.method).collect()
    };
    use ExplanationMethod::{GradientNorm, GradientTimesAttention, GradientTimesInput, IntegratedGradients};
    assert_eq!(
        methods(&begun),
        [GradientTimesInput, GradientNorm, GradientTimesAttention]
    );
    let done = part(&begun, &NORMS, 50);
    assert_eq!(
        (done.salience_phase(), wanted(&done)),
        (Some(ExplanationPhase::Done), None)
    );
    assert_eq!(methods(&done)[0], IntegratedGradients);
    let typed = answered(&done.after(Action::SetText("another film it is".into())), &[0]);
    assert!(typed.salience().is_none(), "it was of another text");
    let short = part(&typed, &NORMS[..3], 0);
    assert!(short.salience().is_none(), "it is of other tokens than these");
}

#[test]
fn a_text_that_is_analysed_again_keeps_what_gradients_said_of_it() {
    let done = part(&open(), &NORMS, 50);
    let text = done.link.text.clone();
    let elsewhere = done.after(Action::SetExhibit(ExhibitName::Attention));
    let other = answered(
        &elsewhere.after(Action::SetText("another film it is".into())),
        &[0],
    );
    let again = answered(&other.after(Action::SetText(text)), &[0]);
    let again = again.after(Action::SetExhibit(ExhibitName::Salience));
    assert!(again.salience().is_some_and(|(_, is_asked)| is_asked));
    assert_eq!(
        (again.salience_phase(), wanted(&again)),
        (Some(ExplanationPhase::Done), None)
    );
}

#[test]
fn places_are_those_of_typed_tokens_by_size() {
    let done = part(&open(), &NORMS, 50);
    let values = done.salience_values();
    let mut tokens = done.shown.analysis.tokens.clone();
    assert_eq!(values[1].places(&tokens), [Some(4), Some(1), Some(3), Some(2)]);
    assert_eq!(values[1].first(&tokens), Some(1));
    tokens[1].special = true;
    assert_eq!(values[1].places(&tokens), [Some(3), None, Some(2), Some(1)]);
    assert_eq!(values[1].first(&tokens), Some(3));
    assert_eq!(values[3].first(&tokens), None, "where all are 0 none comes first");
}

#[test]
fn a_long_path_waits_for_someone_and_what_came_stays() {
    let begun = part(&open(), &NORMS, 8);
    let short = pace(&begun, LONGEST_UNASKED_SECONDS);
    assert_eq!(short.salience_seconds_left(), Some(LONGEST_UNASKED_SECONDS));
    assert!(wanted(&short).is_some());
    let costly = pace(&begun, 90.0);
    assert_eq!(wanted(&costly), None);
    assert_eq!(
        costly.salience_phase(),
        Some(ExplanationPhase::Costly {
            seconds: 90.0,
            evaluations: 50,
        })
    );
    assert_eq!(costly.salience_values().len(), 3);
    assert_eq!(costly.history, begun.history, "a measurement enters no history");
    let allowed = explain(&costly, ExplanationChange::Begin);
    assert!(wanted(&allowed).is_some());
    assert!(wanted(&pace(&allowed, 80.0)).is_some(), "it may take long now");
}

#[test]
fn pause_and_cancel_stop_the_path() {
    let begun = part(&open(), &NORMS, 8);
    let paused = explain(&begun, ExplanationChange::Pause);
    assert_eq!(wanted(&paused), None);
    assert!(wanted(&explain(&paused, ExplanationChange::Resume)).is_some());
    let cancelled = explain(&begun, ExplanationChange::Cancel);
    assert_eq!(
        (wanted(&cancelled), cancelled.salience_phase()),
        (None, Some(ExplanationPhase::Cancelled))
    );
    assert!(wanted(&explain(&cancelled, ExplanationChange::Begin)).is_some());
    let mut choice = cancelled.link.explanation.clone();
    choice.path.steps = 20;
    let other = explain(&cancelled, ExplanationChange::Choose(choice));
    assert!(wanted(&other).is_some(), "another path is another question");
    assert!(
        other.salience().is_some_and(|(_, is_asked)| !is_asked),
        "the old one stays until then"
    );
}

#[test]
fn all_is_there_only_once_the_path_is() {
    let phase = |state: &State| state.phase_with_path(&ExplanationPhase::Done);
    let begun = part(&open(), &NORMS, 8);
    assert_eq!(phase(&begun), ExplanationPhase::Running);
    assert_eq!(phase(&part(&begun, &NORMS, 50)), ExplanationPhase::Done);
    let cancelled = explain(&begun, ExplanationChange::Cancel);
    assert_eq!(phase(&cancelled), ExplanationPhase::Cancelled);
    let running = ExplanationPhase::Running;
    assert_eq!(cancelled.phase_with_path(&running), running);
    let elsewhere = begun.after(Action::SetExhibit(ExhibitName::Shap));
    assert_eq!(phase(&elsewhere), ExplanationPhase::Done, "no path is shown");
}

#[test]
fn what_was_said_of_another_class_or_on_another_scale_is_not_shown() {
    let done = part(&open(), &NORMS, 50);
    let mut choice = done.link.explanation.clone();
    choice.target = Some(1 - done.explained_class());
    let of_other = explain(&done, ExplanationChange::Choose(choice));
    assert!(of_other.salience().is_none(), "it speaks of the other class");
    let mut choice = done.link.explanation.clone();
    choice.link = vitrine_record::OutputLink::Logit;
    let of_logit = explain(&done, ExplanationChange::Choose(choice));
    assert!(of_logit.salience().is_none(), "it is on another scale");
}

#[test]
fn while_another_path_is_gone_the_old_one_is_named() {
    let done = part(&open(), &NORMS, 50);
    let before = done.salience_baseline();
    let mut choice = done.link.explanation.clone();
    choice.path.baseline = GradientBaseline::Zero;
    assert_ne!(before, GradientBaseline::Zero);
    let other = explain(&done, ExplanationChange::Choose(choice));
    assert!(other.salience().is_some_and(|(_, is_asked)| !is_asked));
    assert_eq!(other.salience_baseline(), before);
    assert_eq!(
        part(&other, &NORMS, 0).salience_baseline(),
        GradientBaseline::Zero
    );
}

#[test]
fn what_failed_can_be_tried_again() {
    let request = wanted(&open()).expect("salience is wanted");
    let problem = Problem {
        kind: ProblemKind::RequestFailed,
        detail: "for a test".into(),
    };
    let failed = open().after(Action::Worker(LinkEvent::RequestFailed { request, problem }));
    assert!(matches!(
        failed.salience_phase(),
        Some(ExplanationPhase::Failed(_))
    ));
    assert_eq!(wanted(&failed), None);
    assert!(wanted(&explain(&failed, ExplanationChange::Begin)).is_some());
}
