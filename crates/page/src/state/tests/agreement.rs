//! Agreement: what is computed in which order, what methods say of each word, and what becomes of it by an edit.

use vitrine_record::{
    ExhibitName, ExplainedFeature, Explanation, ExplanationCheck, ExplanationDetail, ExplanationMethod,
    Salience,
};

use super::*;

const TEXT: &str = "not a bad film";

/// A token for each word, where it stands.
fn placed(text: &str) -> Analysis {
    let mut analysis = analysis(text, &[0]);
    let mut start = 0;
    for token in &mut analysis.tokens {
        (token.start, token.end) = (start, start + token.piece.chars().count());
        start = token.end + 1;
    }
    analysis
}

fn open() -> State {
    let ready = ready();
    let request = ready.wanted().expect("something is wanted");
    let reply = Reply::Analysis(Box::new(placed(TEXT)));
    let live = ready.after(Action::Worker(LinkEvent::Reply { request, reply }));
    live.after(Action::SetExhibit(ExhibitName::Agreement))
}

fn order(state: &State) -> ExplanationOrder {
    state.explanation_order().expect("something is to be computed")
}

fn method(state: &State) -> (ExplanationMethod, u32) {
    let settings = order(state).question.settings;
    (settings.method, settings.seed)
}

fn told(state: &State, news: ExplanationNews) -> State {
    let question = Box::new(order(state).question);
    state.after(Action::Explained { question, news })
}

/// What is next is done, with a value for each word of its text.
fn done(state: &State, values: &[f64]) -> State {
    let ExplanationOrder { question, text, .. } = order(state);
    let features = text.tokens().iter().zip(values).enumerate();
    let explanation = Explanation {
        model_hash: question.model_hash.clone(),
        input: question.input.clone(),
        settings: question.settings.clone(),
        tokens: text.tokens().to_vec(),
        values: values.to_vec(),
        features: features
            .map(|(at, (token, value))| ExplainedFeature {
                text: token.text.clone(),
                start: token.start,
                end: token.end,
                segment: token.segment,
                tokens: at..at + 1,
                value: *value,
            })
            .collect(),
        base_value: 0.0,
        prediction: values.iter().sum(),
        evaluations: 4,
        exact_evaluations: Some(4),
        check: ExplanationCheck::Nothing,
        detail: ExplanationDetail::Nothing,
    };
    let snapshot = Snapshot {
        explanation: Shared::new(explanation),
        masked: Shared::default(),
        faithfulness: question.checked.map(|_| Shared::new(Vec::new())),
        arrived: 0,
        planned: Some(4),
        computed: 4,
        outputs: Vec::new(),
        milliseconds: 1.0,
        seconds_left: Some(0.0),
    };
    told(state, ExplanationNews::Done(snapshot))
}

fn with_salience(state: &State, values: &[f64]) -> State {
    let request = state
        .wanted_besides(RequestKind::ComputeSalience)
        .expect("salience is wanted");
    let reply = Reply::Salience(Box::new(Salience {
        gradient_times_input: values.to_vec(),
        gradient_norm: values.to_vec(),
        gradient_times_attention: values.to_vec(),
        integrated_gradients: Some(values.to_vec()),
        steps_done: 50,
        steps: 50,
        ..Salience::default()
    }));
    state.after(Action::Worker(LinkEvent::Reply { request, reply }))
}

const VALUES: [f64; 4] = [-0.5, 0.0, 0.25, 0.125];
const OTHERS: [f64; 4] = [0.5, 0.0, 0.25, 0.125];

/// All methods are there; occlusion speaks otherwise than the others.
fn all() -> State {
    let [owen, lime] = [VALUES, VALUES];
    let state = with_salience(&open(), &VALUES);
    done(&done(&done(&state, &owen), &OTHERS), &lime)
}

#[test]
fn methods_come_first_then_their_check_then_repetitions() {
    let mut state = with_salience(&open(), &VALUES);
    for expect in [
        ExplanationMethod::Owen,
        ExplanationMethod::Occlusion,
        ExplanationMethod::Lime,
    ] {
        assert_eq!(method(&state), (expect, 0));
        assert_eq!(order(&state).question.checked, None);
        state = done(&state, &VALUES);
    }
    let checked = order(&state).question.checked.expect("the check comes next");
    let methods: Vec<ExplanationMethod> = checked.iter().map(|(method, _)| *method).collect();
    assert_eq!(methods, ExplanationMethod::COMPARED);
    assert!(checked.iter().all(|(_, values)| *values == VALUES));
    state = done(&state, &[]);
    assert!(state.faithfulness().is_some_and(|(_, _, is_done)| is_done));
    for seed in 1..SEEDS {
        assert_eq!(method(&state), (ExplanationMethod::Lime, seed));
        assert!(order(&state).longest_seconds < Some(LONGEST_UNASKED_SECONDS));
        state = done(&state, &VALUES);
    }
    assert_eq!(state.explanation_order(), None);
    assert_eq!(
        state.seed_spread().map(|spread| spread.seeds),
        Some((0..SEEDS).collect())
    );
}

