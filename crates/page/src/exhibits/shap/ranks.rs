//! How ranks change when what is missing is made missing in another way.

use std::collections::BTreeMap;

use vitrine_picture::explanation::SignedScale;
use vitrine_record::{Explanation, Masking, MaskingMode};
use yew::prelude::*;

use crate::{context::use_page, exhibits::explanation::mask_key, i18n::Language};

/// So many tokens are compared.
const ROWS: usize = 10;

/// Ranks by the size of the value, from 1, by the first token of each feature.
pub fn ranks(explanation: &Explanation) -> BTreeMap<usize, (usize, f64)> {
    let mut features: Vec<_> = explanation.features.iter().collect();
    features.sort_by(|one, other| other.value.abs().total_cmp(&one.value.abs()));
    let ranked = features.into_iter().enumerate();
    ranked
        .map(|(place, feature)| (feature.tokens.start, (place + 1, feature.value)))
        .collect()
}

/// A small table, once the same was explained with several maskings.
#[component]
pub fn MaskingRanks() -> Html {
    let page = use_page();
    let runs = page.explanations_by_masking();
    let Some((_, first)) = runs.first().filter(|_| runs.len() > 1) else {
        return Html::default();
    };
    let all: Vec<_> = runs.iter().map(|(_, explanation)| ranks(explanation)).collect();
    let values =
        SignedScale::of(runs.iter().map(|(_, explanation)| &**explanation)).values(page.language().numbers());
    let mut order: Vec<usize> = all[0].keys().copied().collect();
    order.sort_by_key(|token| all[0][token].0);
    let columns = runs.iter().map(|(masking, _)| {
        html! { <th scope="col">{ masking_name(page.language(), masking) }</th> }
    });
    let rows = order.iter().take(ROWS).map(|token| {
        let cells = all.iter().map(|ranks| match ranks.get(token) {
            Some((rank, value)) => html! {
                <td class="number">
                    <strong>{ page.fill("ranks.place", &[("place", &rank.to_string())]) }</strong>
                    { " " }
                    { values.value(*value) }
                </td>
            },
            None => html! { <td>{ "–" }</td> },
        });
        let name = first
            .tokens
            .get(*token)
            .map(|token| token.text.clone())
            .unwrap_or_default();
        html! { <tr><th scope="row" lang="en">{ name }</th>{ for cells }</tr> }
    });
    let base = runs.iter().map(|(_, explanation)| {
        html! { <td class="number">{ values.score(explanation.base_value) }</td> }
    });
    html! {
        <details class="more masked">
            <summary>{ page.t("ranks.title") }</summary>
            <p class="hint">{ page.t("ranks.about") }</p>
            <div class="twin" role="region" tabindex="0" aria-label={page.t("ranks.title")}>
                <table>
                    <thead><tr><th scope="col">{ page.t("table.token") }</th>{ for columns }</tr></thead>
                    <tbody>
                        { for rows }
                        <tr><th scope="row">{ page.t("explain.base_value") }</th>{ for base }</tr>
                    </tbody>
                </table>
            </div>
        </details>
    }
}

/// Where tokens are made missing, within a sentence.
fn place_key(mode: MaskingMode) -> &'static str {
    match mode {
        MaskingMode::Ids => "masking.in_ids",
        MaskingMode::String => "masking.in_string",
    }
}

/// What a masking is called: what stands for a missing token, and where it is made missing.
pub fn masking_name(language: Language, masking: &Masking) -> String {
    let names = [mask_key(masking.with), place_key(masking.mode)].map(|key| language.t(key));
    let name = language.joined("join.list", names);
    match masking.special_players {
        true => language.fill("masking.with_special", &[("masking", &name)]),
        false => name,
    }
}
