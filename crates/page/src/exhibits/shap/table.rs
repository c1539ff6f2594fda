//! The twin of the picture: the same numbers as a table.

use vitrine_picture::explanation::SignedScale;
use vitrine_record::{Explanation, ExplanationDetail};
use yew::prelude::*;

use super::ranks::ranks;
use crate::{
    components::{TableFrame, use_focus_while_shown},
    context::{Context, use_page},
    exhibits::explanation::explained_name,
    state::Shared,
};

/// Properties of [`ShapTable`].
#[derive(Properties, PartialEq)]
pub struct ShapTableProps {
    /// The numbers.
    pub explanation: Shared<Explanation>,
}

/// A row for each token, what they are added to, and what they sum to; under it, pairs and groups where there are such.
#[component]
pub fn ShapTable(ShapTableProps { explanation }: &ShapTableProps) -> Html {
    let page = use_page();
    let region = use_focus_while_shown();
    let second = use_node_ref();
    let values = SignedScale::of([&**explanation]).values(page.language().numbers());
    let ranks = ranks(explanation);
    let rows = explanation.features.iter().map(|feature| {
        let rank = ranks.get(&feature.tokens.start).map(|(rank, _)| rank.to_string());
        html! {
            <tr>
                <th scope="row" lang="en">{ &feature.text }</th>
                <td class="number">{ values.value(feature.value) }</td>
                <td class="number">{ rank.unwrap_or_default() }</td>
            </tr>
        }
    });
    let sum: f64 = explanation.features.iter().map(|feature| feature.value).sum();
    let totals = [
        ("explain.base_value", values.score(explanation.base_value)),
        ("explain.sum", values.value(sum)),
        ("explain.prediction", values.score(explanation.prediction)),
    ];
    let totals = totals.map(|(key, number)| {
        html! { <tr><th scope="row">{ page.t(key) }</th><td class="number">{ number }</td><td /></tr> }
    });
    let columns = ["table.token", "explain.value", "explain.rank"]
        .map(|key| html! { <th scope="col">{ page.t(key) }</th> });
    let caption = page.fill("explain.table", &[("label", &explained_name(&page))]);
    html! {
        <>
            <TableFrame {region} {caption} caption_id="explained-caption">
                <table aria-labelledby="explained-caption">
                    <thead><tr>{ for columns }</tr></thead>
                    <tbody>{ for rows }{ for totals }</tbody>
                </table>
            </TableFrame>
            { detail(&page, explanation, second) }
        </>
    }
}

fn detail(page: &Context, explanation: &Explanation, region: NodeRef) -> Html {
    let (caption, table) = match &explanation.detail {
        ExplanationDetail::Interactions(pairs) => {
            ("explain.table_pairs", pairs_table(page, explanation, pairs))
        }
        ExplanationDetail::MergeTree(_) => ("explain.table_groups", groups_table(page, explanation)),
        ExplanationDetail::Nothing | ExplanationDetail::Samples(_) | ExplanationDetail::StandardErrors(_) => {
            return Html::default();
        }
    };
    html! {
        <TableFrame {region} caption={page.t(caption)} caption_id="explained-detail-caption">{ table }</TableFrame>
    }
}

fn pairs_table(page: &Context, explanation: &Explanation, pairs: &[f64]) -> Html {
    let features = &explanation.features;
    let values = SignedScale::of_values(pairs.iter().copied()).values(page.language().numbers());
    let columns = features
        .iter()
        .map(|feature| html! { <th scope="col" lang="en">{ &feature.text }</th> });
    let rows = features
        .iter()
        .zip(pairs.chunks(features.len().max(1)))
        .map(|(feature, row)| {
            let cells = row
                .iter()
                .map(|value| html! { <td class="number">{ values.value(*value) }</td> });
            html! { <tr><th scope="row" lang="en">{ &feature.text }</th>{ for cells }</tr> }
        });
    html! {
        <table aria-labelledby="explained-detail-caption">
            <thead><tr><th scope="col">{ page.t("table.token") }</th>{ for columns }</tr></thead>
            <tbody>{ for rows }</tbody>
        </table>
    }
}

fn groups_table(page: &Context, explanation: &Explanation) -> Html {
    let ExplanationDetail::MergeTree(groups) = &explanation.detail else {
        return Html::default();
    };
    let values =
        SignedScale::of_values(groups.iter().map(|group| group.value)).values(page.language().numbers());
    let rows = groups.iter().map(|group| {
        let told = if group.is_resolved {
            "explain.told_apart"
        } else {
            "explain.not_told_apart"
        };
        html! {
            <tr>
                <th scope="row" lang="en">
                    { vitrine_picture::explanation::text_of(explanation, group.features.clone()) }
                </th>
                <td class="number">{ values.value(group.value) }</td>
                <td>{ page.t(told) }</td>
            </tr>
        }
    });
    let columns = ["explain.group", "explain.value", "explain.parts"]
        .map(|key| html! { <th scope="col">{ page.t(key) }</th> });
    html! {
        <table aria-labelledby="explained-detail-caption">
            <thead><tr>{ for columns }</tr></thead>
            <tbody>{ for rows }</tbody>
        </table>
    }
}
