//! Attention that was not computed for the typed text, looked at in its place and left again.

use vitrine_record::{AttentionImport, ImportPart, ImportedStack};

use super::*;
use crate::state::{ImportSource, Imports, LookedAt};

fn layers(count: usize, heads: usize, tokens: usize, sources: Option<usize>) -> Vec<LayerAttention> {
    let weights = |sources: usize| vec![1.0 / sources as f32; heads * tokens * sources];
    let layer = |layer| match sources {
        None => LayerAttention::new(LayerIdx(layer), heads, tokens, weights(tokens)),
        Some(sources) => LayerAttention::between(LayerIdx(layer), heads, tokens, sources, weights(sources)),
    };
    (0..count).filter_map(layer).collect()
}

fn stack(text: &str, count: usize, heads: usize) -> ImportedStack {
    let tokens: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let layers = layers(count, heads, tokens.len(), None);
    ImportedStack { tokens, layers }
}

/// An encoder of 8 layers of 4 heads, a decoder of 3 layers of 2, and 2 layers of 5 heads between them.
fn translation() -> Action {
    let encoder = stack("[CLS] good film film ##s [SEP]", 8, 4);
    let decoder = stack("<s> gut", 3, 2);
    let import = AttentionImport {
        name: "a translation".into(),
        cross: layers(2, 5, 2, Some(6)),
        encoder: Some(encoder),
        decoder: Some(decoder),
    };
    Action::LookAtImport {
        import: Shared::new(import),
        source: ImportSource::File("translation.json".into()),
    }
}

#[test]
fn layers_heads_and_tokens_are_those_of_the_part_that_is_looked_at() {
    let check = |part, shape: (usize, usize), ends: (usize, usize)| {
        let state = state().after(translation()).after(Action::ChooseImportPart(part));
        assert_eq!((state.layers(), state.heads()), shape, "{part:?}");
        let tokens = |side| state.tokens(side).len();
        assert_eq!(
            (tokens(Side::Destination), tokens(Side::Source)),
            ends,
            "{part:?}"
        );
        let last = state.after(Action::SetLayer(LayerIdx(99)));
        assert_eq!(last.link.layer, LayerIdx(shape.0 - 1));
        let slice = last.slice().unwrap();
        assert_eq!((slice.layer(), slice.heads().len()), (last.link.layer, shape.1));
        assert_eq!((slice.destinations().len(), slice.sources().len()), ends);
        assert_eq!(last.looked_at().is_within_text(), part != ImportPart::Cross);
    };
    check(ImportPart::Encoder, (8, 4), (6, 6));
    check(ImportPart::Decoder, (3, 2), (2, 2));
    check(ImportPart::Cross, (2, 5), (2, 6));
}

#[test]
fn leaving_finds_everything_as_it_was() {
    let options = AttentionOptions {
        segments: vitrine_record::SegmentFilter::AToB,
        ..AttentionOptions::default()
    };
    let typed = answered(&ready(), &[0])
        .after(Action::SetOptions(options))
        .after(Action::SetView(AttentionView::Neuron))
        .after(Action::ToggleHead(HeadIdx(11)))
        .after(Action::Select(at(2, Side::Source)))
        .after(Action::ChangeRun(RunChange::AblateHeadsOn));
    let import = typed.after(translation());
    assert_eq!(
        (import.link.view, import.drawn_run()),
        (AttentionView::Head, Run::Untouched)
    );
    assert!(import.link.tokens.is_empty() && import.link.heads.is_none() && !import.is_changed());
    let elsewhere = import
        .after(Action::SetLayer(LayerIdx(7)))
        .after(Action::ChooseImportPart(ImportPart::Cross))
        .after(Action::Select(at(5, Side::Source)))
        .after(Action::SetView(AttentionView::Model));
    let left = elsewhere.after(Action::LeaveImport);
    assert_eq!((&left.link, left.history), (&typed.link, HistoryStep::Push));
    assert_eq!((&left.shown, left.field_epoch), (&typed.shown, typed.field_epoch));
    assert!(left.imported().is_none());
    let again = left.after(Action::LeaveImport);
    assert_eq!((&again.link, again.history), (&left.link, HistoryStep::Keep));
}

