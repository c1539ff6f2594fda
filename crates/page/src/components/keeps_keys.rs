//! Fields and lists that letters are typed into.

use yew::prelude::*;

/// Letters that are typed where something is chosen or written are no keys of the exhibit.
pub fn keeps_keys() -> Callback<KeyboardEvent> {
    Callback::from(|event: KeyboardEvent| {
        if event.key() != "Escape" {
            event.stop_propagation();
        }
    })
}
