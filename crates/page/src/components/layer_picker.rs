//! The layers as positions, from the first that reads to the last.

use gloo::utils::document;
use vitrine_record::LayerIdx;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::{context::use_page, state::Action};

/// Chooses the layer: by a click, by the arrow keys, or by drawing a finger or the mouse along the layers, which passes
/// by each of them.
#[component]
pub fn LayerPicker() -> Html {
    let page = use_page();
    let chosen = page.link.layer;
    let layers = (0..page.layers()).map(|layer| {
        let layer = LayerIdx(layer);
        let number = layer.to_string();
        html! {
            <label class="layer" title={page.t("layers.tooltip")}>
                <input
                    type="radio" name="layer" value={number.clone()} checked={chosen == layer}
                    aria-label={page.fill("layers.layer", &[("layer", &number)])}
                    onchange={page.sends(Action::SetLayer(layer))}
                />
                <span class="layer__position" aria-hidden="true">{ number }</span>
            </label>
        }
    });
    let onpointermove = {
        let dispatcher = page.state.dispatcher();
        Callback::from(move |event: PointerEvent| {
            let is_pressed = event.buttons() & 1 != 0;
            if let Some(layer) = layer_at(&event).filter(|layer| is_pressed && *layer != chosen) {
                dispatcher.dispatch(Action::ScrubLayer(layer));
            }
        })
    };
    html! {
        <fieldset class="layers">
            <legend class="control__name">{ page.t("layers.name") }</legend>
            <div class="layers__track" {onpointermove}>{ for layers }</div>
        </fieldset>
    }
}

/// The layer that a pointer is over. A finger's events go to where it was set down, so the event itself does not know.
fn layer_at(event: &PointerEvent) -> Option<LayerIdx> {
    let (x, y) = (event.client_x() as f32, event.client_y() as f32);
    let input = document().element_from_point(x, y)?;
    let input = input.dyn_into::<HtmlInputElement>().ok()?;
    if input.name() != "layer" {
        return None;
    }
    input.value().parse().ok().map(LayerIdx)
}
