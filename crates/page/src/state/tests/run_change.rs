//! Changes to the run, and what the model answers to them.

use vitrine_record::{AblationEffect, HeadEffects, Intervention, Run, RunChanges};

use super::*;

fn change(state: &State, change: RunChange) -> State {
    state.after(Action::ChangeRun(change))
}

fn live() -> State {
    answered(&ready(), &[0, 1, 2, 3, 4, 5])
}

fn scale(head: usize, factor: u16) -> RunChange {
    RunChange::ScaleHead {
        layer: LayerIdx(1),
        head: HeadIdx(head),
        factor: Percent(factor),
    }
}

/// The state after the model has answered what it is asked of a changed run: each row of attention goes to `[CLS]`,
/// or to whatever stands first.
pub(super) fn changed(state: &State) -> State {
    let request = state
        .wanted_besides(RequestKind::Intervene)
        .expect("a changed run is wanted");
    let mut analysis = analysis(&state.link.text, &[]);
    let count = analysis.tokens.len();
    let first = |at: usize| if at.is_multiple_of(count) { 1.0 } else { 0.0 };
    let values: Vec<f32> = (0..12 * count * count).map(first).collect();
    analysis.attention = (0..6)
        .filter_map(|layer| LayerAttention::new(LayerIdx(layer), 12, count, values.clone()))
        .collect();
    let reply = Reply::Analysis(Box::new(analysis));
    state.after(Action::Worker(LinkEvent::Reply { request, reply }))
}

#[test]
fn without_changes_nothing_is_asked() {
    let live = live();
    assert_eq!(live.wanted_besides(RequestKind::Intervene), None);
    assert_eq!(live.wanted_besides(RequestKind::RankHeads), None);
    let same = change(&live, scale(3, 100));
    assert_eq!(same.wanted_besides(RequestKind::Intervene), None);
    assert!(!same.is_changed() && same.changed_analysis().is_none());
    assert_eq!(change(&live, RunChange::Clear), live, "there is nothing to clear");
}

#[test]
fn a_change_is_asked_once_and_its_layers_serve_all_views() {
    let asked = change(&live(), scale(3, 0));
    assert!(asked.is_changing());
    assert_eq!(asked.drawn_run(), Run::Untouched, "until it arrives");
    let request = asked.wanted_besides(RequestKind::Intervene).unwrap();
    let Request::Intervene { interventions, .. } = &request else {
        panic!("a changed run is asked for");
    };
    let expected = Intervention::ScaleHead {
        layer: LayerIdx(1),
        head: HeadIdx(3),
        factor: 0.0,
    };
    assert_eq!(interventions, &[expected]);
    let changed = changed(&asked);
    assert!(!changed.is_changing());
    let deeper = changed.after(Action::SetLayer(LayerIdx(4)));
    assert!(!deeper.is_changing(), "all layers came");
    assert_eq!(deeper.drawn_run(), Run::Difference);
    let cleared = change(&changed, RunChange::Clear);
    assert!(cleared.changed_analysis().is_none() && cleared.wanted_besides(RequestKind::Intervene).is_none());
    assert_eq!(cleared.slice(), live().slice(), "the untouched run again");
}

#[test]
fn each_run_has_its_own_attention() {
    let changed = changed(&change(&live(), scale(3, 0)));
    let weights = |run| {
        let slice = changed.after(Action::SetRun(run)).slice().unwrap();
        [0, 1].map(|source| slice.weight(5, 2, source))
    };
    assert_eq!(weights(Run::Untouched), [0.25, 0.25]);
    assert_eq!(weights(Run::Changed), [1.0, 0.0]);
    assert_eq!(weights(Run::Difference), [0.75, -0.25]);
    let shown = changed.after(Action::SetRun(Run::Changed));
    assert_eq!(shown.history, HistoryStep::Push);
    assert!(!shown.slice().unwrap().is_signed() && changed.slice().unwrap().is_signed());
    let cleared = change(&shown, RunChange::Clear);
    assert_eq!(
        cleared.link.run,
        Run::default(),
        "without a change there is no other run"
    );
}

