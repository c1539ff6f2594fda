//! What is made of attention, and drawn in its place.

use vitrine_record::{Run, VariantAttention};

use super::*;

/// The state with an answer to what it wants of a variant: all weights are on the first token.
fn with_variant(state: &State, heads: usize) -> State {
    let request = state
        .wanted_besides(RequestKind::ComputeVariant)
        .expect("it is wanted");
    let Request::ComputeVariant { layer, variant, .. } = request else {
        panic!("of another kind");
    };
    let tokens = state.shown.analysis.tokens.len();
    let row: Vec<f32> = (0..tokens)
        .map(|source| f32::from(u8::from(source == 0)))
        .collect();
    let attention = LayerAttention::new(layer, heads, tokens, row.repeat(heads * tokens)).unwrap();
    let reply = Reply::Attention(Box::new(VariantAttention {
        variant,
        attention,
        class: None,
    }));
    state.after(Action::Worker(LinkEvent::Reply { request, reply }))
}

/// The same of a changed run, in which all weights are spread evenly.
fn with_even_variant(state: &State) -> State {
    let request = state
        .wanted_besides(RequestKind::ComputeVariant)
        .expect("it is wanted");
    let Request::ComputeVariant { layer, variant, .. } = request else {
        panic!("of another kind");
    };
    let tokens = state.shown.analysis.tokens.len();
    let values = vec![1.0 / tokens as f32; tokens * tokens];
    let reply = Reply::Attention(Box::new(VariantAttention {
        variant,
        attention: LayerAttention::new(layer, 1, tokens, values).unwrap(),
        class: None,
    }));
    state.after(Action::Worker(LinkEvent::Reply { request, reply }))
}

#[test]
fn a_variant_of_a_changed_run_stands_beside_that_of_the_untouched_one() {
    let live = answered(&ready(), &[0, 1, 2, 3, 4, 5]).after(Action::SetVariant(AttentionVariant::Rollout));
    let drawn = with_variant(&live, 1);
    let change = RunChange::ScaleHead {
        layer: LayerIdx(1),
        head: HeadIdx(3),
        factor: Percent(0),
    };
    let changed = drawn.after(Action::ChangeRun(change));
    assert_eq!(changed.drawn_run(), Run::Untouched, "until it is here");
    let both = with_even_variant(&changed);
    assert!(both.wanted_besides(RequestKind::ComputeVariant).is_none());
    assert_eq!(both.drawn_run(), Run::Difference);
    let slice = both.slice().unwrap();
    assert!(slice.is_difference() && slice.variant() == AttentionVariant::Rollout);
    assert_eq!((slice.weight(0, 1, 0), slice.weight(0, 1, 1)), (-0.75, 0.25));

    let scrubbed = both.after(Action::ScrubLayer(LayerIdx(3)));
    let half = with_variant(&scrubbed, 1);
    assert_eq!(
        half.slice().unwrap().layer(),
        LayerIdx(0),
        "half a difference is none"
    );
    let whole = with_even_variant(&half);
    assert_eq!(whole.slice().unwrap().layer(), LayerIdx(3));
    let back = whole.after(Action::ScrubLayer(LayerIdx(0)));
    assert!(
        back.wanted_besides(RequestKind::ComputeVariant).is_none(),
        "it is here already"
    );
    assert_eq!(back.slice(), both.slice());
    assert_eq!(
        (scrubbed.history, back.history),
        (HistoryStep::Push, HistoryStep::Replace)
    );
    let undone = back.after(Action::ChangeRun(RunChange::Clear));
    assert_eq!(undone.slice(), drawn.slice());
}

