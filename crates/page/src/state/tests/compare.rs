//! What the picture is compared with.

use vitrine_record::{AttentionVariant, Comparison, Run, VariantAttention};

use super::*;

fn live() -> State {
    answered(&ready(), &[0, 1, 2, 3, 4, 5])
}

fn with_layer(state: &State, layer: usize) -> State {
    state.after(Action::CompareWithLayer(Some(LayerIdx(layer))))
}

#[test]
fn two_layers_are_beside_each_other_or_one_picture() {
    let state = live().after(Action::SetLayer(LayerIdx(4)));
    assert!(state.slice_beside().is_none());
    let compared = with_layer(&state, 1);
    assert_eq!(compared.history, HistoryStep::Push);
    let layers = |state: &State| {
        let beside = state.slice_beside().map(|slice| slice.layer());
        (state.slice().unwrap().layer(), beside)
    };
    assert_eq!(layers(&compared), (LayerIdx(4), Some(LayerIdx(1))));
    let difference = compared.after(Action::SetComparison(Comparison::Difference));
    assert_eq!(layers(&difference), (LayerIdx(4), None));
    let slice = difference.slice().unwrap();
    assert_eq!(slice.subtracted_layer(), Some(LayerIdx(1)));
    assert_eq!(slice.largest_drawn(), 0.0, "all layers are the same here");
    let elsewhere = compared.after(Action::SetView(AttentionView::Model));
    assert_eq!(layers(&elsewhere), (LayerIdx(4), None));
    let ended = difference.after(Action::CompareWithLayer(None));
    assert_eq!(ended.link, state.link, "the way to compare is forgotten as well");
    assert_eq!(with_layer(&state, 9).link.compared_layer, None);
}

#[test]
fn layers_are_compared_of_one_run_and_runs_of_one_layer() {
    let change = RunChange::ScaleHead {
        layer: LayerIdx(1),
        head: HeadIdx(3),
        factor: Percent(0),
    };
    let state = live().after(Action::ChangeRun(change));
    let changed = super::run_change::changed(&state);
    let both = changed.after(Action::SetRun(Run::Both));
    assert_eq!(both.drawn_run(), Run::Both);
    let (slice, beside) = (both.slice().unwrap(), both.slice_beside().unwrap());
    assert_eq!((slice.weight(5, 2, 0), beside.weight(5, 2, 0)), (1.0, 0.25));
    let compared = with_layer(&both, 2);
    assert_eq!(
        (compared.drawn_run(), compared.link.run),
        (Run::Changed, Run::Both)
    );
    assert_eq!(compared.slice_beside().unwrap().weight(5, 2, 0), 1.0);
    let ended = compared.after(Action::CompareWithLayer(None));
    assert_eq!(ended.drawn_run(), Run::Both);
    let model = both.after(Action::SetView(AttentionView::Model));
    assert_eq!(model.drawn_run(), Run::Changed);
}

#[test]
fn the_other_layer_of_a_long_text_is_asked_for() {
    let text = "a ".repeat(70);
    let long = answered(&ready().after(Action::SetText(text)), &[0]);
    let compared = with_layer(&long, 3);
    let request = compared
        .wanted_besides(RequestKind::ComputeVariant)
        .expect("it did not come");
    assert!(matches!(
        request,
        Request::ComputeVariant {
            layer: LayerIdx(3),
            variant: AttentionVariant::Raw,
            ..
        }
    ));
    assert!(compared.slice_beside().is_none() && compared.missing_variant().is_some());
    let tokens = compared.shown.analysis.tokens.len();
    let reply = Reply::Attention(Box::new(VariantAttention {
        variant: AttentionVariant::Raw,
        attention: LayerAttention::new(LayerIdx(3), 12, tokens, vec![0.5; 12 * tokens * tokens]).unwrap(),
        class: None,
    }));
    let came = compared.after(Action::Worker(LinkEvent::Reply { request, reply }));
    assert_eq!(came.slice_beside().unwrap().layer(), LayerIdx(3));
    assert_eq!(came.missing_variant(), None);
}
