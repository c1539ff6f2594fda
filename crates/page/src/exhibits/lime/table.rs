//! The twins of the pictures: the same numbers as tables.

use std::rc::Rc;

use vitrine_picture::explanation::{SeedWeights, SurrogateScatter};
use vitrine_record::{Explanation, LimePicture};
use yew::prelude::*;

use crate::{
    context::use_page,
    exhibits::{
        explanation::{levels_table, samples_table, weights_table},
        salience::NumberTableTwin,
    },
    state::Shared,
};

/// So many samples stand on one page of their table.
const ON_A_PAGE: usize = 50;

/// Properties of [`LimeTable`].
#[derive(Properties, PartialEq)]
pub struct LimeTableProps {
    /// The surrogate on the screen.
    pub explanation: Shared<Explanation>,
    /// What all seeds make of it.
    pub seeds: Rc<SeedWeights>,
}

/// Weights by each seed, samples, and the means that the line goes through: that of the picture on the screen first.
#[component]
pub fn LimeTable(LimeTableProps { explanation, seeds }: &LimeTableProps) -> Html {
    let page = use_page();
    let is_of_samples = page.link.explanation.lime.picture == LimePicture::Samples;
    let weights = html! {
        <NumberTableTwin
            key="weights" table={weights_table(&page, explanation, seeds)} id="explained-caption"
            takes_focus={!is_of_samples}
        />
    };
    let samples = html! {
        <>
            <SamplesTable explanation={explanation.clone()} takes_focus={is_of_samples} />
            if let Some(table) = levels_table(&page, explanation) {
                <NumberTableTwin {table} id="explained-levels-caption" />
            }
        </>
    };
    if is_of_samples {
        html! { <>{ samples }{ weights }</> }
    } else {
        html! { <>{ weights }{ samples }</> }
    }
}

#[derive(Properties, PartialEq)]
struct SamplesTableProps {
    explanation: Shared<Explanation>,
    takes_focus: bool,
}

/// All samples, the nearest first, some at a time.
#[component]
fn SamplesTable(
    SamplesTableProps {
        explanation,
        takes_focus,
    }: &SamplesTableProps,
) -> Html {
    let page = use_page();
    let first = use_state(|| 0);
    let count = SurrogateScatter::new(explanation).map_or(0, |scatter| scatter.distinct.len());
    // Another fit may have fewer.
    let start = if *first < count { *first } else { 0 };
    let end = count.min(start + ON_A_PAGE);
    let Some(table) = samples_table(&page, explanation, start..end) else {
        return Html::default();
    };
    let button = |key: &'static str, to: Option<usize>| {
        let (first, to_place) = (first.clone(), to.unwrap_or(start));
        let onclick = Callback::from(move |_: MouseEvent| first.set(to_place));
        html! {
            <button type="button" class="button button--small" aria-disabled={to.is_none().then_some("true")} {onclick}>
                { page.t(key) }
            </button>
        }
    };
    let numbers = page.language().numbers();
    let [from, to, all] = [start + 1, end, count].map(|place| numbers.count(place));
    html! {
        <div class="sample-table">
            <NumberTableTwin {table} id="explained-detail-caption" takes_focus={*takes_focus} />
            if count > ON_A_PAGE {
                <div class="sample-table__pages">
                    { button("lime.nearer", start.checked_sub(ON_A_PAGE)) }
                    { button("lime.farther", (end < count).then_some(end)) }
                    <p class="hint number" role="status">
                        { page.fill("lime.samples_page", &[("from", &from), ("to", &to), ("count", &all)]) }
                    </p>
                </div>
            }
        </div>
    }
}
