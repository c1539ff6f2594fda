//! The twin of the picture: the same numbers as a table.

use std::rc::Rc;

use vitrine_picture::explanation::{SignedScale, ValueStyle};
use vitrine_record::{Explanation, ExplanationDetail};
use yew::prelude::*;

use super::words::{over_seeds, weight_in};
use crate::{
    components::{TableFrame, use_focus_while_shown},
    context::{Context, use_page},
    exhibits::explanation::explained_name,
    state::Shared,
};

/// So many samples are listed, the nearest first.
const SAMPLES: usize = 50;

/// Properties of [`LimeTable`].
#[derive(Properties, PartialEq)]
pub struct LimeTableProps {
    /// The surrogate on the screen, and those of other seeds.
    pub seeds: Rc<[Shared<Explanation>]>,
}

/// A row for each word, with its weight by each seed; under it the samples.
#[component]
pub fn LimeTable(LimeTableProps { seeds }: &LimeTableProps) -> Html {
    let page = use_page();
    let region = use_focus_while_shown();
    let second = use_node_ref();
    let Some(shown) = seeds.first() else {
        return Html::default();
    };
    let values = SignedScale::of(seeds.iter().map(|seed| &**seed)).values(page.language().numbers());
    let rows = shown.features.iter().map(|feature| {
        let (mean, spread) = over_seeds(seeds, feature);
        let weights = seeds.iter().map(|seed| {
            html! { <td class="number">{ values.value(weight_in(seed, feature)) }</td> }
        });
        let spread = spread.map(|spread| ValueStyle::new(page.language().numbers(), spread).score(spread));
        html! {
            <tr>
                <th scope="row" lang="en">{ &feature.text }</th>
                { for weights }
                <td class="number">{ values.value(mean) }</td>
                <td class="number">{ spread.unwrap_or_default() }</td>
            </tr>
        }
    });
    let of_seeds = seeds.iter().map(|seed| {
        let seed = seed.settings.seed.to_string();
        html! { <th scope="col">{ page.fill("lime.seed", &[("seed", &seed)]) }</th> }
    });
    let caption = page.fill("lime.table", &[("label", &explained_name(&page))]);
    html! {
        <>
            <TableFrame {region} {caption} caption_id="explained-caption">
                <table aria-labelledby="explained-caption">
                    <thead>
                        <tr>
                            <th scope="col">{ page.t("lime.word") }</th>
                            { for of_seeds }
                            <th scope="col">{ page.t("lime.mean") }</th>
                            <th scope="col">{ page.t("lime.spread") }</th>
                        </tr>
                    </thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </TableFrame>
            <TableFrame
                region={second} caption={page.t("lime.table_samples")} caption_id="explained-detail-caption"
            >
                { samples(&page, shown) }
            </TableFrame>
        </>
    }
}

fn samples(page: &Context, explanation: &Explanation) -> Html {
    let ExplanationDetail::Samples(samples) = &explanation.detail else {
        return Html::default();
    };
    let mut nearest: Vec<_> = samples.iter().collect();
    nearest.sort_by(|one, other| other.proximity.total_cmp(&one.proximity));
    let values = ValueStyle::new(page.language().numbers(), 1.0);
    let rows = nearest.into_iter().take(SAMPLES).map(|sample| {
        html! {
            <tr>
                <th scope="row" class="number">{ sample.missing.len() }</th>
                <td class="number">{ values.score(sample.proximity) }</td>
                <td class="number">{ values.score(sample.score) }</td>
                <td class="number">{ values.score(sample.surrogate) }</td>
            </tr>
        }
    });
    let columns = [
        "lime.missing",
        "lime.proximity",
        "lime.model_says",
        "lime.surrogate_says",
    ];
    let columns = columns.map(|key| html! { <th scope="col">{ page.t(key) }</th> });
    html! {
        <table aria-labelledby="explained-detail-caption">
            <thead><tr>{ for columns }</tr></thead>
            <tbody>{ for rows }</tbody>
        </table>
    }
}
