//! What is explained, and what becomes of it.

use vitrine_record::{
    ExhibitName, Explanation, ExplanationCheck, ExplanationDetail, ExplanationMethod, GapLevel, Grouping,
    ImportPart, MaskWith, OutputLink, ShapPicture, SurrogateSample,
};

use super::*;

/// A state in which the model has read the sentence and the exhibit of SHAP is open.
fn open() -> State {
    answered(&ready(), &[0]).after(Action::SetExhibit(ExhibitName::Shap))
}

fn order(state: &State) -> ExplanationOrder {
    state.explanation_order().expect("something is to be computed")
}

fn explain(state: &State, change: ExplanationChange) -> State {
    state.after(Action::Explain(change))
}

fn choose(state: &State, change: impl FnOnce(&mut vitrine_record::ExplanationChoice)) -> State {
    let mut choice = state.link.explanation.clone();
    change(&mut choice);
    explain(state, ExplanationChange::Choose(choice))
}

fn snapshot(question: &ExplanationQuestion, evaluations: usize) -> Snapshot {
    let explanation = Explanation {
        model_hash: question.model_hash.clone(),
        input: question.input.clone(),
        settings: question.settings.clone(),
        tokens: tokens(&question.input.text),
        values: Vec::new(),
        features: Vec::new(),
        base_value: 0.5,
        prediction: 0.5,
        evaluations,
        exact_evaluations: Some(100),
        check: ExplanationCheck::Nothing,
        detail: ExplanationDetail::Nothing,
    };
    Snapshot {
        explanation: Shared::new(explanation),
        masked: Shared::default(),
        faithfulness: None,
        arrived: 0,
        planned: Some(100),
        computed: evaluations,
        outputs: Vec::new(),
        milliseconds: 0.0,
        seconds_left: None,
    }
}

fn told(state: &State, question: &ExplanationQuestion, news: ExplanationNews) -> State {
    state.after(Action::Explained {
        question: Box::new(question.clone()),
        news,
    })
}

fn done(state: &State) -> State {
    let question = order(state).question;
    told(state, &question, ExplanationNews::Done(snapshot(&question, 100)))
}

fn phase(state: &State) -> ExplanationPhase {
    state.main_explanation().expect("something is explained").phase
}

#[test]
fn only_an_exhibit_of_explanations_asks_for_some() {
    let attention = answered(&ready(), &[0]);
    assert_eq!(attention.explanation_order(), None);
    let shap = attention.after(Action::SetExhibit(ExhibitName::Shap));
    assert_eq!(shap.history, HistoryStep::Push);
    assert_eq!(order(&shap).question.settings.method, ExplanationMethod::Owen);
    assert_eq!(
        shap.after(Action::SetExhibit(ExhibitName::Attention))
            .explanation_order(),
        None
    );
    assert_eq!(shap.link.text, attention.link.text, "the text is one for all");
}

#[test]
fn a_text_is_explained_once_the_model_has_read_it() {
    let typed = open().after(Action::SetText("another film".into()));
    assert_eq!(typed.explanation_order(), None);
    let read = answered(&typed, &[0]);
    assert_eq!(order(&read).question.input.text, "another film");
    let recorded = ready().after(Action::SetExhibit(ExhibitName::Shap));
    assert_eq!(
        recorded.explanation_order(),
        None,
        "a recorded example is not what this model read"
    );
}

#[test]
fn what_is_done_is_not_computed_again() {
    let done = done(&open());
    assert_eq!(phase(&done), ExplanationPhase::Done);
    assert_eq!(done.explanation_order(), None);
    let other = choose(&done, |choice| choice.link = OutputLink::Logit);
    assert_eq!(order(&other).question.settings.target.link, OutputLink::Logit);
    let back = choose(&other, |choice| choice.link = OutputLink::Probability);
    assert_eq!(back.explanation_order(), None);
    assert!(back.drawn_explanation().is_some_and(|(_, is_asked)| is_asked));
}

#[test]
fn another_picture_of_the_same_values_asks_for_nothing() {
    let bars = choose(&done(&open()), |choice| choice.picture = ShapPicture::Bars);
    assert_eq!(bars.explanation_order(), None);
    let pairs = choose(&bars, |choice| choice.picture = ShapPicture::Interactions);
    let settings = order(&pairs).question.settings;
    assert_eq!(
        (settings.method, settings.interactions),
        (ExplanationMethod::Exact, true)
    );
    assert!(
        pairs.drawn_explanation().is_some_and(|(_, is_asked)| !is_asked),
        "the old values stay until then"
    );
}

#[test]
fn pause_waits_and_a_new_setting_goes_on() {
    let paused = explain(&open(), ExplanationChange::Pause);
    assert!(order(&paused).is_paused);
    let resumed = explain(&paused, ExplanationChange::Resume);
    assert!(!order(&resumed).is_paused);
    assert_eq!(order(&resumed).question, order(&paused).question);
    assert!(!order(&choose(&paused, |choice| choice.seed = 3)).is_paused);
    let typed = answered(&paused.after(Action::SetText("a film".into())), &[0]);
    assert!(!order(&typed).is_paused);
}

