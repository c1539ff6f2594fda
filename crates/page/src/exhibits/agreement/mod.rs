//! Agreement: what several methods say of the same words.

use yew::prelude::*;

/// The exhibit.
#[component]
pub fn Agreement() -> Html {
    Html::default()
}
