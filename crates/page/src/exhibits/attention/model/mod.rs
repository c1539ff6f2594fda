//! The model view: all heads of all layers beside each other, each as a thumbnail.

mod grid;
mod preview;
mod thumbnails;

use vitrine_attention::AttentionSlice;
use vitrine_picture::ThumbnailStyle;
use vitrine_record::Drawing;
use yew::prelude::*;

use super::{head::HeadPicture, interventions::DifferenceScale};
use crate::{
    components::Switch,
    context::{Context, use_page},
    state::{Action, Shared, heads::HeadsOn},
};
use grid::Grid;
use preview::Preview;
use thumbnails::{Place, Thumbnails, use_thumbnails};

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
    let pointed_at = use_state_eq(|| None::<Place>);
    let chosen = chosen(&page);
    let rows: Vec<_> = thumbnails
        .layers()
        .filter(|layer| !*only_layer || *layer == page.link.layer)
        .collect();
    let columns: Vec<_> = thumbnails
        .heads()
        .filter(|head| !*only_heads || crate::state::heads::is_on(&page.link.heads, *head))
        .collect();
    if rows.is_empty() || columns.is_empty() {
        return html! { <p class="hint">{ page.t("attention.none") }</p> };
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
                <span class="hint">{ page.t("model.axes") }</span>
                <Switch
                    name={page.t("model.only_layer")} hint={page.t("model.only_layer_hint")}
                    is_on={*only_layer} on_change={sets(&only_layer)}
                />
                <Switch
                    name={page.t("model.only_heads")} hint={page.t("model.only_heads_hint")}
                    is_on={*only_heads} on_change={sets(&only_heads)}
                />
            </div>
            if thumbnails.are_coarse() {
                <p class="hint">{ page.t("model.coarse") }</p>
            }
            if let Some(limit) = thumbnails.limit() {
                <DifferenceScale {limit} />
            }
            <div class="model__board">
                <Grid
                    {rows} {columns} thumbnails={thumbnails.clone()} {style} {chosen}
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

/// The head that is looked at in detail: the only one that is on.
fn chosen(page: &Context) -> Option<Place> {
    match page.heads_on() {
        HeadsOn::One(head) => Some(Place {
            layer: page.link.layer,
            head,
        }),
        HeadsOn::Some(_) | HeadsOn::All(_) => None,
    }
}

/// Thumbnails are drawn as the detail is.
fn style_of(drawing: Drawing) -> ThumbnailStyle {
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
