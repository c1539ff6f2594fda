//! The twin of the picture: all that is known of each token, as a table.

use yew::prelude::*;

use super::{cohorts::TextCohort, controls::order_key, does, view::View, words::ranked_value};
use crate::{
    components::{TableFrame, use_focus_while_shown},
    context::{Context, use_page},
    state::{DataSetChange, Shared},
};

/// So many tokens are listed.
const ROWS: usize = 200;

/// Properties of [`TokenTable`].
#[derive(Properties, PartialEq)]
pub struct TokenTableProps {
    /// What is drawn.
    pub view: Shared<View>,
}

/// A row for each token, those that matter most first; below, how many more there are.
#[component]
pub fn TokenTable(TokenTableProps { view }: &TokenTableProps) -> Html {
    let page = use_page();
    let region = use_focus_while_shown();
    let (numbers, values) = (page.language().numbers(), view.values(&page));
    let ranked = view.ranked();
    let rows = ranked.iter().take(ROWS).map(|(token, statistics)| {
        let is_chosen = page.data_set.token.as_deref() == Some(*token);
        let chosen = (!is_chosen).then(|| (*token).into());
        html! {
            <tr key={(*token).to_owned()}>
                <th scope="row" lang="en">
                    <button
                        type="button" class="button button--small" aria-pressed={is_chosen.to_string()}
                        onclick={does::<MouseEvent>(&page, DataSetChange::ChooseToken(chosen))}
                    >
                        { *token }
                    </button>
                </th>
                <td class="number">{ numbers.count(statistics.occurrences) }</td>
                <td class="number">{ numbers.count(statistics.texts) }</td>
                <td class="number">{ values.score(statistics.mean_size) }</td>
                <td class="number">{ values.score(statistics.total_size()) }</td>
                <td class="number">{ values.score(statistics.largest_size) }</td>
                <td class="number">{ values.value(statistics.mean) }</td>
                <td class="number">
                    { statistics.standard_deviation().map(|spread| values.score(spread)).unwrap_or_default() }
                </td>
                { for view.cohorts.iter().map(|cohort| in_cohort(&page, view, cohort, token)) }
            </tr>
        }
    });
    let rest = ranked.get(ROWS..).unwrap_or_default();
    let columns = [
        "dataset.token",
        "dataset.occurrences",
        "dataset.texts_in",
        "dataset.mean_size",
        "dataset.total_size",
        "dataset.largest_size",
        "dataset.mean",
        "dataset.spread",
    ];
    let columns = columns.into_iter().map(|key| page.t(key).to_owned());
    let order = page.t(order_key(view.choice.token_order));
    let of_cohorts = view.cohorts.iter().map(|cohort| {
        let name = cohort.of.name(&page);
        page.fill("dataset.cohort_column", &[("cohort", &name), ("order", order)])
    });
    let columns = columns
        .chain(of_cohorts)
        .map(|name| html! { <th scope="col">{ name }</th> });
    let caption = page.fill("dataset.table", &[("label", &view.score_name(&page))]);
    html! {
        <>
            <TableFrame {region} {caption} caption_id="data-set-caption">
                <table aria-labelledby="data-set-caption">
                    <thead><tr>{ for columns }</tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </TableFrame>
            if !rest.is_empty() {
                <p class="hint">{ page.fill("dataset.more_tokens", &[("count", &numbers.count(rest.len()))]) }</p>
            }
        </>
    }
}

/// What a token comes to in a cohort, and how often it occurs there; nothing where it does not.
fn in_cohort(page: &Context, view: &View, cohort: &TextCohort, token: &str) -> Html {
    let numbers = page.language().numbers();
    let said = cohort.corpus.token(token).map(|statistics| {
        let value = ranked_value(page, view, statistics);
        format!("{value} ×{}", numbers.count(statistics.occurrences))
    });
    html! { <td class="number">{ said }</td> }
}
