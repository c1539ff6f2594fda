//! The head finder: all heads by what they do over many sentences, by which are alike, or by a drawing.

pub mod files;
mod grid;
mod list;
mod map;
mod mean;
mod sentences;
mod template;
mod words;

use vitrine_record::{HeadIdx, HeadMetric, HeadSurvey, LayerIdx};
use yew::prelude::*;

use super::model::{Place, metric_items};
use crate::{
    components::{Choice, ChoiceItem, Picker, PickerItem},
    context::{Context, use_page},
    state::{Action, FinderChange, FinderTool, Shared},
};
use grid::ScoreGrid;
use list::HeadList;
use map::LikenessMap;
use mean::MeanPicture;
use sentences::Sentences;
use template::TemplateSearch;

pub use template::{Scored, use_ranked};
pub use words::{reading, trust};

/// Properties of [`FinderView`].
#[derive(Properties, PartialEq)]
pub struct FinderViewProps {
    /// All heads in the order of what falls on the drawing.
    pub ranked: Shared<Vec<Scored>>,
}

/// The view.
#[component]
pub fn FinderView(FinderViewProps { ranked }: &FinderViewProps) -> Html {
    let page = use_page();
    let survey = page.survey().map(|answer| answer.value.clone());
    let tool = page.finder.tool;
    html! {
        <div class="finder">
            { tool_picker(&page) }
            if tool != FinderTool::Template {
                <Sentences />
            }
            { match (tool, survey) {
                (FinderTool::Template, _) => html! { <TemplateSearch ranked={ranked.clone()} /> },
                (_, None) => html! { <p class="hint">{ page.t("finder.none") }</p> },
                (FinderTool::Metrics, Some(survey)) => metrics(&page, &survey),
                (FinderTool::Map, Some(survey)) => html! { <LikenessMap {survey} /> },
                (FinderTool::MeanAttention, Some(survey)) => html! { <MeanPicture {survey} /> },
            } }
        </div>
    }
}

fn metrics(page: &Context, survey: &Shared<HeadSurvey>) -> Html {
    html! {
        <>
            { metric_picker(page) }
            <ScoreGrid survey={survey.clone()} metric={page.finder.metric} />
            <HeadList survey={survey.clone()} metric={page.finder.metric} />
        </>
    }
}

fn finds<E>(page: &Context, change: FinderChange) -> Callback<E> {
    page.sends(Action::Find(change))
}

/// Looks at a head token by token.
fn opens<E>(page: &Context, Place { layer, head }: Place) -> Callback<E> {
    finds(page, FinderChange::Open { layer, head })
}

fn place((layer, head): (LayerIdx, HeadIdx)) -> Place {
    Place { layer, head }
}

fn tool_picker(page: &Context) -> Html {
    let key = |tool| match tool {
        FinderTool::Metrics => "finder.tool_metrics",
        FinderTool::Map => "finder.tool_map",
        FinderTool::MeanAttention => "finder.tool_mean",
        FinderTool::Template => "finder.tool_template",
    };
    let items: Vec<ChoiceItem> = FinderTool::ALL
        .into_iter()
        .map(|tool| ChoiceItem {
            name: page.t(key(tool)).into(),
            is_chosen: page.finder.tool == tool,
            on_choose: finds(page, FinderChange::Tool(tool)),
        })
        .collect();
    html! { <Choice name={page.t("finder.tool")} group="finder-tool" {items} /> }
}

fn metric_picker(page: &Context) -> Html {
    let on_choose = {
        let dispatcher = page.state.dispatcher();
        Callback::from(move |name: String| {
            if let Some(metric) = HeadMetric::from_name(&name) {
                dispatcher.dispatch(Action::Find(FinderChange::Metric(metric)));
            }
        })
    };
    let items: Vec<PickerItem> = metric_items(page.language()).collect();
    html! {
        <Picker
            name={page.t("finder.metric")} hint={page.t("finder.metric_hint")} {items}
            chosen={page.finder.metric.name()} {on_choose}
        />
    }
}
