//! The plate beside the case: what is seen, how to read it, and one question.

use yew::prelude::*;

use crate::context::use_page;

/// The plate of the attention exhibit.
#[component]
pub fn Plate() -> Html {
    let page = use_page();
    let (layers, heads) = (
        page.shown.model.layers.to_string(),
        page.shown.model.heads.to_string(),
    );
    html! {
        <aside class="plate" aria-labelledby="plate-title">
            <h2 id="plate-title">{ page.t("plate.title") }</h2>
            <p>{ page.fill("plate.what", &[("layers", &layers), ("heads", &heads)]) }</p>
            <p>{ page.t("plate.how") }</p>
            <p class="plate__question">{ page.t("plate.question") }</p>
            <p>{ page.t("plate.hint") }</p>
            <details>
                <summary>{ page.t("plate.careful_title") }</summary>
                <p>{ page.t("plate.careful") }</p>
            </details>
        </aside>
    }
}
