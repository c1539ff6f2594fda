//! What to compare with, and the mark that something is compared.

use vitrine_record::{Comparison, LayerIdx};
use yew::prelude::*;

use super::words::missing_text;
use crate::{
    components::{Choice, ChoiceItem, ExhibitField},
    context::use_page,
    state::Action,
};

/// Chooses the layer to compare with, or another text, or nothing.
#[component]
pub fn ComparePicker() -> Html {
    let page = use_page();
    let (layer, text) = (page.compared_layer(), page.compared_text());
    let (offers_text, compares_text) = (page.offers_other_text(), text.is_some());
    let item = |name: AttrValue, is_chosen: bool, action: Action| ChoiceItem {
        name,
        is_chosen,
        on_choose: page.sends(action),
    };
    let nothing = item(
        page.t("compare.nothing").into(),
        layer.is_none() && !compares_text,
        Action::CompareWithLayer(None),
    );
    // No layer is compared with itself.
    let others = (0..page.layers())
        .map(LayerIdx)
        .filter(|at| *at != page.link.layer);
    let layers = others.map(|at| {
        let is_chosen = layer == Some(at) && !compares_text;
        item(
            at.to_string().into(),
            is_chosen,
            Action::CompareWithLayer(Some(at)),
        )
    });
    let another = item(
        page.t("compare.another_text").into(),
        compares_text,
        Action::CompareWithText,
    );
    let items: Vec<ChoiceItem> = std::iter::once(nothing)
        .chain(layers)
        .chain(offers_text.then_some(another))
        .collect();
    let on_text = {
        let dispatcher = page.state.dispatcher();
        Callback::from(move |text| dispatcher.dispatch(Action::SetOtherText(text)))
    };
    let why_not = match page.imported() {
        Some(_) => "compare.no_text_import",
        None => "compare.no_text_variant",
    };
    html! {
        <>
        <Choice name={page.t("compare.with")} group="with-layer" {items} />
        // It is kept while nothing is compared, so that what was typed and can be undone is there afterwards.
        <div hidden={!compares_text}>
            <ExhibitField
                id="other-text" label={page.t("compare.other_text")}
                text={page.other_text.typed.clone().unwrap_or_default()} epoch={page.other_text.field_epoch}
                {on_text} described_by="other-text-hint"
            />
            <p id="other-text-hint" class="hint">{ page.t("compare.text_hint") }</p>
        </div>
        if !offers_text {
            <p class="hint">{ page.t(why_not) }</p>
        }
        </>
    }
}

/// What is compared, how, and the way back. Nothing where nothing is.
#[component]
pub fn CompareStrip() -> Html {
    let page = use_page();
    let about = match (page.compared_layer(), page.compared_text()) {
        (None, None) => return Html::default(),
        (_, Some(_)) => {
            let changed = page.is_changed().then(|| page.t("compare.texts_unchanged"));
            let sentences = [Some(page.t("compare.texts")), changed];
            sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        (Some(layer), None) => {
            let (one, other) = (page.link.layer.to_string(), layer.to_string());
            page.fill("compare.layers", &[("layer", &one), ("other", &other)])
        }
    };
    let items = Comparison::ALL
        .into_iter()
        .map(|item| ChoiceItem {
            name: page.t(comparison_key(item)).into(),
            is_chosen: item == page.link.comparison,
            on_choose: page.sends(Action::SetComparison(item)),
        })
        .collect::<Vec<_>>();
    html! {
        <div class="run" role="group" aria-label={page.t("compare.label")}>
            <p class="run__about">
                <strong>{ page.t("compare.label") }</strong>
                { " " }
                { about }
                { " " }
                <span class="run__state" role="status">{ missing_text(&page).unwrap_or_default() }</span>
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
