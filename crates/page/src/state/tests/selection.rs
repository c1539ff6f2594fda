//! Tokens that are chosen or pointed at.

use super::*;

#[test]
fn a_token_of_a_text_to_come_survives_the_recorded_example() {
    let link = Permalink {
        text: "one two three four five six".into(),
        tokens: BTreeSet::from([Position(5)]),
        ..Permalink::default()
    };
    let opened = state().after(Action::Navigate(link));
    assert_eq!(opened.link.tokens, BTreeSet::from([Position(5)]));
    let live = answered(&opened, &[0]);
    assert_eq!(live.link.tokens, BTreeSet::from([Position(5)]));
    let typed = opened.after(Action::SetText("one two three four five six seven".into()));
    assert!(typed.link.tokens.is_empty(), "its word was never known");
}

#[test]
fn a_token_that_the_text_of_an_address_lacks_is_let_go() {
    let link = Permalink {
        text: "one two".into(),
        tokens: BTreeSet::from([Position(5)]),
        ..Permalink::default()
    };
    let live = answered(&state().after(Action::Navigate(link)), &[0]);
    assert!(live.link.tokens.is_empty() && live.history == HistoryStep::Replace);
}

#[test]
fn a_chosen_token_follows_its_word_through_typing() {
    let live = answered(&ready(), &[0]);
    let first = live.after(Action::Select(at(2, Side::Source)));
    let type_into = |state: &State, text: &str| state.after(Action::SetText(text.into()));
    let typing = type_into(&type_into(&first, "not a v bad film"), "not a very bad film");
    assert!(
        typing.address().tokens.is_empty(),
        "it is a place in another text"
    );
    let followed = answered(&typing, &[0]);
    assert_eq!(followed.address().tokens, BTreeSet::from([Position(3)]));
    assert_eq!(followed.selection(), Some(chosen(3, Side::Source)));
    assert_eq!(
        (followed.history, &followed.selected_in),
        (HistoryStep::Replace, &None)
    );
    let gone = answered(&type_into(&followed, "not a very good film"), &[0]);
    assert_eq!((gone.selection(), gone.history), (None, HistoryStep::Replace));

    let undone = type_into(&type_into(&first, "a bad film"), "not a bad film");
    assert_eq!(undone.selection(), Some(chosen(2, Side::Source)));
    let late = type_into(&live, "a bad film").after(Action::Select(at(3, Side::Source)));
    assert_eq!(answered(&late, &[0]).selection(), Some(chosen(2, Side::Source)));
}

#[test]
fn choosing_a_token_again_lets_it_go() {
    let row = state().after(Action::Select(at(1, Side::Destination)));
    assert_eq!(row.selection(), Some(chosen(1, Side::Destination)));
    let column = row.after(Action::Select(at(1, Side::Source)));
    assert_eq!(column.selection(), Some(chosen(1, Side::Source)));
    assert_eq!(
        column.after(Action::Select(at(1, Side::Source))).selection(),
        None
    );
    assert_eq!(column.after(Action::ClearSelection).selection(), None);
    assert_eq!(state().after(Action::ClearSelection).history, HistoryStep::Keep);
}

#[test]
fn what_is_hovered_goes_before_what_is_selected() {
    let both = state()
        .after(Action::Select(at(1, Side::Destination)))
        .after(Action::Hover(Some(at(2, Side::Source))));
    assert_eq!(both.focus(), Some(chosen(2, Side::Source)));
    assert_eq!(
        both.after(Action::Hover(None)).focus(),
        Some(chosen(1, Side::Destination))
    );
}

#[test]
fn what_stands_for_several_tokens_looks_at_all_of_them() {
    let both = BTreeSet::from([Position(1), Position(3)]);
    let together = state().after(Action::HoverTogether(both.clone()));
    assert_eq!(together.focus().map(|focus| focus.positions), Some(both));
    let is_hovered = |state: &State| [0, 1, 2, 3].map(|position| state.is_hovered(Position(position)));
    assert_eq!(is_hovered(&together), [false, true, false, true]);
    let one = together.after(Action::Hover(Some(at(1, Side::Destination))));
    assert_eq!(is_hovered(&one), [false, true, false, false]);
    assert_eq!(together.after(Action::Hover(None)).focus(), None);
    assert_eq!(together.history, HistoryStep::Keep);
}

#[test]
fn several_tokens_of_one_end_can_be_chosen() {
    let (row, other) = (at(1, Side::Destination), at(3, Side::Destination));
    let two = state()
        .after(Action::Select(row))
        .after(Action::SelectAlso(other));
    let both = BTreeSet::from([Position(1), Position(3)]);
    assert_eq!((&two.link.tokens, two.link.side), (&both, Side::Destination));
    assert_eq!(two.after(Action::SelectAlso(row)).selection(), Some(other.into()));
    assert_eq!(two.after(Action::Select(row)).selection(), Some(row.into()));
    let column = at(0, Side::Source);
    assert_eq!(
        two.after(Action::SelectAlso(column)).selection(),
        Some(column.into())
    );
    let several = state().after(Action::SelectSeveral(true));
    let two = several.after(Action::Select(row)).after(Action::Select(other));
    assert_eq!(two.link.tokens, both);
    let none = two.after(Action::Select(row)).after(Action::Select(other));
    assert_eq!(none.selection(), None);
}

#[test]
fn several_chosen_tokens_follow_their_words() {
    let live = answered(&ready(), &[0]);
    let two = live
        .after(Action::Select(at(0, Side::Source)))
        .after(Action::SelectAlso(at(2, Side::Source)))
        .after(Action::SelectAlso(at(3, Side::Source)));
    let typed = answered(&two.after(Action::SetText("not a very good film".into())), &[0]);
    assert_eq!(typed.link.tokens, BTreeSet::from([Position(0), Position(4)]));
    assert_eq!(typed.link.side, Side::Source);
}

#[test]
fn a_token_that_stays_where_it_is_comes_back_to_the_address_with_the_answer() {
    let focus = Focus {
        position: Position(1),
        side: Side::Destination,
    };
    let typed = answered(&ready(), &[0])
        .after(Action::Select(focus))
        .after(Action::SetText("not a bad film at all".into()));
    assert!(typed.address().tokens.is_empty());
    let answered = answered(&typed, &[0]);
    assert_eq!(answered.address().tokens, [Position(1)].into());
    assert_eq!(answered.history, HistoryStep::Replace);
}