#[test]
fn a_slider_of_a_head_is_one_step_back() {
    let first = change(&live(), scale(3, 50));
    let second = change(&first, scale(3, 40));
    assert_eq!(
        (first.history, second.history),
        (HistoryStep::Push, HistoryStep::Replace)
    );
    assert_eq!(change(&second, scale(3, 40)).history, HistoryStep::Keep);
    assert_eq!(change(&second, scale(4, 40)).history, HistoryStep::Push);
    assert_eq!(
        change(&second, scale(3, 999)).link.changes.heads[&(LayerIdx(1), HeadIdx(3))],
        Percent(200)
    );
    let restore = RunChange::RestoreHead {
        layer: LayerIdx(1),
        head: HeadIdx(3),
    };
    let restored = change(&second, restore);
    assert!(restored.link.changes.is_empty() && restored.history == HistoryStep::Push);
}

#[test]
fn the_heads_that_are_on_are_ablated_and_a_whole_layer_can_be() {
    let state = live().after(Action::SetLayer(LayerIdx(2)));
    let all = change(&state, RunChange::AblateHeadsOn);
    assert_eq!(all.link.changes.heads.len(), 12);
    let one = change(
        &state.after(Action::IsolateHead(HeadIdx(7))),
        RunChange::AblateHeadsOn,
    );
    let expected = [((LayerIdx(2), HeadIdx(7)), RunChanges::ABLATED)];
    assert_eq!(one.link.changes.heads, expected.into());
}

#[test]
fn selected_tokens_are_hidden_but_never_all() {
    let live = live().after(Action::SelectSeveral(true));
    let all = (0..4).fold(live, |state, at_token| {
        state.after(Action::Select(at(at_token, Side::Source)))
    });
    let hidden = change(&all, RunChange::HideSelection);
    let expected = BTreeSet::from([0, 1, 2].map(Position));
    assert_eq!(hidden.link.changes.hidden_keys, expected);
    assert_eq!(hidden.interventions().len(), 3 * 6, "in each layer");
    let shown = change(&hidden, RunChange::ShowToken(Position(1)));
    assert_eq!(
        shown.link.changes.hidden_keys,
        BTreeSet::from([0, 2].map(Position))
    );
}

#[test]
fn hidden_tokens_follow_their_words_and_stay_out_of_the_address_until_then() {
    let bad = live().after(Action::Select(at(2, Side::Source)));
    let hidden = change(&bad, RunChange::HideSelection).after(Action::ClearSelection);
    let typed = hidden.after(Action::SetText("not a very bad film".into()));
    assert!(typed.address().changes.is_empty() && typed.wanted_besides(RequestKind::Intervene).is_none());
    let followed = answered(&typed, &[0]);
    assert_eq!(
        followed.address().changes.hidden_keys,
        BTreeSet::from([Position(3)])
    );
    let gone = answered(&followed.after(Action::SetText("not a good film".into())), &[0]);
    assert!(gone.link.changes.is_empty());

    let example = hidden.after(Action::ChooseExample("another film".into()));
    assert!(example.link.changes.is_empty());
    let scaled = change(&hidden, scale(3, 0)).after(Action::ChooseExample("another film".into()));
    assert_eq!(scaled.link.changes.heads.len(), 1, "a head is no word");
}

#[test]
fn hidden_tokens_of_an_address_wait_for_its_text() {
    let link = Permalink {
        text: "one two three four five six".into(),
        changes: RunChanges {
            hidden_keys: BTreeSet::from([Position(5)]),
            ..RunChanges::default()
        },
        run: Run::Changed,
        ..Permalink::default()
    };
    let opened = ready().after(Action::Navigate(link.clone()));
    let live = answered(&opened, &[0]);
    assert_eq!((&live.link.changes, live.link.run), (&link.changes, Run::Changed));
    assert!(live.is_changing());
    let short = Permalink {
        text: "one two".into(),
        ..link
    };
    let short = answered(&ready().after(Action::Navigate(short)), &[0]);
    assert!(short.link.changes.is_empty() && short.link.run == Run::default());
}

