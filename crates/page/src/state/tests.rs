use std::collections::BTreeSet;

use vitrine_link::LinkEvent;
use vitrine_picture::Selection;
use vitrine_record::{
    AttentionView, Drawing, HeadIdx, LayerAttention, ModelInfo, Percent, Position, Prediction, Segment,
    Token, TokenId,
    message::{ProblemKind, Reply, RequestKind, WeightsSource},
};

use super::*;

mod ablation;
mod agreement;
mod compare;
mod data_set;
mod explaining;
mod finder;
mod imported;
mod other_text;
mod run_change;
mod salience;
mod score;
mod selection;
mod variant;

/// A token for each word; in brackets it is one that the template added.
pub fn tokens(text: &str) -> Vec<Token> {
    let token = |piece: &str| Token {
        text: piece.into(),
        piece: piece.into(),
        id: TokenId(0),
        start: 0,
        end: 0,
        segment: Segment::A,
        special: piece.starts_with('['),
    };
    text.split_whitespace().map(token).collect()
}

fn analysis(text: &str, layers: &[usize]) -> Analysis {
    let tokens = tokens(text);
    let count = tokens.len();
    let even = vec![1.0 / count.max(1) as f32; 12 * count * count];
    Analysis {
        model_hash: "made up".into(),
        text: text.into(),
        pair: None,
        attention: layers
            .iter()
            .filter_map(|&layer| LayerAttention::new(LayerIdx(layer), 12, count, even.clone()))
            .collect(),
        tokens,
        prediction: Some(Prediction {
            logits: vec![0.0, 0.0],
            probabilities: vec![0.5, 0.5],
        }),
        thumbnails: Vec::new(),
        notices: Vec::new(),
    }
}

fn model() -> ModelInfo {
    ModelInfo {
        id: "made-up".into(),
        hash: "made up".into(),
        layers: 6,
        heads: 12,
        hidden: 384,
        intermediate: 1536,
        max_tokens: 128,
        labels: vec!["NEGATIVE".into(), "POSITIVE".into()],
    }
}

fn state() -> State {
    let analysis = analysis("not a bad film", &[0, 1, 2, 3, 4, 5]);
    State {
        link: Permalink {
            text: analysis.text.clone(),
            ..Permalink::default()
        },
        history: HistoryStep::Keep,
        last_change: LastChange::default(),
        selected_in: None,
        hidden_in: None,
        ranking: None,
        finder: Finder::default(),
        own_list: "".into(),
        data_set: DataSet::default(),
        long_text_to_ablate: None,
        field_epoch: 0,
        selects_several: false,
        answers: Answers::default(),
        imports: Imports::default(),
        other_text: OtherText::default(),
        explaining: Explaining::default(),
        hover: None,
        query: Query::default(),
        language: Language::English,
        appearance: Appearance::default(),
        present: false,
        shown: Shown {
            model: Shared::new(model()),
            analysis: Shared::new(analysis),
            origin: Origin::Recorded,
        },
        engine: Engine::Starting,
        may_load: true,
        generation: 0,
        request_problem: None,
    }
}

fn ready() -> State {
    let event = LinkEvent::Ready {
        model: model(),
        source: WeightsSource::Cache,
    };
    state().after(Action::Worker(event))
}

fn answered(state: &State, layers: &[usize]) -> State {
    let request = state.wanted().expect("something is wanted");
    let Request::Analyse { text, .. } = &request else {
        panic!("the page asks for analyses");
    };
    let reply = Reply::Analysis(Box::new(analysis(text, layers)));
    state.after(Action::Worker(LinkEvent::Reply { request, reply }))
}

fn at(position: usize, side: Side) -> Focus {
    Focus {
        position: Position(position),
        side,
    }
}

fn chosen(position: usize, side: Side) -> Selection {
    at(position, side).into()
}

#[test]
fn typing_enters_the_history_once() {
    let once = state().after(Action::SetText("n".into()));
    assert_eq!(once.history, HistoryStep::Push);
    let twice = once.after(Action::SetText("no".into()));
    assert_eq!(twice.history, HistoryStep::Replace);
    let then = twice.after(Action::SetLayer(LayerIdx(2)));
    assert_eq!(then.history, HistoryStep::Push);
    assert_eq!(
        then.after(Action::SetText("not".into())).history,
        HistoryStep::Push
    );
    assert_eq!(then.field_epoch, 0, "typing never writes back into the field");
}

#[test]
fn a_live_answer_takes_the_place_of_the_recorded_one() {
    let ready = ready();
    assert!(
        ready.is_computing(),
        "the recorded example is asked for again, live"
    );
    let live = answered(&ready, &[0]);
    assert!(!live.is_computing() && live.wanted().is_none());
    assert!(live.is_current());
}

