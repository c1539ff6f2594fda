//! Texts that are explained together, and what becomes of them.

use std::rc::Rc;

use vitrine_record::{
    DataSetChoice, ExhibitName, Explanation, ExplanationCheck, ExplanationDetail, ExplanationMethod,
    ExplanationSettings, MaskedInput, SentenceSet, TokenUnit, TokenizedText,
};

use super::*;

const LIST: &str = "[CLS] a film [SEP]\n\n[CLS] not bad at all [SEP]\n[CLS] dull [SEP]";

fn change(state: &State, change: DataSetChange) -> State {
    state.after(Action::DataSet(change))
}

fn choose(state: &State, choice: DataSetChoice) -> State {
    change(state, DataSetChange::Choose(choice))
}

/// The exhibit is open with an own list of three texts, which have not been tokenized.
fn open() -> State {
    let open = answered(&ready(), &[0]).after(Action::SetExhibit(ExhibitName::DataSet));
    let own = choose(
        &open,
        DataSetChoice {
            set: SentenceSet::Own,
            ..DataSetChoice::default()
        },
    );
    own.after(Action::SetOwnList(LIST.into()))
}

/// The worker answers with a token for each word.
fn tokenized(state: &State) -> State {
    let request = state
        .wanted_besides(RequestKind::Tokenize)
        .expect("tokens are wanted");
    let Request::Tokenize { inputs } = &request else {
        panic!("tokens are wanted");
    };
    let text = |text: &str| TokenizedText {
        tokens: tokens(text),
        truncations: Vec::new(),
    };
    let texts = inputs.iter().map(|input| text(&input.text)).collect();
    state.after(Action::Worker(LinkEvent::Reply {
        request,
        reply: Reply::Tokenized(texts),
    }))
}

fn begun() -> State {
    change(&tokenized(&open()), DataSetChange::Begin)
}

fn order(state: &State) -> ExplanationOrder {
    state.explanation_order().expect("something is to be computed")
}

fn tell(state: &State, news: impl FnOnce(&ExplanationQuestion) -> ExplanationNews) -> State {
    let question = order(state).question;
    let news = news(&question);
    state.after(Action::Explained {
        question: Box::new(question),
        news,
    })
}

fn snapshot(question: &ExplanationQuestion, outputs: &[f32]) -> Snapshot {
    let tokens = tokens(&question.input.text);
    Snapshot {
        explanation: Shared::new(Explanation {
            model_hash: question.model_hash.clone(),
            input: question.input.clone(),
            settings: question.settings.clone(),
            values: vec![0.0; tokens.len()],
            tokens,
            features: Vec::new(),
            base_value: 0.5,
            prediction: 0.5,
            evaluations: 10,
            exact_evaluations: Some(10),
            check: ExplanationCheck::Nothing,
            detail: ExplanationDetail::Nothing,
        }),
        masked: Shared::default(),
        faithfulness: None,
        arrived: 0,
        planned: Some(20),
        computed: 10,
        outputs: outputs.to_vec(),
        milliseconds: 100.0,
        seconds_left: None,
    }
}

fn done(state: &State, outputs: &[f32]) -> State {
    tell(state, |question| {
        ExplanationNews::Done(snapshot(question, outputs))
    })
}

fn asked(state: &State) -> &AskedDataSet {
    state.data_set.asked.as_ref().expect("someone began")
}

#[test]
fn nothing_is_tokenized_before_the_exhibit_is_open_or_computed_before_someone_begins() {
    let closed = answered(&ready(), &[0]).after(Action::SetOwnList(LIST.into()));
    assert_eq!(closed.wanted_besides(RequestKind::Tokenize), None);
    assert!(closed.data_set.listed.is_empty());
    let open = open();
    assert_eq!(open.data_set.listed.len(), 3);
    assert_eq!(open.data_set_work(), None);
    let known = tokenized(&open);
    assert_eq!(known.wanted_besides(RequestKind::Tokenize), None);
    assert_eq!(known.explanation_order(), None);
    // Two tokens cost 4 evaluations of 4 tokens, four 2 + 2 · (1 + 2 + 2) at least, one 2.
    let work = known.data_set_work().unwrap();
    assert!(
        (4.0 * 4.0 + 12.0 * 6.0 + 2.0 * 3.0..=4.0 * 4.0 + 16.0 * 6.0 + 2.0 * 3.0).contains(&work),
        "{work}"
    );
    assert_eq!(known.address(), open.address(), "no text is in the address");
}

#[test]
fn a_list_that_is_typed_on_is_tokenized_anew_and_late_tokens_are_let_go() {
    let open = open();
    let request = open.wanted_besides(RequestKind::Tokenize).unwrap();
    let typed = open.after(Action::SetOwnList("[CLS] other [SEP]".into()));
    assert_ne!(typed.wanted_besides(RequestKind::Tokenize), Some(request.clone()));
    let late = typed.after(Action::Worker(LinkEvent::Reply {
        request,
        reply: Reply::Tokenized(vec![TokenizedText::default(); 3]),
    }));
    assert_eq!(late.data_set.texts, None);
    let bundled = choose(&tokenized(&typed), DataSetChoice::default());
    let still = bundled.after(Action::SetOwnList("[CLS] more [SEP]".into()));
    assert_eq!(
        still.data_set.listed, bundled.data_set.listed,
        "the own list is not the one that is chosen"
    );
}

