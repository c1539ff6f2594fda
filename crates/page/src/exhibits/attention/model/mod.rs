//! The model view: all heads of all layers beside each other, each as a thumbnail.

mod grid;
mod order;
mod preview;
mod thumbnails;

use vitrine_attention::AttentionSlice;
use vitrine_picture::{Quantity, ThumbnailStyle};
use vitrine_record::{Drawing, HeadMetric, Run};
use yew::prelude::*;

use super::{head::HeadPicture, interventions::SignedScale, words};
use crate::{
    components::{Picker, PickerItem, Switch},
    context::{Context, use_page},
    state::{Action, Shared},
};
use grid::Grid;
use order::{Filter, entries, have_scores, use_scores};
use preview::Preview;
use thumbnails::use_thumbnails;

pub use order::{metric_items, metric_name};
pub use thumbnails::{Place, Thumbnails};

/// Properties of [`ModelView`].
#[derive(Properties, PartialEq)]
pub struct ModelViewProps {
    /// What is looked at in detail.
    pub slice: Option<Shared<AttentionSlice>>,
}

/// The view.
#[component]
pub fn ModelView(ModelViewProps { slice }: &ModelViewProps) -> Html {
    let page = use_page();
    let thumbnails = use_thumbnails(&page);
    let only_layer = use_state_eq(|| false);
    let only_heads = use_state_eq(|| false);
    let metric = use_state_eq(|| None::<HeadMetric>);
    let pointed_at = use_state_eq(|| None::<Place>);
    let chosen = Place::chosen(&page);
    let is_within_text = page.looked_at().is_within_text();
    // Of a run that is changed, the order is that of the untouched one.
    let scored = page.scored();
    let have_scores = have_scores(&scored, page.layers());
    let metric_used = metric.filter(|_| have_scores);
    let scores = use_scores(scored, metric_used.is_some());
    let filter = Filter {
        layer: only_layer.then_some(page.link.layer),
        heads: page.link.heads.as_ref().filter(|_| *only_heads),
    };
    let entries = entries(&thumbnails, &scores, &filter, metric_used);
    if thumbnails.places().next().is_none() {
        let key = if page.link.run == Run::Difference {
            "model.no_difference"
        } else {
            "attention.none"
        };
        return html! { <p class="hint">{ page.t(key) }</p> };
    }
    let style = style_of(page.link.drawing);
    let on_point = {
        let pointed_at = pointed_at.setter();
        Callback::from(move |place: Option<Place>| pointed_at.set(place))
    };
    let on_choose = {
        let dispatcher = page.state.dispatcher();
        Callback::from(move |Place { layer, head }: Place| {
            dispatcher.dispatch(Action::ChooseHead { layer, head })
        })
    };
    let sets = |state: &UseStateHandle<bool>| {
        let setter = state.setter();
        Callback::from(move |is_on| setter.set(is_on))
    };
    html! {
        <div class="model">
            <div class="model__filters">
                if is_within_text {
                    { metric_picker(&page, &metric, !have_scores) }
                }
                <Switch
                    name={page.t("model.only_layer")} hint={page.t("model.only_layer_hint")}
                    is_on={*only_layer} on_change={sets(&only_layer)}
                />
                <Switch
                    name={page.t("model.only_heads")} hint={page.t("model.only_heads_hint")}
                    is_on={*only_heads} on_change={sets(&only_heads)}
                />
            </div>
            <p class="hint">
                { match metric_used {
                    Some(_) => page.t("model.sorted"),
                    None => page.t("model.axes"),
                } }
            </p>
            if !is_within_text {
                <p class="hint">{ page.t("import.no_order") }</p>
            }
            if thumbnails.are_coarse() {
                <p class="hint">{ page.t(words::coarse(&page)) }</p>
            }
            if let Some(limit) = thumbnails.limit() {
                <SignedScale {limit} quantity={Quantity { is_difference: true, ..Quantity::default() }} />
            }
            <div class="model__board">
                <Grid
                    {entries} metric={metric_used} thumbnails={thumbnails.clone()} {style} {chosen}
                    theme={page.appearance.theme()} {on_point} {on_choose}
                />
                <Preview thumbnails={thumbnails.clone()} {style} place={pointed_at.or(chosen)} />
            </div>
            if let (Some(place), Some(slice)) = (chosen, slice.as_ref()) {
                { detail(&page, place, slice) }
            }
        </div>
    }
}

/// What heads are ordered by.
fn metric_picker(page: &Context, metric: &UseStateHandle<Option<HeadMetric>>, is_disabled: bool) -> Html {
    let language = page.language();
    let on_choose = {
        let metric = metric.setter();
        Callback::from(move |name: String| metric.set(HeadMetric::from_name(&name)))
    };
    let none = PickerItem {
        value: "".into(),
        name: page.t("model.sort_none").into(),
    };
    let items: Vec<PickerItem> = std::iter::once(none).chain(metric_items(language)).collect();
    html! {
        <Picker
            name={page.t("model.sort")} hint={page.t("model.sort_hint")} {items}
            chosen={metric.map_or("", HeadMetric::name)} {is_disabled} {on_choose}
        />
    }
}

/// Thumbnails are drawn as the detail is.
pub fn style_of(drawing: Drawing) -> ThumbnailStyle {
    match drawing {
        Drawing::Lines | Drawing::LinesAcross => ThumbnailStyle::Lines,
        Drawing::HeatMap => ThumbnailStyle::Cells,
    }
}

fn detail(page: &Context, place: Place, slice: &Shared<AttentionSlice>) -> Html {
    html! {
        <section class="model__detail" aria-labelledby="model-detail">
            <div class="model__detail-head">
                <h3 id="model-detail">{ place.name(page.language()) }</h3>
                <button type="button" class="button button--small" onclick={page.sends(Action::AllHeads)}>
                    { page.t("model.close") }
                </button>
            </div>
            <HeadPicture slice={slice.clone()} />
        </section>
    }
}

/// The thumbnails of an answer.
pub type SharedThumbnails = Shared<Thumbnails>;
