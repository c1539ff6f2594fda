//! The keys that the exhibits of explanations share.

use vitrine_record::{ExplanationChoice, ScoreKind};
use yew::prelude::*;

use crate::{
    components::Key,
    context::Context,
    state::{Action, ExplanationChange},
};

/// The keys, as they are listed.
pub fn keys(page: &Context) -> Vec<Key> {
    let keys = [
        ("key.picture", "keys.picture"),
        ("key.class", "keys.class"),
        ("key.pause", "keys.pause"),
        ("key.several", "keys.several"),
        ("key.table", "keys.table"),
        ("key.escape", "keys.escape"),
        ("key.arrows", "keys.arrows"),
    ];
    let key = |(key, does)| Key {
        key: page.t(key).into(),
        does: page.t(does).into(),
    };
    keys.map(key).to_vec()
}

/// The one that comes after another in a list, and after the last the first.
pub fn after<T: Copy + PartialEq>(all: &[T], one: T) -> T {
    let place = all
        .iter()
        .position(|other| *other == one)
        .map_or(0, |place| place + 1);
    all.get(place % all.len().max(1)).copied().unwrap_or(one)
}

/// Listens to them. What the next picture is, each exhibit says.
pub fn keys_handler(
    page: &Context,
    toggle_table: &Callback<()>,
    next_picture: fn(&mut ExplanationChoice),
) -> Callback<KeyboardEvent> {
    let (dispatcher, toggle_table) = (page.state.dispatcher(), toggle_table.clone());
    let choice = page.link.explanation.clone();
    let is_of_class = page.explained_kind() == ScoreKind::Class;
    let classes = page.shown.model.labels.len().max(1);
    let next_class = (page.explained_class() + 1) % classes;
    let is_paused = page.explaining.is_paused;
    Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let explain = |change| dispatcher.dispatch(Action::Explain(change));
        let choose = |change: &dyn Fn(&mut ExplanationChoice)| {
            let mut choice = choice.clone();
            change(&mut choice);
            explain(ExplanationChange::Choose(choice));
        };
        match event.key().as_str() {
            "v" => choose(&next_picture),
            "c" if is_of_class => choose(&|choice| choice.target = Some(next_class)),
            "p" if is_paused => explain(ExplanationChange::Resume),
            "p" => explain(ExplanationChange::Pause),
            "t" => toggle_table.emit(()),
            "Escape" => dispatcher.dispatch(Action::ClearSelection),
            _ => {}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_last_comes_the_first() {
        assert_eq!([1, 2, 3].map(|one| after(&[1, 2, 3], one)), [2, 3, 1]);
        assert_eq!(after(&[1, 2], 5), 1);
        assert_eq!(after(&[], 5), 5);
    }
}