#[test]
fn what_is_cancelled_stays_as_far_as_it_came_until_someone_wants_it_after_all() {
    let open = open();
    let question = order(&open).question;
    let begun = told(
        &open,
        &question,
        ExplanationNews::Progress(snapshot(&question, 10)),
    );
    let cancelled = explain(&begun, ExplanationChange::Cancel);
    assert_eq!(
        (phase(&cancelled), cancelled.explanation_order()),
        (ExplanationPhase::Cancelled, None)
    );
    assert!(cancelled.drawn_explanation().is_some());
    let late = told(
        &cancelled,
        &question,
        ExplanationNews::Progress(snapshot(&question, 20)),
    );
    assert_eq!(
        late.explaining, cancelled.explaining,
        "what was under way is not wanted any more"
    );
    let again = explain(&cancelled, ExplanationChange::Begin);
    assert_eq!(order(&again).longest_seconds, None);
}

#[test]
fn what_takes_long_waits_for_someone() {
    let open = open();
    let order = order(&open);
    assert_eq!(order.longest_seconds, Some(LONGEST_UNASKED_SECONDS));
    let costly = told(
        &open,
        &order.question,
        ExplanationNews::Costly {
            seconds: 75.0,
            evaluations: 100,
        },
    );
    assert_eq!(
        (phase(&costly), costly.explanation_order()),
        (
            ExplanationPhase::Costly {
                seconds: 75.0,
                evaluations: 100,
            },
            None
        )
    );
    let begun = explain(&costly, ExplanationChange::Begin);
    assert_eq!(self::order(&begun).longest_seconds, None);
    assert_eq!(phase(&begun), ExplanationPhase::Running);
}

#[test]
fn what_is_begun_with_less_needs_no_second_word() {
    let open = open();
    let order = order(&open);
    let costly = ExplanationNews::Costly {
        seconds: 75.0,
        evaluations: 9_000,
    };
    let costly = told(&open, &order.question, costly);
    let mut choice = costly.link.explanation.clone();
    choice.most_evaluations = Some(500);
    let begun = explain(&costly, ExplanationChange::BeginWith(choice));
    let fewer = self::order(&begun);
    assert_eq!(fewer.question.settings.most_evaluations, Some(500));
    assert_eq!(fewer.longest_seconds, None);
    assert_eq!(begun.history, HistoryStep::Push);
}

#[test]
fn groups_of_ones_own_are_of_one_text() {
    let own = Grouping::Chosen(vec![GapLevel::WithinPhrase; 5]);
    let chosen = choose(&open(), |choice| choice.grouping = own.clone());
    let typed = chosen.after(Action::SetText("a film".into()));
    assert_eq!(typed.link.explanation.grouping, Grouping::Scores);
    let proposed = choose(&chosen, |choice| choice.grouping = Grouping::Proposed);
    let typed = proposed.after(Action::SetText("a film".into()));
    assert_eq!(
        typed.link.explanation.grouping,
        Grouping::Proposed,
        "it is of any text"
    );
    // An address brings its text along: whether they fit is known once the model has read it.
    for (gaps, is_kept) in [("11", true), ("111", false)] {
        let link =
            Permalink::from_fragment(&format!("exhibit=shap&text=[CLS]+film+[SEP]&grouping={gaps}"), "");
        let read = answered(&ready().after(Action::Navigate(link)), &[0]);
        assert_eq!(
            matches!(read.link.explanation.grouping, Grouping::Chosen(_)),
            is_kept,
            "{gaps}"
        );
        let step = if is_kept {
            HistoryStep::Keep
        } else {
            HistoryStep::Replace
        };
        assert_eq!(read.history, step, "{gaps}");
    }
}

#[test]
fn what_failed_can_be_tried_again() {
    let problem = ExplanationFailure::Problem(Problem {
        kind: ProblemKind::RequestFailed,
        detail: "for a test".into(),
    });
    let open = open();
    let failed = told(
        &open,
        &order(&open).question,
        ExplanationNews::Failed(problem.clone()),
    );
    assert_eq!(
        (phase(&failed), failed.explanation_order()),
        (ExplanationPhase::Failed(problem), None)
    );
    assert_eq!(
        phase(&explain(&failed, ExplanationChange::Begin)),
        ExplanationPhase::Running
    );
    let restarted = failed.after(Action::Restart);
    let ready = LinkEvent::Ready {
        model: model(),
        source: WeightsSource::Cache,
    };
    assert!(
        restarted
            .after(Action::Worker(ready))
            .explanation_order()
            .is_some()
    );
}

#[test]
fn news_of_what_is_no_more_on_the_screen_changes_nothing() {
    let open = open();
    let question = order(&open).question;
    let other = choose(&open, |choice| choice.target = Some(0));
    let late = told(&other, &question, ExplanationNews::Done(snapshot(&question, 100)));
    assert_eq!(late.explaining, other.explaining);
    assert_eq!(late.history, other.history, "news enters no history");
}

