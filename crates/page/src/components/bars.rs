//! Bars for numbers, without and with a sign.

use yew::prelude::*;

/// A bar from the middle to the right for what grows, to the left for what shrinks, on a scale that ends at `limit` on
/// both sides.
pub fn signed_bar(change: f32, limit: f32) -> Html {
    let length = if limit > 0.0 {
        change.abs() / limit * 50.0
    } else {
        0.0
    };
    let (start, class) = if change < 0.0 {
        (50.0 - length, "bar--negative")
    } else {
        (50.0, "bar--positive")
    };
    html! {
        <svg class="bar bar--signed" width="100%" height="12" aria-hidden="true">
            <rect {class} x={format!("{start:.2}%")} width={format!("{length:.2}%")} height="12" />
            <rect class="bar__zero" x="50%" width="1" height="12" />
        </svg>
    }
}

/// A bar from the left, as long as a share of the room for it.
pub fn share_bar(share: f32, class: Option<&'static str>) -> Html {
    html! {
        <svg class={classes!("bar", class)} width="100%" height="12" aria-hidden="true">
            <rect class="bar__share" width={format!("{:.2}%", share * 100.0)} height="12" />
        </svg>
    }
}
