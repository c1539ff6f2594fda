//! All heads as a table that can be sorted: the twin of the grid.

use std::cmp::Ordering;

use vitrine_picture::head_survey::score_text;
use vitrine_record::{HeadMetric, HeadStatistics, HeadSurvey};
use yew::prelude::*;

use super::{super::model::metric_name, opens, words};
use crate::{
    components::TableFrame,
    context::{Context, use_page},
    exhibits::attention::model::Place,
    state::Shared,
};

/// What the list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Place,
    Mean,
    Spread,
    Sentences,
}

const COLUMNS: [Column; 4] = [Column::Place, Column::Mean, Column::Spread, Column::Sentences];

/// A column, and whether its largest comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Order {
    by: Column,
    is_descending: bool,
}

/// Properties of [`HeadList`].
#[derive(Properties, PartialEq)]
pub struct HeadListProps {
    /// The survey.
    pub survey: Shared<HeadSurvey>,
    /// The metric whose numbers are listed.
    pub metric: HeadMetric,
}

/// The list, and from where on heads have a name in it.
#[component]
pub fn HeadList(HeadListProps { survey, metric }: &HeadListProps) -> Html {
    let page = use_page();
    let order = use_state_eq(|| Order {
        by: Column::Mean,
        is_descending: true,
    });
    let region = use_node_ref();
    let metric = *metric;
    let mut heads: Vec<&HeadStatistics> = survey.statistics.iter().collect();
    heads.sort_by(|one, other| compare(one, other, metric, *order));
    let headings = COLUMNS.into_iter().map(|column| {
        let is_sorted = order.by == column;
        let sorted = match (is_sorted, order.is_descending) {
            (false, _) => "none",
            (true, true) => "descending",
            (true, false) => "ascending",
        };
        let next = Order {
            by: column,
            // Places are read from the first on, numbers from the largest.
            is_descending: if is_sorted {
                !order.is_descending
            } else {
                column != Column::Place
            },
        };
        let onclick = {
            let order = order.setter();
            Callback::from(move |_: MouseEvent| order.set(next))
        };
        let mark = match sorted {
            "descending" => "↓",
            "ascending" => "↑",
            _ => "",
        };
        html! {
            <th scope="col" aria-sort={sorted}>
                <button type="button" class="finder__sort" {onclick}>
                    { page.t(key(column)) }<span aria-hidden="true">{ mark }</span>
                </button>
            </th>
        }
    });
    let caption = page.fill(
        "finder.list_caption",
        &[
            ("metric", metric_name(page.language(), metric)),
            ("count", &words::counted(&page, survey.sentences)),
        ],
    );
    html! {
        <div class="finder__table">
            <p class="hint">{ words::label_rule(&page) }</p>
            <TableFrame {region} {caption} caption_id="finder-caption">
                <table aria-labelledby="finder-caption">
                    <thead>
                        <tr>{ for headings }<th scope="col">{ page.t("finder.label") }</th></tr>
                    </thead>
                    <tbody>{ for heads.into_iter().map(|head| row(&page, head, metric)) }</tbody>
                </table>
            </TableFrame>
        </div>
    }
}

fn key(column: Column) -> &'static str {
    match column {
        Column::Place => "finder.head",
        Column::Mean => "finder.mean",
        Column::Spread => "finder.spread",
        Column::Sentences => "finder.sentences",
    }
}

/// Heads without a number come last either way.
fn compare(one: &HeadStatistics, other: &HeadStatistics, metric: HeadMetric, order: Order) -> Ordering {
    let place = |head: &HeadStatistics| (head.layer, head.head);
    let number = |head: &HeadStatistics| {
        let statistics = &head.scores[metric];
        match order.by {
            Column::Place => None,
            Column::Mean => statistics.mean(),
            Column::Spread => statistics.standard_deviation(),
            Column::Sentences => Some(f64::from(statistics.texts)),
        }
    };
    let directed = |ordering: Ordering| {
        if order.is_descending {
            ordering.reverse()
        } else {
            ordering
        }
    };
    let by_place = place(one).cmp(&place(other));
    if order.by == Column::Place {
        return directed(by_place);
    }
    match (number(one), number(other)) {
        (Some(one), Some(other)) => directed(one.total_cmp(&other)).then(by_place),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => by_place,
    }
}

fn row(page: &Context, head: &HeadStatistics, metric: HeadMetric) -> Html {
    let place = Place {
        layer: head.layer,
        head: head.head,
    };
    let statistics = &head.scores[metric];
    let style = page.language().numbers();
    let number = |number: Option<f64>| number.map(|number| score_text(number, metric, style));
    let labels = words::labels(page, head);
    html! {
        <tr key={format!("{}.{}", place.layer, place.head)}>
            <th scope="row">
                <button
                    type="button" class="button button--small ranking__place"
                    onclick={opens::<MouseEvent>(page, place)}
                >
                    { place.name(page.language()) }
                </button>
            </th>
            <td class="number">{ number(statistics.mean()).unwrap_or_default() }</td>
            <td class="number">{ number(statistics.standard_deviation()).unwrap_or_default() }</td>
            <td class="number">{ words::counted(page, statistics.texts) }</td>
            <td class="finder__labels">{ for labels.into_iter().map(|label| html! { <span>{ label }</span> }) }</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use vitrine_record::{HeadIdx, LayerIdx, PerMetric, ScoreStatistics};

    use super::*;

    fn head(head: usize, texts: u32, mean: f64, squared_deviations: f64) -> HeadStatistics {
        let mut scores = PerMetric::<ScoreStatistics>::default();
        scores[HeadMetric::SameWord] = ScoreStatistics {
            texts,
            mean,
            squared_deviations,
        };
        HeadStatistics {
            layer: LayerIdx(0),
            head: HeadIdx(head),
            scores,
        }
    }

    fn check(by: Column, is_descending: bool, expect: [usize; 4]) {
        let mut heads = [
            head(0, 3, 0.5, 0.1),
            head(1, 0, 0.0, 0.0),
            head(2, 1, 0.9, 0.0),
            head(3, 5, 0.5, 0.4),
        ];
        let order = Order { by, is_descending };
        heads.sort_by(|one, other| compare(one, other, HeadMetric::SameWord, order));
        assert_eq!(heads.map(|head| head.head.0), expect, "{order:?}");
    }

    #[test]
    fn heads_without_a_number_come_last_and_equals_stay_in_their_order() {
        check(Column::Mean, true, [2, 0, 3, 1]);
        check(Column::Mean, false, [0, 3, 2, 1]);
        check(Column::Spread, true, [3, 0, 1, 2]);
        check(Column::Sentences, false, [1, 2, 0, 3]);
        check(Column::Place, true, [3, 2, 1, 0]);
    }
}
