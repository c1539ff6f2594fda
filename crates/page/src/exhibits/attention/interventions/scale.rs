//! The scale of differences, with its limits.

use yew::prelude::*;

use crate::context::use_page;

/// Properties of [`DifferenceScale`].
#[derive(Properties, PartialEq)]
pub struct DifferenceScaleProps {
    /// Where the scale ends on both sides.
    pub limit: f32,
}

/// The legend of a picture of differences: which colour means less, which more, and how much.
#[component]
pub fn DifferenceScale(DifferenceScaleProps { limit }: &DifferenceScaleProps) -> Html {
    let page = use_page();
    let style = page.language().numbers();
    let end = |limit: f32| page.fill("prediction.points", &[("points", &style.points(limit))]);
    html! {
        <p class="limits">
            <span>{ page.t("difference.less") }{ " " }<span class="number">{ end(-limit) }</span></span>
            <span class="limits__ramp limits__ramp--signed" aria-hidden="true" />
            <span><span class="number">{ end(*limit) }</span>{ " " }{ page.t("difference.more") }</span>
        </p>
    }
}