#[test]
fn a_layer_that_is_not_here_is_asked_for_and_the_old_one_stays() {
    let live = answered(&ready(), &[0]);
    let other = live.after(Action::SetLayer(LayerIdx(3)));
    assert_eq!(other.drawn_layer(), LayerIdx(0));
    assert!(other.is_computing());
    assert_eq!(answered(&other, &[3]).drawn_layer(), LayerIdx(3));
}

#[test]
fn a_failed_request_is_not_asked_again_until_something_changes() {
    let problem = Problem {
        kind: ProblemKind::RequestFailed,
        detail: "for a test".into(),
    };
    let ready = ready();
    let request = ready.wanted().expect("something is wanted");
    let failed = ready.after(Action::Worker(LinkEvent::RequestFailed { request, problem }));
    assert!(failed.request_problem.is_some() && !failed.is_computing());
    assert!(
        failed
            .after(Action::SetText("x".into()))
            .request_problem
            .is_none()
    );
}

#[test]
fn an_answer_to_what_was_undone_is_ignored() {
    let live = answered(&ready(), &[0]);
    let other = live.after(Action::SetText("another film".into()));
    let request = other.wanted().expect("the other text is wanted");
    let undone = other.after(Action::SetText(live.link.text.clone()));
    assert!(undone.wanted().is_none(), "it is on the screen already");
    let late = LinkEvent::Reply {
        request: request.clone(),
        reply: Reply::Analysis(Box::new(analysis("another film", &[0]))),
    };
    assert_eq!(undone.after(Action::Worker(late.clone())).shown, live.shown);
    let problem = Problem {
        kind: ProblemKind::RequestFailed,
        detail: "for a test".into(),
    };
    let failed = undone.after(Action::Worker(LinkEvent::RequestFailed { request, problem }));
    assert!(failed.request_problem.is_none());
    let further = other.after(Action::SetPair("and a pair".into()));
    assert_eq!(further.after(Action::Worker(late.clone())).shown, live.shown);
    assert!(other.after(Action::Worker(late)).is_current());
}

#[test]
fn a_failure_keeps_what_was_typed_and_shown() {
    let typed = ready().after(Action::SetText("my own words".into()));
    let problem = Problem {
        kind: ProblemKind::WorkerStopped,
        detail: String::new(),
    };
    let failed = typed.after(Action::Worker(LinkEvent::Failed(problem)));
    assert_eq!(failed.link, typed.link);
    assert_eq!(failed.shown, typed.shown);
    let again = failed.after(Action::Restart);
    assert_eq!((again.engine.clone(), again.generation), (Engine::Starting, 1));
    assert_eq!(again.link.text, "my own words");
}

#[test]
fn a_visitor_who_saves_data_is_asked_once_and_only_if_need_be() {
    let unknown = State {
        may_load: false,
        ..state()
    };
    let asked = unknown.after(Action::AskConsent);
    assert_eq!((&asked.engine, asked.may_load), (&Engine::AskingConsent, false));
    for before in [unknown, asked] {
        let agreed = before.after(Action::Consent);
        assert_eq!((&agreed.engine, agreed.may_load), (&Engine::Starting, true));
        let source = WeightsSource::Cache;
        let ready = State {
            engine: Engine::Ready { source },
            ..agreed
        };
        assert_eq!(ready.after(Action::AskConsent), ready, "a late question");
        assert_eq!(ready.after(Action::Consent), ready, "a late answer");
    }
}

#[test]
fn starting_again_is_no_consent() {
    let asking = State {
        engine: Engine::AskingConsent,
        may_load: false,
        ..state()
    };
    let problem = Problem {
        kind: ProblemKind::WorkerMissing,
        detail: String::new(),
    };
    let again = asking
        .after(Action::Worker(LinkEvent::Failed(problem)))
        .after(Action::Restart);
    assert_eq!(again.engine, Engine::AskingConsent);
    assert!(!again.may_load && again.after(Action::Consent).may_load);
}

#[test]
fn an_address_is_held_to_the_model() {
    let link = Permalink {
        text: "x".into(),
        layer: LayerIdx(99),
        heads: Some(BTreeSet::from([HeadIdx(3), HeadIdx(40)])),
        ..Permalink::default()
    };
    let opened = state().after(Action::Navigate(link));
    assert_eq!(opened.link.layer, LayerIdx(5));
    assert_eq!(opened.link.heads, Some(BTreeSet::from([HeadIdx(3)])));
    assert_eq!((opened.history, opened.field_epoch), (HistoryStep::Keep, 1));
}

