//! The scale of numbers that can be negative, with its limits.

use vitrine_picture::Quantity;
use yew::prelude::*;

use super::words::written_change;
use crate::context::use_page;

/// Properties of [`SignedScale`].
#[derive(Properties, PartialEq)]
pub struct SignedScaleProps {
    /// Where the scale ends on both sides.
    pub limit: f32,
    /// What the numbers are.
    pub quantity: Quantity,
}

/// The legend of a picture of numbers with a sign: which colour means less, or against, and which more, and how much.
#[component]
pub fn SignedScale(SignedScaleProps { limit, quantity }: &SignedScaleProps) -> Html {
    let page = use_page();
    let end = |limit: f32| written_change(&page, limit, *quantity, "prediction.points");
    let (negative, positive) = if quantity.is_difference {
        ("difference.less", "difference.more")
    } else {
        ("variant.against", "variant.for")
    };
    html! {
        <p class="limits">
            <span>{ page.t(negative) }{ " " }<span class="number">{ end(-limit) }</span></span>
            <span class="limits__ramp limits__ramp--signed" aria-hidden="true" />
            <span><span class="number">{ end(*limit) }</span>{ " " }{ page.t(positive) }</span>
        </p>
    }
}
