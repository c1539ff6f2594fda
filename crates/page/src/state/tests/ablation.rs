//! What the ablation view asks for, and what it takes.

use vitrine_record::{
    AblationComparison, AblationEffect, AblationOrder, EffectMeasure, TokenEffects, TokenMeasure,
};

use super::*;

fn ablation() -> State {
    answered(&ready(), &[0, 1, 2, 3, 4, 5]).after(Action::SetView(AttentionView::Ablation))
}

fn effects(tokens: std::ops::Range<usize>) -> Reply {
    let prediction = Prediction {
        logits: vec![0.0, 0.0],
        probabilities: vec![0.5, 0.5],
    };
    let effect = |at| AblationEffect {
        ablated: Position(at),
        prediction: prediction.clone(),
    };
    Reply::TokenEffects(TokenEffects {
        effects: tokens.map(effect).collect(),
        prediction: prediction.clone(),
    })
}

#[test]
fn both_rankings_are_asked_for_in_the_view_alone() {
    let view = ablation();
    let kinds = [RequestKind::RankTokens, RequestKind::RankHeads];
    assert!(kinds.iter().all(|kind| view.wanted_besides(*kind).is_some()));
    let other = view.after(Action::SetView(AttentionView::Model));
    assert!(kinds.iter().all(|kind| other.wanted_besides(*kind).is_none()));
}

#[test]
fn effects_grow_with_their_parts_and_are_of_the_text_on_the_screen() {
    let view = ablation();
    let request = view.wanted_besides(RequestKind::RankTokens).unwrap();
    let part = |state: &State, tokens| {
        let (request, reply) = (request.clone(), effects(tokens));
        state.after(Action::Worker(LinkEvent::Part { request, reply }))
    };
    let count = |state: &State| state.token_effects().map(|answer| answer.value.effects.len());
    assert_eq!(count(&view), None);
    let some = part(&part(&view, 0..2), 2..3);
    assert_eq!(count(&some), Some(3));
    assert!(some.wanted_besides(RequestKind::RankTokens).is_some());
    let whole = some.after(Action::Worker(LinkEvent::Reply {
        request: request.clone(),
        reply: effects(0..4),
    }));
    assert_eq!(
        (count(&whole), whole.wanted_besides(RequestKind::RankTokens)),
        (Some(4), None)
    );
    let typed = whole.after(Action::SetText("another film".into()));
    assert_eq!(count(&typed), Some(4), "the last picture stays");
    assert_eq!(count(&answered(&typed, &[0])), None);
    let away = some.after(Action::SetView(AttentionView::Head));
    assert_eq!(
        count(&part(&away, 3..4).after(Action::SetView(AttentionView::Ablation))),
        Some(3),
        "a late part"
    );
}

#[test]
fn the_run_that_is_shown_is_ablated() {
    let scale = RunChange::ScaleHead {
        layer: LayerIdx(1),
        head: HeadIdx(3),
        factor: Percent(0),
    };
    let changed = ablation().after(Action::ChangeRun(scale));
    let interventions = |state: &State| match state.besides(RequestKind::RankTokens) {
        Some(Request::RankTokens { interventions, .. }) => interventions.len(),
        other => panic!("tokens are to be ranked, not {other:?}"),
    };
    assert_eq!(interventions(&changed), 1);
    assert!(changed.analysis_of_run().is_none(), "it has yet to come");
    let untouched = changed.after(Action::SetRun(Run::Untouched));
    assert_eq!(interventions(&untouched), 0);
    assert!(untouched.analysis_of_run().is_some());
}

#[test]
fn a_long_text_is_ablated_only_when_asked_for() {
    let long = ready()
        .after(Action::SetText("film ".repeat(65)))
        .after(Action::SetView(AttentionView::Ablation));
    let long = answered(&long, &[0]);
    assert!(long.is_long_to_ablate() && long.besides(RequestKind::RankTokens).is_none());
    let asked = long.after(Action::AblateLongText(true));
    assert!(asked.wanted_besides(RequestKind::RankTokens).is_some());
    assert!(
        asked
            .after(Action::AblateLongText(false))
            .besides(RequestKind::RankTokens)
            .is_none()
    );
    let other = answered(&asked.after(Action::SetText("film ".repeat(66))), &[0]);
    assert!(
        other.besides(RequestKind::RankTokens).is_none(),
        "each text is asked for"
    );
}

#[test]
fn an_example_is_shown_as_it_was_found_and_back_leads_to_what_was_typed() {
    let comparison = AblationComparison {
        measure: TokenMeasure::Rollout,
        effect: EffectMeasure::Logit,
        order: AblationOrder::Effect,
    };
    let typed = ablation().after(Action::CompareBy(comparison));
    assert_eq!(
        (typed.history, typed.link.ablation),
        (HistoryStep::Push, comparison)
    );
    let chosen = typed.after(Action::ChooseDisagreement("I do not regret it".into()));
    let expected = AblationComparison {
        order: AblationOrder::Effect,
        ..AblationComparison::default()
    };
    assert_eq!(
        (chosen.history, chosen.link.ablation),
        (HistoryStep::Push, expected)
    );
    assert_eq!(chosen.link.view, AttentionView::Ablation);
    assert_eq!(chosen.field_epoch, typed.field_epoch + 1, "the field takes it");
    let back = chosen.after(Action::Navigate(typed.link.clone()));
    assert_eq!(back.link, typed.link);
}

#[test]
fn a_head_opens_alone_in_the_head_view() {
    let (layer, head) = (LayerIdx(4), HeadIdx(7));
    let opened = ablation().after(Action::OpenHead { layer, head });
    assert_eq!(
        (opened.link.view, opened.link.layer),
        (AttentionView::Head, layer)
    );
    assert_eq!(opened.link.heads, Some(BTreeSet::from([head])));
    assert_eq!(opened.history, HistoryStep::Push);
}

#[test]
fn a_head_opens_as_it_is_whatever_was_made_of_attention_before() {
    let head = state()
        .after(Action::SetVariant(AttentionVariant::Rollout))
        .after(Action::CompareWithLayer(Some(LayerIdx(1))))
        .after(Action::OpenHead {
            layer: LayerIdx(2),
            head: HeadIdx(1),
        });
    assert_eq!(head.variant(), AttentionVariant::Raw);
    assert_eq!(head.compared_layer(), None);
    assert_eq!(head.link.heads, Some([HeadIdx(1)].into()));
}
