//! What to compare with, and the mark that something is compared.

use vitrine_record::{Comparison, LayerIdx};
use yew::prelude::*;

use crate::{
    components::{Choice, ChoiceItem},
    context::use_page,
    state::Action,
};

/// Chooses the layer to compare with, or none.
#[component]
pub fn ComparePicker() -> Html {
    let page = use_page();
    let chosen = page.link.compared_layer;
    let item = |name: AttrValue, layer: Option<LayerIdx>| ChoiceItem {
        name,
        is_chosen: chosen == layer,
        on_choose: page.sends(Action::CompareWithLayer(layer)),
    };
    let layers = (0..page.layers()).map(LayerIdx);
    let items: Vec<ChoiceItem> = std::iter::once(item(page.t("compare.nothing").into(), None))
        .chain(layers.map(|layer| item(layer.to_string().into(), Some(layer))))
        .collect();
    html! { <Choice name={page.t("compare.with_layer")} group="with-layer" {items} /> }
}

/// What is compared, how, and the way back. Nothing where nothing is.
#[component]
pub fn CompareStrip() -> Html {
    let page = use_page();
    let Some(layer) = page.compared_layer() else {
        return Html::default();
    };
    let items = Comparison::ALL
        .into_iter()
        .map(|item| ChoiceItem {
            name: page.t(comparison_key(item)).into(),
            is_chosen: item == page.link.comparison,
            on_choose: page.sends(Action::SetComparison(item)),
        })
        .collect::<Vec<_>>();
    let (one, other) = (page.link.layer.to_string(), layer.to_string());
    html! {
        <div class="run" role="group" aria-label={page.t("compare.label")}>
            <p class="run__about">
                <strong>{ page.t("compare.label") }</strong>
                { " " }
                { page.fill("compare.layers", &[("layer", &one), ("other", &other)]) }
            </p>
            <Choice name={page.t("run.name")} group="comparison" {items} />
            <button
                type="button" class="button button--small" onclick={page.sends(Action::CompareWithLayer(None))}
            >
                { page.t("compare.end") }
            </button>
        </div>
    }
}

fn comparison_key(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::SideBySide => "compare.side_by_side",
        Comparison::Difference => "run.difference",
    }
}