#[test]
fn texts_are_explained_one_after_the_other() {
    let first = begun();
    let asked_first = order(&first).question;
    assert_eq!(asked_first.input.text, "[CLS] a film [SEP]");
    assert_eq!(asked_first.settings.method, ExplanationMethod::Owen);
    assert_eq!(asked_first.settings.most_evaluations, Some(500));
    let half = tell(&first, |question| {
        ExplanationNews::Progress(snapshot(question, &[]))
    });
    assert!((asked(&half).share_of_next - 0.5).abs() < 1e-9);
    assert!(asked(&half).share() > 0.0 && asked(&half).seconds_left().is_none());
    let second = done(&half, &[0.2, 0.8]);
    assert_eq!(order(&second).question.input.text, "[CLS] not bad at all [SEP]");
    assert_eq!(asked(&second).explained[0].predicted, Some(1));
    assert!(asked(&second).seconds_left().unwrap() > 0.0);
    // A text with nothing to explain is passed over.
    let unsuited = ExplanationFailure::Unsuited(vitrine_explain::ExplainError::NothingToExplain);
    let third = tell(&second, |_| ExplanationNews::Failed(unsuited));
    assert_eq!((asked(&third).skipped, asked(&third).behind()), (1, 2));
    let all = done(&third, &[0.9, 0.1]);
    assert_eq!(asked(&all).phase, DataSetPhase::Done);
    assert_eq!(all.explanation_order(), None);
    let places: Vec<usize> = asked(&all).explained.iter().map(|text| text.place).collect();
    assert_eq!(places, [0, 2]);
    assert!((asked(&all).share() - 1.0).abs() < 1e-9);
    assert!(all.is_data_set_asked());
    let other = choose(
        &all,
        DataSetChoice {
            most_evaluations: 100,
            ..all.link.data_set
        },
    );
    assert!(!other.is_data_set_asked());
}

#[test]
fn what_texts_have_in_common_is_added_to_and_found_anew_where_something_else_is_looked_at() {
    let gathered = |state: &State| asked(state).gathered.corpus.clone();
    let places = |state: &State| -> Vec<usize> { gathered(state).texts().map(|text| text.place).collect() };
    let first = done(&begun(), &[0.2, 0.8]);
    let second = done(&first, &[0.9, 0.1]);
    assert_eq!(places(&second), [0, 1]);
    let [one, other] = [&first, &second].map(gathered);
    assert!(
        std::ptr::eq(one.text(0).unwrap(), other.text(0).unwrap()),
        "what is known of a text is not found again"
    );
    let half = tell(&second, |question| {
        ExplanationNews::Progress(snapshot(question, &[]))
    });
    assert_eq!(
        gathered(&half),
        gathered(&second),
        "nothing is made anew meanwhile"
    );
    let choice = second.link.data_set;
    let pieces = choose(
        &second,
        DataSetChoice {
            unit: TokenUnit::Pieces,
            ..choice
        },
    );
    assert_eq!(gathered(&pieces).unit(), TokenUnit::Pieces);
    assert_eq!(places(&pieces), [0, 1]);
    let of_class = choose(
        &second,
        DataSetChoice {
            cohort: Some(0),
            ..choice
        },
    );
    assert_eq!(places(&of_class), [1]);
    assert_eq!(places(&done(&of_class, &[0.7, 0.3])), [1, 2]);
}

#[test]
fn the_cost_of_a_list_is_found_once() {
    let known = tokenized(&open());
    let work = |state: &State| asked(state).work.clone();
    let begun = change(&known, DataSetChange::Begin);
    let other_class = ExplanationChange::Choose({
        let mut choice = known.link.explanation.clone();
        choice.target = Some(0);
        choice
    });
    let again = change(&known.after(Action::Explain(other_class)), DataSetChange::Begin);
    assert!(Rc::ptr_eq(&work(&begun), &work(&again)));
    let fewer = choose(
        &known,
        DataSetChoice {
            most_evaluations: 2,
            ..known.link.data_set
        },
    );
    assert!(fewer.data_set_work() < known.data_set_work());
}

#[test]
fn it_goes_on_beside_other_exhibits_whose_explanations_come_first() {
    let begun = begun();
    let attention = begun.after(Action::SetExhibit(ExhibitName::Attention));
    assert_eq!(order(&attention).question, order(&begun).question);
    let shap = begun.after(Action::SetExhibit(ExhibitName::Shap));
    assert_eq!(order(&shap).question.input.text, shap.link.text);
    let shown = done(&shap, &[0.5, 0.5]);
    assert_eq!(order(&shown).question, order(&begun).question);
    let more = done(&shown, &[0.5, 0.5]);
    assert_eq!(asked(&more).behind(), 1);
    let paused = change(&begun, DataSetChange::Pause);
    assert!(order(&paused).is_paused);
    let away = paused.after(Action::SetExhibit(ExhibitName::Attention));
    assert_eq!(away.explanation_order(), None);
    let back = away.after(Action::SetExhibit(ExhibitName::DataSet));
    assert!(order(&back).is_paused);
    assert!(!order(&change(&back, DataSetChange::Resume)).is_paused);
}

