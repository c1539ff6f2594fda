//! The twins of both panels: the same numbers as tables.

use vitrine_picture::{
    ablation::{Compared, Item},
    tiles,
};
use vitrine_record::EffectMeasure;
use yew::prelude::*;

use super::{ComparedProps, words};
use crate::{
    components::{TableFrame, use_focus_while_shown},
    context::{Context, use_page},
    exhibits::attention::model::Place,
};

/// A table of tokens and one of heads.
#[component]
pub fn AblationTables(ComparedProps { compared }: &ComparedProps) -> Html {
    let page = use_page();
    let first = use_focus_while_shown();
    let second = use_node_ref();
    let Some(both) = compared else {
        return Html::default();
    };
    let tiles = tiles(&page.shown.analysis.tokens);
    let tokens = both.tokens.as_ref().ok().map(|tokens| {
        let name = |item: &Item<vitrine_record::Position>| {
            let name = tiles.get(item.of.0).map(|tile| tile.text.clone());
            (name.unwrap_or_default(), Some("en"))
        };
        let measure = words::measure(&page, page.link.ablation.measure);
        table(
            &page,
            tokens,
            first,
            "ablation-tokens-caption",
            ["ablation.table_tokens", "ablation.token"],
            &measure,
            name,
        )
    });
    let name = |item: &Item<_>| {
        let (layer, head) = item.of;
        (Place { layer, head }.name(page.language()), None)
    };
    let confidence = page.t("ablation.confidence");
    let keys = ["ablation.table_heads", "ablation.head"];
    let heads = table(
        &page,
        &both.heads,
        second,
        "ablation-heads-caption",
        keys,
        confidence,
        name,
    );
    html! { <>{ tokens.unwrap_or_default() }{ heads }</> }
}

fn table<Of: Copy + PartialEq>(
    page: &Context,
    compared: &Compared<Of>,
    region: NodeRef,
    caption_id: &'static str,
    [caption, corner]: [&'static str; 2],
    measure: &str,
    name: impl Fn(&Item<Of>) -> (String, Option<&'static str>),
) -> Html {
    let numbers = page.language().numbers();
    let rows = compared.order(page.link.ablation.order).into_iter().map(|at| {
        let item = &compared.items[at];
        let (name, language) = name(item);
        let change = |measure| {
            let change = item
                .change
                .map(|change| words::change(page, measure, change.by(measure)));
            change.unwrap_or_else(|| "…".to_owned())
        };
        let (by_attention, by_effect) = item.places.map_or_else(Default::default, |(one, other)| {
            (one.to_string(), other.to_string())
        });
        html! {
            <tr>
                <th scope="row" lang={language}>{ name }</th>
                <td class="number">{ numbers.percent_fixed(item.attention, 2) }</td>
                <td class="number">{ by_attention }</td>
                <td class="number">{ change(EffectMeasure::Probability) }</td>
                <td class="number">{ change(EffectMeasure::Logit) }</td>
                <td class="number">{ by_effect }</td>
                <td>{ item.mark.map(|mark| page.t(words::mark(mark))).unwrap_or_default() }</td>
            </tr>
        }
    });
    let columns = [
        measure,
        page.t("ablation.place_by_attention"),
        page.t("ablation.effect_probability"),
        page.t("ablation.effect_logit"),
        page.t("ablation.place_by_effect"),
        page.t("ablation.disagreement"),
    ];
    let columns = columns
        .into_iter()
        .map(|column| html! { <th scope="col">{ column }</th> });
    let caption = format!("{} {}", page.t(caption), words::correlation(page, compared));
    html! {
        <TableFrame {region} {caption} {caption_id}>
            <table aria-labelledby={caption_id}>
                <thead><tr><th scope="col">{ page.t(corner) }</th>{ for columns }</tr></thead>
                <tbody>{ for rows }</tbody>
            </table>
        </TableFrame>
    }
}
