//! Another text that the picture is compared with.

use vitrine_record::{AttentionVariant, Comparison, Run};

use super::*;

/// An analysis whose tokens have a number for each piece.
fn read(text: &str, layers: &[usize]) -> Analysis {
    let mut analysis = analysis(text, layers);
    for token in &mut analysis.tokens {
        let number = token
            .piece
            .bytes()
            .fold(7, |id, byte| id * 31 % 65_521 + u32::from(byte));
        token.id = TokenId(number);
    }
    analysis
}

fn replies(state: &State, request: Request, layers: &[usize]) -> State {
    let (Request::Analyse { text, .. } | Request::AnalyseOther { text, .. }) = &request else {
        panic!("{request:?}");
    };
    let reply = Reply::Analysis(Box::new(read(text, layers)));
    state.after(Action::Worker(LinkEvent::Reply { request, reply }))
}

fn live(text: &str) -> State {
    let state = ready().after(Action::SetText(text.into()));
    let request = state.wanted().expect("the text is wanted");
    replies(&state, request, &[0, 1, 2, 3, 4, 5])
}

fn wanted(state: &State) -> Option<Request> {
    state.wanted_besides(RequestKind::AnalyseOther)
}

/// Compared with another text, which has been answered.
fn compared(text: &str, other: &str) -> State {
    let state = live(text)
        .after(Action::CompareWithText)
        .after(Action::SetOtherText(other.into()));
    let request = wanted(&state).expect("the other text is wanted");
    replies(&state, request, &[0, 1, 2, 3, 4, 5])
}

const FILM: &str = "[CLS] not a bad film [SEP]";
const VERY: &str = "[CLS] a very bad film [SEP]";

fn focus_positions(state: &State, text: WhichText) -> Vec<usize> {
    let focus = state.focus_in(text);
    focus.map_or_else(Vec::new, |focus| focus.positions.iter().map(|at| at.0).collect())
}

#[test]
fn the_text_itself_is_what_one_begins_to_type_from() {
    let state = live(FILM).after(Action::CompareWithText);
    assert_eq!(state.link.compared_text.as_deref(), Some(FILM));
    assert_eq!(
        (state.history, state.other_text.field_epoch),
        (HistoryStep::Push, 1)
    );
    assert!(state.slice_beside().is_none() && state.is_reading_other_text());
    let typed = state.after(Action::SetOtherText(VERY.into()));
    let more = typed.after(Action::SetOtherText(format!("{VERY} a")));
    assert_eq!(
        (typed.history, more.history),
        (HistoryStep::Push, HistoryStep::Replace)
    );
    assert_eq!(more.other_text.field_epoch, 1, "the field owns what is typed");
}

#[test]
fn what_was_typed_is_never_lost() {
    let state = compared(FILM, VERY);
    let ended = state.after(Action::CompareWithLayer(None));
    assert_eq!((&ended.link.compared_text, ended.is_compared()), (&None, false));
    assert!(wanted(&ended).is_none() && ended.answers.other_text.is_none());
    let late = ended.after(Action::SetOtherText(format!("{VERY} late")));
    assert_eq!(late.link.compared_text, None);
    let again = late.after(Action::CompareWithText);
    assert_eq!(again.link.compared_text, Some(format!("{VERY} late")));
    let layer = again.after(Action::CompareWithLayer(Some(LayerIdx(2))));
    assert_eq!(
        (layer.compared_layer(), layer.compared_text()),
        (Some(LayerIdx(2)), None)
    );
    assert_eq!(layer.other_text.typed, again.link.compared_text);
    let text = layer.after(Action::CompareWithText);
    assert_eq!(
        (text.compared_layer(), text.compared_text()),
        (None, again.compared_text())
    );
    let opened = live(FILM).after(Action::Navigate(state.link.clone()));
    assert_eq!(opened.other_text.typed.as_deref(), Some(VERY));
    assert_eq!(opened.other_text.field_epoch, 1);
}

#[test]
fn a_picture_of_each_text_has_its_own_tokens_and_the_same_layer() {
    let state = compared(FILM, VERY);
    let (slice, beside) = (state.slice().unwrap(), state.slice_beside().unwrap());
    assert_eq!((slice.layer(), beside.layer()), (LayerIdx(0), LayerIdx(0)));
    let pieces = |text| -> Vec<_> {
        let tokens = state.token_ends_of(text).sources.iter();
        tokens.map(|token| token.piece.as_str()).collect()
    };
    assert_eq!(pieces(WhichText::First), FILM.split(' ').collect::<Vec<_>>());
    assert_eq!(pieces(WhichText::Other), VERY.split(' ').collect::<Vec<_>>());
    let older = state.after(Action::SetOtherText("[CLS] [SEP]".into()));
    assert_eq!(
        older.slice_beside(),
        state.slice_beside(),
        "until the newer one is here"
    );
    assert!(older.is_reading_other_text());
}