#[test]
fn it_goes_on_while_what_the_screen_shows_is_paused() {
    let shap = begun().after(Action::SetExhibit(ExhibitName::Shap));
    let paused = shap.after(Action::Explain(ExplanationChange::Pause));
    assert_eq!(order(&paused).question, order(&begun()).question);
    assert!(!order(&paused).is_paused);
    let both = change(&paused, DataSetChange::Pause);
    assert!(order(&both).is_paused && order(&both).question.input.text == shap.link.text);
}

#[test]
fn what_was_cancelled_keeps_what_came_and_what_failed_can_be_tried_again() {
    let some = done(&begun(), &[0.5, 0.5]);
    let cancelled = change(&some, DataSetChange::Cancel);
    assert_eq!(cancelled.explanation_order(), None);
    assert_eq!(asked(&cancelled).explained.len(), 1);
    assert_eq!(asked(&change(&cancelled, DataSetChange::Begin)).behind(), 0);
    let on = change(&cancelled, DataSetChange::Resume);
    assert_eq!(
        (asked(&on).behind(), order(&on).question),
        (1, order(&some).question),
        "it goes on where it was"
    );
    let problem = Problem {
        kind: ProblemKind::RequestFailed,
        detail: "no".into(),
    };
    let failed = tell(&some, |_| {
        ExplanationNews::Failed(ExplanationFailure::Problem(problem.clone()))
    });
    assert_eq!(asked(&failed).phase, DataSetPhase::Failed(problem));
    let again = change(&failed, DataSetChange::Resume);
    assert_eq!(order(&again).question, order(&some).question);
}

#[test]
fn a_text_is_opened_with_the_settings_that_it_was_explained_with() {
    let mut logit = begun().link.explanation;
    logit.link = vitrine_record::OutputLink::Logit;
    logit.picture = vitrine_record::ShapPicture::Interactions;
    let chosen = tokenized(&open()).after(Action::Explain(ExplanationChange::Choose(logit)));
    let begun = change(&chosen, DataSetChange::Begin);
    let settings = asked(&begun).settings.clone();
    let some = done(&done(&begun, &[0.1, 0.9]), &[0.1, 0.9]);
    let opened = change(&some, DataSetChange::OpenText(1));
    assert_eq!(opened.link.exhibit, ExhibitName::Shap);
    assert_eq!(opened.link.text, "[CLS] not bad at all [SEP]");
    assert_eq!(opened.history, HistoryStep::Push);
    let read = answered(&opened, &[0]);
    let question = &read.explanation_questions()[0];
    assert_eq!(
        ExplanationSettings {
            most_evaluations: Some(500),
            ..question.settings.clone()
        },
        settings
    );
    assert_eq!(question.settings.most_evaluations, None, "it was exact");
    assert_eq!(
        change(&some, DataSetChange::OpenText(2)),
        some,
        "it is not explained yet"
    );
}

#[test]
fn texts_have_the_labels_of_their_list() {
    let labelled = open().after(Action::SetOwnList(
        "good\t[CLS] a film [SEP]\n[CLS] dull [SEP]".into(),
    ));
    let begun = change(&tokenized(&labelled), DataSetChange::Begin);
    let labels: Vec<Option<&str>> = asked(&begun).labels.iter().map(Option::as_deref).collect();
    assert_eq!(labels, [Some("good"), None]);
    assert_eq!(asked(&begun).sentences[0], "[CLS] a film [SEP]");
    assert!(begun.is_data_set_asked());
    let other = begun.after(Action::SetOwnList(
        "bad\t[CLS] a film [SEP]\n[CLS] dull [SEP]".into(),
    ));
    assert!(!other.is_data_set_asked(), "they are other cohorts");
}

#[test]
fn how_long_a_text_takes_is_measured_once_and_not_while_something_is_computed() {
    let known = tokenized(&open());
    let inputs = known.inputs_to_measure().unwrap();
    assert_eq!(inputs.len(), 8);
    assert!(
        inputs
            .iter()
            .all(|input| matches!(input, MaskedInput::Tokens { tokens, .. } if tokens.len() == 4))
    );
    assert_eq!(change(&known, DataSetChange::Begin).inputs_to_measure(), None);
    let measured = change(&known, DataSetChange::Measured(Some(0.2)));
    assert_eq!(measured.inputs_to_measure(), None);
    let others = change(&measured, DataSetChange::Measured(None));
    assert_eq!(
        others.inputs_to_measure(),
        Some(inputs),
        "other workers are measured anew"
    );
}