#[test]
fn a_changed_run_of_another_text_is_not_shown() {
    let changed = changed(&change(&live(), scale(3, 0)));
    let typed = changed.after(Action::SetText("another film".into()));
    assert_eq!(typed.drawn_run(), Run::Difference, "the last picture stays");
    let answered = answered(&typed, &[0]);
    assert!(answered.changed_analysis().is_none() && answered.is_changing());
    assert_eq!(answered.drawn_run(), Run::Untouched);
}

#[test]
fn a_changed_run_that_fails_is_not_asked_again_until_the_worker_is_new() {
    let asked = change(&live(), scale(3, 0));
    let request = asked.wanted_besides(RequestKind::Intervene).unwrap();
    let problem = Problem {
        kind: ProblemKind::RequestFailed,
        detail: "for a test".into(),
    };
    let failed = asked.after(Action::Worker(LinkEvent::RequestFailed { request, problem }));
    assert!(!failed.is_changing());
    assert!(failed.after(Action::Restart).is_changing());
}

#[test]
fn the_neuron_view_shows_the_run_that_is_chosen() {
    let changed = changed(&change(&live(), scale(3, 0))).after(Action::SetView(AttentionView::Neuron));
    let interventions = |state: &State| match state.besides(RequestKind::ComputeHead) {
        Some(Request::ComputeHead { interventions, .. }) => interventions.len(),
        other => panic!("a head is to be computed, not {other:?}"),
    };
    assert_eq!(interventions(&changed), 1);
    assert_eq!(interventions(&changed.after(Action::SetRun(Run::Untouched))), 0);
}

fn effects(heads: std::ops::Range<usize>) -> Reply {
    let prediction = Prediction {
        logits: vec![0.0, 0.0],
        probabilities: vec![0.5, 0.5],
    };
    let effect = |head| AblationEffect {
        ablated: (LayerIdx(0), HeadIdx(head)),
        prediction: prediction.clone(),
    };
    Reply::HeadEffects(HeadEffects {
        effects: heads.map(effect).collect(),
        prediction: prediction.clone(),
    })
}

#[test]
fn a_ranking_grows_with_its_parts_and_ends_with_its_text() {
    let asked = change(&live(), scale(3, 0)).after(Action::RankHeads);
    let request = asked.wanted_besides(RequestKind::RankHeads).unwrap();
    assert!(
        matches!(&request, Request::RankHeads { interventions, .. } if interventions.len() == 1),
        "of the run that is looked at"
    );
    let part = |state: &State, heads| {
        let (request, reply) = (request.clone(), effects(heads));
        state.after(Action::Worker(LinkEvent::Part { request, reply }))
    };
    let count = |state: &State| state.ranking().map(|answer| answer.value.effects.len());
    assert_eq!(count(&asked), None);
    let some = part(&part(&asked, 0..5), 5..9);
    assert_eq!(count(&some), Some(9));
    assert_eq!(count(&part(&some, 0..3)), Some(9), "parts that come again");
    assert!(some.wanted_besides(RequestKind::RankHeads).is_some());
    let whole = some.after(Action::Worker(LinkEvent::Reply {
        request: request.clone(),
        reply: effects(0..12),
    }));
    assert_eq!(count(&whole), Some(12));
    assert_eq!(whole.wanted_besides(RequestKind::RankHeads), None);
    let other_run = change(&whole, scale(4, 0));
    assert_eq!(count(&other_run), Some(12), "it stays what it was asked for");
    assert_eq!(count(&whole.after(Action::SetText("x".into()))), None);
    let cancelled = some.after(Action::ForgetRanking);
    assert_eq!(cancelled.wanted_besides(RequestKind::RankHeads), None);
    assert_eq!(count(&part(&cancelled, 0..5)), None, "a late part");
}