#[test]
fn layers_below_come_with_the_one_that_is_asked_for() {
    let live = answered(&ready(), &[0, 1, 2, 3, 4, 5]).after(Action::SetLayer(LayerIdx(2)));
    let asked = live.after(Action::SetVariant(AttentionVariant::Flow));
    let request = asked.wanted_besides(RequestKind::ComputeVariant).unwrap();
    let tokens = asked.shown.analysis.tokens.len();
    let made = |layer| {
        Reply::Attention(Box::new(VariantAttention {
            variant: AttentionVariant::Flow,
            attention: LayerAttention::new(LayerIdx(layer), 1, tokens, vec![0.5; tokens * tokens]).unwrap(),
            class: None,
        }))
    };
    let part = LinkEvent::Part {
        request: request.clone(),
        reply: made(1),
    };
    let below = asked.after(Action::Worker(part));
    assert_eq!(
        below.slice().unwrap().layer(),
        LayerIdx(1),
        "it is shown until the other is here"
    );
    assert_eq!(below.missing_variant(), Some(Missing::Computing));
    assert_eq!(
        below.wanted_besides(RequestKind::ComputeVariant),
        Some(request.clone())
    );
    let reply = made(2);
    let whole = below.after(Action::Worker(LinkEvent::Reply { request, reply }));
    assert_eq!(
        (whole.slice().unwrap().layer(), whole.missing_variant()),
        (LayerIdx(2), None)
    );
    let down = whole.after(Action::SetLayer(LayerIdx(1)));
    assert_eq!(
        (down.slice().unwrap().layer(), down.missing_variant()),
        (LayerIdx(1), None)
    );
}

#[test]
fn a_variant_is_asked_for_and_drawn_in_the_place_of_attention() {
    let live = answered(&ready(), &[0, 1, 2, 3, 4, 5]);
    assert!(live.wanted_besides(RequestKind::ComputeVariant).is_none());
    let raw = live.slice().unwrap();
    let heads = live.after(Action::IsolateHead(HeadIdx(3)));
    let chosen = heads.after(Action::SetVariant(AttentionVariant::Rollout));
    assert_eq!(chosen.history, HistoryStep::Push);
    assert!(
        chosen.slice().is_none(),
        "raw attention is never drawn under another name"
    );
    assert_eq!(chosen.missing_variant(), Some(Missing::Computing));
    let drawn = with_variant(&chosen, 1);
    assert!(drawn.wanted_besides(RequestKind::ComputeVariant).is_none());
    let slice = drawn.slice().unwrap();
    assert_ne!(slice, raw);
    assert_eq!(
        (slice.variant(), slice.heads().len()),
        (AttentionVariant::Rollout, 1)
    );

    let scrubbed = drawn.after(Action::SetLayer(LayerIdx(2)));
    assert_eq!(scrubbed.drawn_layer(), LayerIdx(0), "until the layer is here");
    let scrubbed = with_variant(&scrubbed, 1);
    assert_eq!(scrubbed.slice().unwrap().layer(), LayerIdx(2));

    let raw_again = scrubbed.after(Action::SetVariant(AttentionVariant::Raw));
    assert_eq!(
        raw_again.slice().unwrap().heads(),
        [HeadIdx(3)],
        "the choice of heads stays"
    );
    let elsewhere = scrubbed.after(Action::SetView(AttentionView::Model));
    assert!(elsewhere.wanted_besides(RequestKind::ComputeVariant).is_none());
    assert_eq!(elsewhere.slice().unwrap().variant(), AttentionVariant::Raw);
    let typed = answered(
        &scrubbed.after(Action::SetText("good".into())),
        &[0, 1, 2, 3, 4, 5],
    );
    assert!(
        typed.slice().is_none(),
        "what was made of one text is not drawn for another"
    );
}

#[test]
fn a_variant_that_cannot_be_is_said_and_not_asked_for_again() {
    let live = answered(&ready(), &[0]);
    let chosen = live.after(Action::SetVariant(AttentionVariant::GradientTimesAttention));
    let request = chosen.wanted_besides(RequestKind::ComputeVariant).unwrap();
    let problem = Problem {
        kind: ProblemKind::RequestFailed,
        detail: "no classifier".into(),
    };
    let event = LinkEvent::RequestFailed {
        request,
        problem: problem.clone(),
    };
    let failed = chosen.after(Action::Worker(event));
    assert_eq!(failed.missing_variant(), Some(Missing::Failed(&problem)));
    assert!(failed.wanted_besides(RequestKind::ComputeVariant).is_none());

    let long = answered(&ready().after(Action::SetText("a ".repeat(65))), &[0]);
    let flow = long.after(Action::SetVariant(AttentionVariant::Flow));
    assert_eq!(flow.missing_variant(), Some(Missing::TooLong));
    assert!(flow.wanted_besides(RequestKind::ComputeVariant).is_none());
}