#[test]
fn a_choice_that_waits_for_the_answer_to_its_text_waits_on() {
    let typing = answered(&ready(), &[0])
        .after(Action::Select(at(2, Side::Source)))
        .after(Action::SetText("not a very bad film".into()));
    let left = typing.after(translation()).after(Action::LeaveImport);
    assert_eq!(left.selected_in, typing.selected_in);
    assert_eq!(answered(&left, &[0]).link.tokens, BTreeSet::from([Position(3)]));
}

#[test]
fn nothing_is_asked_of_the_model_meanwhile_and_it_need_not_be_there() {
    for before in [state(), ready()] {
        let import = before.after(translation());
        assert!(import.wanted().is_none() && !import.is_computing());
        let unchanged = import
            .after(Action::SetView(AttentionView::Neuron))
            .after(Action::ChangeRun(RunChange::AblateHeadsOn))
            .after(Action::RankHeads);
        assert_eq!((&unchanged.link, &unchanged.ranking), (&import.link, &None));
        assert_eq!(import.after(Action::LeaveImport).wanted(), before.wanted());
    }
    let model = LinkEvent::Ready {
        model: model(),
        source: WeightsSource::Cache,
    };
    let deep = state().after(translation()).after(Action::SetLayer(LayerIdx(7)));
    assert_eq!(deep.after(Action::Worker(model)).link.layer, LayerIdx(7));
}

#[test]
fn typing_leaves_it_and_going_back_finds_it_again() {
    let import = state().after(translation()).after(Action::SetLayer(LayerIdx(7)));
    let typed = import.after(Action::SetText("another film".into()));
    assert!(typed.imported().is_none());
    assert_eq!(
        (typed.link.text.as_str(), typed.link.layer),
        ("another film", LayerIdx(0))
    );
    let back = typed.after(Action::Navigate(import.address()));
    assert_eq!((back.imported(), &back.link), (import.imported(), &import.link));
    let forth = back.after(Action::Navigate(typed.address()));
    assert_eq!((forth.imported(), &forth.link), (None, &typed.link));
}

#[test]
fn an_address_says_what_is_looked_at_once_the_attention_is_there() {
    let address = Permalink::from_fragment("text=x&import=cross&layer=1&heads=4&token=5&side=source", "");
    let opened = state().after(Action::Navigate(address.clone()));
    assert_eq!((opened.link.text.as_str(), opened.link.layer), ("x", LayerIdx(0)));
    assert!(opened.imported().is_none() && opened.wanted().is_some());
    assert_eq!(opened.imports.awaited.as_ref(), Some(&address));
    let there = opened.after(translation());
    assert_eq!((&there.link, &there.imports.awaited), (&address, &None));
    let left = there.after(Action::LeaveImport);
    assert_eq!(left.link, opened.link);

    let missing = Permalink::from_fragment("import=cross&view=neuron&hidden=1&token=9", "");
    let encoder = Action::LookAtImport {
        import: Shared::new(AttentionImport {
            name: "an encoder".into(),
            encoder: Some(stack("a b", 1, 1)),
            decoder: None,
            cross: Vec::new(),
        }),
        source: ImportSource::ThisPage,
    };
    let nearest = state().after(Action::Navigate(missing)).after(encoder).link;
    assert_eq!(
        (nearest.import, nearest.view),
        (Some(ImportPart::Encoder), AttentionView::Head)
    );
    assert!(nearest.tokens.is_empty() && nearest.changes.is_empty());
}

#[test]
fn what_has_no_part_is_not_looked_at() {
    let nothing = AttentionImport {
        name: "nothing".into(),
        encoder: None,
        decoder: None,
        cross: Vec::new(),
    };
    let after = state().after(Action::LookAtImport {
        import: Shared::new(nothing),
        source: ImportSource::ThisPage,
    });
    assert_eq!((after.imports, after.link), (Imports::default(), state().link));
}

#[test]
fn tokens_of_a_file_are_told_apart_by_their_pieces() {
    let state = state().after(translation());
    let LookedAt::Imported(imported, _) = state.looked_at() else {
        panic!("it is looked at");
    };
    let tokens = imported.tokens(ImportPart::Encoder, Side::Source);
    assert!(tokens[2].id == tokens[3].id && tokens[1].id != tokens[2].id);
    assert!(tokens[4].continues_word() && tokens[4].piece == "##s" && tokens[4].text == "s");
    let special: Vec<bool> = tokens.iter().map(|token| token.special).collect();
    assert_eq!(special, [true, false, false, false, false, true]);
    assert!(imported.tokens(ImportPart::Cross, Side::Destination)[0].special);
}
