//! What is explained, on which scale, and what stands for a word that is taken away.

use yew::prelude::*;

use crate::{
    context::use_page,
    exhibits::explanation::{ExplainedPicker, MaskPicker, ScorePicker},
};

/// The few that matter.
#[component]
pub fn Controls() -> Html {
    html! {
        <>
            <ExplainedPicker />
            <ScorePicker />
        </>
    }
}

/// The rest.
#[component]
pub fn More() -> Html {
    let page = use_page();
    html! {
        <div class="options">
            <MaskPicker />
            <p class="hint">{ page.t("agreement.about") }</p>
        </div>
    }
}