#[test]
fn lime_is_repeated_with_other_seeds_after_the_first_is_done() {
    let mut state = open().after(Action::SetExhibit(ExhibitName::Lime));
    for seed in 0..SEEDS {
        let order = order(&state);
        assert_eq!(
            (order.question.settings.method, order.question.settings.seed),
            (ExplanationMethod::Lime, seed)
        );
        state = done(&state);
    }
    assert_eq!(state.explanation_order(), None);
    assert_eq!(state.explanations().len(), SEEDS as usize);
    let expected = choose(&state, |choice| choice.lime.samples = None);
    assert_eq!(expected.explanations().len(), 1);
}

#[test]
fn seeds_wait_for_the_first() {
    let lime = open().after(Action::SetExhibit(ExhibitName::Lime));
    let costly = told(
        &lime,
        &order(&lime).question,
        ExplanationNews::Costly {
            seconds: 60.0,
            evaluations: 100,
        },
    );
    assert_eq!(costly.explanation_order(), None);
    let repetition = order(&done(&lime));
    assert!(repetition.longest_seconds < Some(LONGEST_UNASKED_SECONDS));
}

#[test]
fn many_samples_are_not_kept_for_long() {
    let lime = open().after(Action::SetExhibit(ExhibitName::Lime));
    let sample = SurrogateSample {
        missing: vec![0, 1].into(),
        proximity: 1.0,
        score: 0.5,
        surrogate: 0.5,
    };
    let samples = ExplanationDetail::Samples(vec![sample; 50_000]);
    let seed = |state: &State, seed: u32| choose(state, |choice| choice.seed = 100 * seed);
    let mut state = lime;
    for number in 0..20 {
        state = seed(&state, number);
        let question = order(&state).question;
        let mut found = snapshot(&question, 100);
        let mut explanation = (*found.explanation).clone();
        explanation.detail = samples.clone();
        found.explanation = Shared::new(explanation);
        state = told(&state, &question, ExplanationNews::Done(found));
    }
    let is_kept = |number: u32| phase(&seed(&state, number)) == ExplanationPhase::Done;
    assert!(!is_kept(0) && is_kept(18) && is_kept(19), "the oldest goes first");
}

#[test]
fn maskings_are_compared_of_one_text_and_method() {
    let mut state = done(&open());
    assert_eq!(state.explanations_by_masking().len(), 1);
    state = done(&choose(&state, |choice| choice.masking.with = MaskWith::Delete));
    let maskings: Vec<_> = state
        .explanations_by_masking()
        .into_iter()
        .map(|(masking, _)| masking.with)
        .collect();
    assert_eq!(maskings, [MaskWith::Mask, MaskWith::Delete]);
    let kernel = choose(&state, |choice| choice.method = ExplanationMethod::Kernel);
    assert_eq!(kernel.explanations_by_masking().len(), 0);
}

#[test]
fn choices_are_held_to_the_model_and_enter_the_history() {
    let open = open();
    let chosen = choose(&open, |choice| choice.target = Some(7));
    assert_eq!(chosen.link.explanation.target, None);
    let logit = choose(&open, |choice| choice.link = OutputLink::Logit);
    assert_eq!(logit.history, HistoryStep::Push);
    let mut choice = logit.link.explanation.clone();
    choice.lime.kernel_width = 30;
    let slid = explain(&logit, ExplanationChange::Slide(choice.clone()));
    choice.lime.kernel_width = 35;
    let further = explain(&slid, ExplanationChange::Slide(choice));
    assert_eq!(
        (slid.history, further.history),
        (HistoryStep::Push, HistoryStep::Replace)
    );
}

#[test]
fn views_of_attention_ask_for_nothing_in_another_exhibit() {
    let neuron = answered(&ready(), &[0]).after(Action::SetView(AttentionView::Neuron));
    assert!(neuron.wanted_besides(RequestKind::ComputeHead).is_some());
    let shap = neuron.after(Action::SetExhibit(ExhibitName::Shap));
    assert_eq!(shap.wanted_besides(RequestKind::ComputeHead), None);
    let back = shap.after(Action::SetExhibit(ExhibitName::Attention));
    assert!(
        back.wanted_besides(RequestKind::ComputeHead).is_some(),
        "it is left as it was"
    );
}

#[test]
fn an_address_that_names_an_import_and_another_exhibit_shows_the_exhibit() {
    let link = Permalink::from_fragment("exhibit=shap&import=decoder&text=a+film", "");
    assert_eq!((link.exhibit, link.import), (ExhibitName::Shap, None));
    let attention = Permalink::from_fragment("import=decoder&text=a+film", "");
    assert_eq!(attention.import, Some(ImportPart::Decoder));
}

#[test]
fn tokens_that_stand_together_are_chosen_together() {
    let together = BTreeSet::from([Position(1), Position(2)]);
    let chosen = open().after(Action::SelectTogether(together.clone()));
    assert_eq!(chosen.link.tokens, together);
    assert!(
        chosen
            .after(Action::SelectTogether(together))
            .link
            .tokens
            .is_empty()
    );
}