#[test]
fn a_double_click_refines_only_the_toggle_of_the_same_head() {
    let (three, four) = (HeadIdx(3), HeadIdx(4));
    let double = state()
        .after(Action::ToggleHead(four))
        .after(Action::Hover(Some(at(1, Side::Source))))
        .after(Action::IsolateToggledHead(four));
    assert_eq!(double.link.heads, Some(BTreeSet::from([four])));
    assert_eq!(double.history, HistoryStep::Replace);
    assert_eq!(
        double.after(Action::IsolateToggledHead(three)).history,
        HistoryStep::Push
    );
    for before in [
        Action::SetLayer(LayerIdx(2)),
        Action::ToggleHead(three),
        Action::SetText("x".into()),
    ] {
        let isolated = state().after(before).after(Action::IsolateToggledHead(four));
        assert_eq!(isolated.history, HistoryStep::Push);
    }
}

#[test]
fn a_double_click_on_the_only_head_restores_all_and_can_be_gone_back_from() {
    let four = HeadIdx(4);
    let alone = state().after(Action::IsolateHead(four));
    let once = alone.after(Action::ToggleHead(four));
    assert_eq!((&once.link.heads, once.history), (&None, HistoryStep::Push));
    let twice = once.after(Action::IsolateToggledHead(four));
    assert_eq!((twice.link.heads, twice.history), (None, HistoryStep::Replace));
    let deliberate = once.after(Action::IsolateHead(four));
    assert_eq!(deliberate.link.heads, alone.link.heads);
    assert_eq!(deliberate.history, HistoryStep::Push);
}

#[test]
fn progress_goes_on_after_a_second_attempt() {
    let progress = |received| {
        Action::Worker(LinkEvent::Progress {
            received,
            total: 24,
            source: WeightsSource::Network,
        })
    };
    let retried = state()
        .after(progress(20))
        .after(Action::Worker(LinkEvent::Retried));
    let expect = |received| Engine::Loading {
        received,
        total: 24,
        source: WeightsSource::Network,
        retried: true,
    };
    assert_eq!(retried.engine, expect(0));
    assert_eq!(retried.after(progress(4)).engine, expect(4));
}

#[test]
fn a_head_is_chosen_with_its_layer_and_let_go_again() {
    let (layer, head) = (LayerIdx(4), HeadIdx(7));
    let chosen = state().after(Action::ChooseHead { layer, head });
    assert_eq!(
        (chosen.link.layer, &chosen.link.heads),
        (layer, &Some(BTreeSet::from([head])))
    );
    let let_go = chosen.after(Action::ChooseHead { layer, head });
    assert_eq!((let_go.link.layer, &let_go.link.heads), (layer, &None));
    let other = chosen.after(Action::ChooseHead {
        layer: LayerIdx(1),
        head,
    });
    assert_eq!(other.link.heads, chosen.link.heads);
}

#[test]
fn a_slider_that_is_drawn_on_is_one_step_back() {
    let options = |top_p| AttentionOptions {
        top_p: Percent(top_p),
        ..AttentionOptions::default()
    };
    let first = state().after(Action::SetOptions(options(70)));
    assert_eq!(first.history, HistoryStep::Push);
    let second = first.after(Action::SetOptions(options(60)));
    assert_eq!(
        (second.history, second.link.options),
        (HistoryStep::Replace, options(60))
    );
    assert_eq!(
        second.after(Action::SetOptions(options(60))).history,
        HistoryStep::Keep
    );
    let other = second.after(Action::SetView(AttentionView::Model));
    assert_eq!(
        (other.history, other.link.view),
        (HistoryStep::Push, AttentionView::Model)
    );
    assert_eq!(
        other.after(Action::SetDrawing(Drawing::Lines)).history,
        HistoryStep::Keep
    );
    assert_eq!(
        other.after(Action::SetOptions(options(999))).link.options,
        options(100)
    );
}

#[test]
fn what_is_looked_at_is_cut_as_the_options_say() {
    let state = state();
    assert_eq!(state.slice().unwrap().sources().len(), 4);
    let options = AttentionOptions {
        threshold: Percent(30),
        ..AttentionOptions::default()
    };
    let slice = state.after(Action::SetOptions(options)).slice().unwrap();
    assert_eq!(slice.not_drawn(), 12 * 16);
}

#[test]
fn what_is_left_by_the_pointer_does_not_keep_a_choice_from_the_address() {
    let chosen = answered(&ready(), &[0]).after(Action::SetView(AttentionView::Model));
    assert_eq!(chosen.after(Action::Hover(None)).history, HistoryStep::Push);
}
