//! The layers as positions, from the first that reads to the last.

use vitrine_record::LayerIdx;
use yew::prelude::*;

use crate::{context::use_page, state::Action};

/// Chooses the layer.
#[component]
pub fn LayerPicker() -> Html {
    let page = use_page();
    let layers = (0..page.layers()).map(|layer| {
        let layer = LayerIdx(layer);
        let number = layer.to_string();
        html! {
            <label class="layer" title={page.t("layers.tooltip")}>
                <input
                    type="radio" name="layer" value={number.clone()} checked={page.link.layer == layer}
                    aria-label={page.fill("layers.layer", &[("layer", &number)])}
                    onchange={page.sends(Action::SetLayer(layer))}
                />
                <span class="layer__position" aria-hidden="true">{ number }</span>
            </label>
        }
    });
    html! {
        <fieldset class="layers">
            <legend class="control__name">{ page.t("layers.name") }</legend>
            <div class="layers__track">{ for layers }</div>
        </fieldset>
    }
}