#[test]
fn the_check_waits_for_the_path_and_for_nobody_who_failed() {
    let mut state = open();
    for _ in 0..3 {
        state = done(&state, &VALUES);
    }
    assert_eq!(
        method(&state),
        (ExplanationMethod::Lime, 1),
        "meanwhile seeds are tried"
    );
    let whole = with_salience(&state, &VALUES);
    assert!(order(&whole).question.checked.is_some());

    let begun = done(&done(&with_salience(&open(), &VALUES), &VALUES), &VALUES);
    let costly = told(
        &begun,
        ExplanationNews::Costly {
            seconds: 60.0,
            evaluations: 100,
        },
    );
    assert_eq!(
        costly.explanation_order(),
        None,
        "its seeds and the check wait with it"
    );
    let problem = Problem {
        kind: ProblemKind::RequestFailed,
        detail: "for a test".into(),
    };
    let state = told(
        &begun,
        ExplanationNews::Failed(ExplanationFailure::Problem(problem)),
    );
    let checked = order(&state).question.checked.expect("the others are checked");
    assert!(
        checked
            .iter()
            .all(|(method, _)| *method != ExplanationMethod::Lime)
    );
    assert_eq!(state.methods_by_word().len(), 4);
}

#[test]
fn what_is_cancelled_begins_nothing_that_waited_for_it() {
    let begun = done(&done(&with_salience(&open(), &VALUES), &VALUES), &VALUES);
    assert_eq!(method(&begun).0, ExplanationMethod::Lime);
    let cancelled = begun.after(Action::Explain(ExplanationChange::Cancel));
    assert_eq!(cancelled.explanation_order(), None, "nor the check of the others");
    let again = cancelled.after(Action::Explain(ExplanationChange::Begin));
    assert_eq!(method(&again).0, ExplanationMethod::Lime);
}

#[test]
fn values_are_compared_word_by_word_and_disagreement_is_marked() {
    let state = all();
    let methods = state.methods_by_word();
    assert_eq!(methods.len(), 5);
    assert!(methods.iter().all(|of| of.is_final && of.values.len() == 4));
    for of in &methods {
        let explanation = state.explanation_by(of.method);
        let settings = explanation
            .map(|explanation| explanation.settings)
            .expect("there are values");
        assert_eq!(settings.method, of.method);
        assert_eq!(Some(settings.target), state.explained_target());
    }
    let words: Vec<String> = state.compared_words().into_iter().map(|word| word.text).collect();
    assert_eq!(words, ["not", "a", "bad", "film"]);
    let pairs = pair_agreements(&methods);
    assert_eq!(pairs.len(), 10);
    let tau = |one: usize, other: usize| {
        let pair = pairs.iter().find(|pair| (pair.0, pair.1) == (one, other));
        pair.and_then(|(_, _, agreement)| agreement.kendall_tau)
    };
    assert_eq!(tau(0, 1), Some(1.0));
    assert_eq!(tau(0, 3), Some(0.0), "three of six pairs are turned round");
    let marked = marked_words(&methods);
    assert_eq!(marked.len(), 1);
    assert!(marked[0].word == 0 && marked[0].signs_differ);
}

#[test]
fn nothing_is_said_of_values_that_will_still_change() {
    let mut methods = all().methods_by_word();
    methods[3].is_final = false;
    assert_eq!(
        pair_agreements(&methods).len(),
        6,
        "four of five methods are final"
    );
    assert_eq!(marked_words(&methods), []);
}

#[test]
fn an_edit_is_explained_after_the_rest_and_compared_by_word() {
    let mut state = done(&all(), &[]);
    for _ in 1..SEEDS {
        state = done(&state, &VALUES);
    }
    assert!(state.explanation_order().is_none() && state.edited_ranks().is_empty());
    let edited = state.after(Action::ChooseEdited("not a bad film !".into()));
    assert_eq!(edited.history, HistoryStep::Push);
    assert_eq!(edited.other_text.field_epoch, state.other_text.field_epoch + 1);
    let request = edited
        .wanted_besides(RequestKind::AnalyseOther)
        .expect("the model reads it");
    let reply = Reply::Analysis(Box::new(placed("not a bad film !")));
    let read = edited.after(Action::Worker(LinkEvent::Reply { request, reply }));
    assert_eq!(order(&read).question.input.text, "not a bad film !");
    assert_eq!(order(&read).text.tokens().len(), 5);
    assert_eq!(order(&read).longest_seconds, Some(LONGEST_UNASKED_SECONDS));
    let explained = done(&read, &[0.125, 0.0, 0.5, 0.25, 0.75]);
    let ranks = explained.edited_ranks();
    assert_eq!(ranks.len(), 1, "occlusion is yet to come");
    let places: Vec<(usize, usize)> = ranks[0]
        .words
        .iter()
        .map(|word| (word.before.0, word.after.0))
        .collect();
    assert_eq!(
        places,
        [(1, 3), (4, 4), (2, 1), (3, 2)],
        "among the words of both"
    );
    let both = done(&explained, &[0.5, 0.0, 0.25, 0.125, 0.0]);
    assert_eq!(both.edited_ranks()[1].agreement.kendall_tau, Some(1.0));
    assert_eq!(both.explanation_order(), None);
    let none = both.after(Action::CompareWithEdited("  ".into()));
    assert!(none.link.compared_text.is_none() && none.edited_ranks().is_empty());
}

#[test]
fn the_text_itself_is_no_edit() {
    let same = all().after(Action::ChooseEdited(TEXT.into()));
    let request = same
        .wanted_besides(RequestKind::AnalyseOther)
        .expect("the model reads it");
    let reply = Reply::Analysis(Box::new(placed(TEXT)));
    let read = same.after(Action::Worker(LinkEvent::Reply { request, reply }));
    assert!(read.edited_analysis().is_none());
    let with_pair = read.after(Action::SetPair("another".into()));
    assert_eq!(with_pair.compared_text(), None);
}
