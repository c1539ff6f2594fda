//! The map of heads: those that are alike lie near each other.

use vitrine_picture::{HEAD_HUES, Point, head_survey};
use vitrine_record::HeadSurvey;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::{opens, place, words};
use crate::{
    components::{Roving, RovingItem},
    context::{Context, use_page},
    exhibits::attention::model::Place,
    state::Shared,
};

/// Sides of the map and the room around its points, in parts of which the style sheet makes lengths.
const SIZE: (f32, f32) = (300.0, 200.0);
const MARGIN: f32 = 14.0;

/// Properties of [`LikenessMap`].
#[derive(Properties, PartialEq)]
pub struct LikenessMapProps {
    /// The survey.
    pub survey: Shared<HeadSurvey>,
}

/// The map with its legend, and the heads that are most like the one that is pointed at.
#[component]
pub fn LikenessMap(LikenessMapProps { survey }: &LikenessMapProps) -> Html {
    let page = use_page();
    let frame = use_node_ref();
    {
        // Most heads are in the middle of the map, of which a phone shows a part.
        let frame = frame.clone();
        use_effect_with(survey.likeness.is_some(), move |_| {
            if let Some(frame) = frame.cast::<HtmlElement>() {
                frame.set_scroll_left((frame.scroll_width() - frame.client_width()) / 2);
            }
        });
    }
    let pointed_at = use_state_eq(|| None::<Place>);
    let points = use_memo(survey.clone(), |survey| {
        let map = survey.likeness.as_ref().map(|likeness| &likeness.map);
        map.map(|map| head_survey::map_places(map, SIZE, MARGIN))
            .unwrap_or_default()
    });
    if points.is_empty() {
        return html! { <p class="hint">{ page.t("finder.map_later") }</p> };
    }
    let on_point = {
        let pointed_at = pointed_at.setter();
        Callback::from(move |place: Option<Place>| pointed_at.set(place))
    };
    let chosen = Place::chosen(&page);
    let count = points.len();
    let heads = head_survey::size(survey).1;
    let render = {
        let (page, on_point) = (page.clone(), on_point.clone());
        Callback::from(move |items: Vec<RovingItem>| {
            let points = items.into_iter().zip(points.iter());
            points
                .map(|(item, &(layer, head, at))| {
                    let place = place((layer, head));
                    html! {
                        <MapPoint
                            {place} {at} tab_index={item.tab_index} name={place.name(page.language())}
                            is_chosen={chosen == Some(place)} on_point={on_point.clone()}
                            on_open={opens::<()>(&page, place)}
                        />
                    }
                })
                .collect::<Html>()
        })
    };
    let about = pointed_at
        .or(chosen)
        .map(|place| words::nearest(&page, survey, place));
    html! {
        <div class="finder__map">
            <p class="hint">{ page.t("finder.map_hint") }</p>
            { legend(&page, heads) }
            <div class="map__frame" ref={frame}>
                <div class="map">
                    <Roving
                        label={page.t("model.label")} class="map__points" {count} columns={heads.max(1)} {render}
                        on_leave={on_point.reform(|()| None)}
                    />
                </div>
            </div>
            <p class="finder__about">{ about.unwrap_or_else(|| page.t("finder.map_point").to_owned()) }</p>
        </div>
    }
}

fn legend(page: &Context, heads: usize) -> Html {
    let hues = (0..heads).map(|head| {
        html! { <span class={classes!("map__hue", format!("head-{}", head % HEAD_HUES))}>{ head }</span> }
    });
    html! {
        <p class="map__legend">
            <span>{ page.t("finder.map_layer") }</span>
            <span>{ page.t("finder.map_head") }</span>
            <span class="map__hues" aria-hidden="true">{ for hues }</span>
        </p>
    }
}

#[derive(Properties, PartialEq)]
struct MapPointProps {
    place: Place,
    at: Point,
    tab_index: &'static str,
    name: String,
    is_chosen: bool,
    on_point: Callback<Option<Place>>,
    on_open: Callback<()>,
}

/// A component of its own, so that each is put in its place once. The page's policy forbids style attributes, but not
/// this.
#[component]
fn MapPoint(props: &MapPointProps) -> Html {
    let node = use_node_ref();
    use_effect_with((node.clone(), props.at), |(node, at)| {
        let Some(element) = node.cast::<HtmlElement>() else {
            return;
        };
        for (name, share) in [("left", at.x / SIZE.0), ("top", at.y / SIZE.1)] {
            // A place that cannot be set leaves the point in the corner, where it still has its name.
            let _ = element
                .style()
                .set_property(name, &format!("{:.3}%", share * 100.0));
        }
    });
    let place = props.place;
    html! {
        <button
            ref={node} type="button" data-roving="" tabindex={props.tab_index} title={props.name.clone()}
            class={classes!("map__point", format!("head-{}", place.head.0 % HEAD_HUES))}
            aria-label={props.name.clone()} aria-pressed={props.is_chosen.to_string()}
            onpointerenter={props.on_point.reform(move |_| Some(place))}
            onfocus={props.on_point.reform(move |_| Some(place))}
            onclick={props.on_open.reform(|_| ())}
        >
            { place.layer.to_string() }
        </button>
    }
}