#[test]
fn layers_of_long_texts_change_together() {
    let state = live(FILM).after(Action::CompareWithText);
    let request = wanted(&state).unwrap();
    let came = replies(&state, request, &[0]);
    assert!(came.slice_beside().is_some() && wanted(&came).is_none());
    let other_layer = came.after(Action::SetLayer(LayerIdx(3)));
    assert_eq!(other_layer.drawn_layer(), LayerIdx(0));
    let request = wanted(&other_layer).expect("the layer did not come");
    assert_eq!(other_layer.slice_beside().unwrap().layer(), LayerIdx(0));
    let came = replies(&other_layer, request, &[3]);
    assert_eq!(came.drawn_layer(), LayerIdx(3));
    assert_eq!(came.slice_beside().unwrap().layer(), LayerIdx(3));
}

#[test]
fn what_is_looked_at_in_one_text_is_looked_at_in_the_other() {
    let state = compared(FILM, VERY);
    let both = |state: &State| -> [Vec<usize>; 2] {
        [WhichText::First, WhichText::Other].map(|text| focus_positions(state, text))
    };
    let on = |focus| Action::Hover(Some(at(focus, Side::Source)));
    assert_eq!(both(&state.after(on(3))), [vec![3], vec![3]]);
    assert_eq!(both(&state.after(on(2))), [vec![2], vec![1]]);
    assert_eq!(both(&state.after(on(1))), [vec![1], vec![]]);
    let in_other = |action| WhichText::Other.action(action);
    let over = state.after(in_other(on(1)));
    assert_eq!(both(&over), [vec![2], vec![1]]);
    assert_eq!(both(&state.after(in_other(on(2)))), [vec![], vec![2]]);
    assert_eq!(both(&over.after(on(4))), [vec![4], vec![4]]);
    assert_eq!(
        both(&over.after(in_other(Action::Hover(None)))),
        [vec![0usize; 0], vec![]]
    );
    let chosen = over.after(in_other(Action::Select(at(1, Side::Source))));
    assert_eq!(chosen.link.tokens, BTreeSet::from([Position(2)]));
    assert_eq!(chosen.history, HistoryStep::Push);
    let alone = state.after(in_other(Action::Select(at(2, Side::Source))));
    assert_eq!(
        alone.link, state.link,
        "what stands in the other text only cannot be chosen"
    );
    assert!(!state.corresponds(WhichText::Other, at(2, Side::Source)));
    let ended = over.after(Action::CompareWithLayer(None));
    assert_eq!(both(&ended), [vec![0usize; 0], vec![]]);
}

#[test]
fn a_difference_says_how_much_of_the_texts_it_compares() {
    let state = compared(FILM, VERY);
    assert_eq!(state.compared_units(), None);
    let difference = state.after(Action::SetComparison(Comparison::Difference));
    let slice = difference.slice().unwrap();
    let first: Vec<usize> = slice.sources().iter().map(|unit| unit.first.0).collect();
    assert_eq!((slice.is_difference(), first), (true, vec![0, 2, 3, 4, 5]));
    assert!(difference.slice_beside().is_none());
    let counts = |state: &State| {
        let units = state.compared_units().unwrap();
        (units.compared, units.left_out, units.left_out_of_other)
    };
    assert_eq!(counts(&difference), (5, 1, 1));
    let options = AttentionOptions {
        hide_special: true,
        ..AttentionOptions::default()
    };
    let hidden = difference.after(Action::SetOptions(options));
    assert_eq!(counts(&hidden), (3, 1, 1));
    assert_eq!(hidden.slice().unwrap().destinations().len(), 3);
}

#[test]
fn texts_are_compared_by_attention_itself_in_the_head_view_without_changes() {
    let change = RunChange::ScaleHead {
        layer: LayerIdx(1),
        head: HeadIdx(3),
        factor: Percent(0),
    };
    let state = compared(FILM, VERY).after(Action::ChangeRun(change));
    assert_eq!(
        (state.drawn_run(), state.offered_runs()),
        (Run::Untouched, &[Run::Untouched][..])
    );
    let rollout = state.after(Action::SetVariant(AttentionVariant::Rollout));
    assert!(!rollout.offers_other_text() && !rollout.is_compared() && wanted(&rollout).is_none());
    let back = rollout.after(Action::SetVariant(AttentionVariant::Raw));
    assert_eq!(back.compared_text(), Some(VERY));
    let model = state.after(Action::SetView(AttentionView::Model));
    assert!(!model.is_compared() && model.slice_beside().is_none());
}

#[test]
fn a_text_that_cannot_be_read_is_not_asked_for_again() {
    let state = live(FILM).after(Action::CompareWithText);
    let request = wanted(&state).unwrap();
    let problem = Problem {
        kind: ProblemKind::RequestFailed,
        detail: "for a test".into(),
    };
    let failed = state.after(Action::Worker(LinkEvent::RequestFailed { request, problem }));
    assert!(wanted(&failed).is_none() && failed.slice().is_some());
    assert!(wanted(&failed.after(Action::SetOtherText(VERY.into()))).is_some());
}
