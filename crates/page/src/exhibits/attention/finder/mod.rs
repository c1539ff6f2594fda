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
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::model::{Place, metric_name};
use crate::{
    components::{Choice, ChoiceItem},
    context::{Context, use_page},
    state::{Action, FinderChange, FinderTool, Shared, heads::HeadsOn},
};
use grid::ScoreGrid;
use list::HeadList;
use map::LikenessMap;
use mean::MeanPicture;
use sentences::Sentences;
use template::TemplateSearch;

pub use words::{reading, trust};

/// The view.
#[component]
pub fn FinderView() -> Html {
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
                (FinderTool::Template, _) => html! { <TemplateSearch /> },
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

/// The head that is chosen on the page: the only one that is on.
fn chosen(page: &Context) -> Option<Place> {
    match page.heads_on() {
        HeadsOn::One(head) => Some(Place {
            layer: page.link.layer,
            head,
        }),
        HeadsOn::Some(_) | HeadsOn::All(_) => None,
    }
}

fn place((layer, head): (LayerIdx, HeadIdx)) -> Place {
    Place { layer, head }
}

/// Letters that are typed where something is chosen or written are no keys of the exhibit.
fn keeps_keys() -> Callback<KeyboardEvent> {
    Callback::from(|event: KeyboardEvent| {
        if event.key() != "Escape" {
            event.stop_propagation();
        }
    })
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
    let onchange = {
        let dispatcher = page.state.dispatcher();
        Callback::from(move |event: Event| {
            let chosen = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok())
                .and_then(|chosen| HeadMetric::from_name(&chosen.value()));
            if let Some(metric) = chosen {
                dispatcher.dispatch(Action::Find(FinderChange::Metric(metric)));
            }
        })
    };
    let options = HeadMetric::ALL.into_iter().map(|option| {
        html! {
            <option value={option.name()} selected={page.finder.metric == option}>
                { metric_name(page.language(), option) }
            </option>
        }
    });
    html! {
        <label class="picker">
            <span class="control__name">{ page.t("finder.metric") }</span>
            <select {onchange} onkeydown={keeps_keys()}>{ for options }</select>
        </label>
    }
}
