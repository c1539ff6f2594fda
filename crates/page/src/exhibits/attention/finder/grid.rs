//! The mean of a metric for every head: a cell for each on one canvas, and over it a real button.

use gloo::utils::window;
use vitrine_picture::{Theme, head_survey};
use vitrine_record::{HeadMetric, HeadStatistics, HeadSurvey};
use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use super::{opens, words};
use crate::{
    components::{Roving, RovingItem, use_resizes, use_table_size},
    context::{Context, use_page},
    exhibits::{
        attention::model::Place,
        canvas::{draw, resize, scale_for},
    },
    i18n::Language,
    state::Shared,
};

/// Narrower cells, in pixels, have no number written into them.
const LEAST_WIDTH_OF_A_NUMBER: f32 = 34.0;

/// Properties of [`ScoreGrid`].
#[derive(Properties, PartialEq)]
pub struct ScoreGridProps {
    /// The survey.
    pub survey: Shared<HeadSurvey>,
    /// What is shown of it.
    pub metric: HeadMetric,
}

/// The grid with its scale, and a sentence about the head that is pointed at.
#[component]
pub fn ScoreGrid(ScoreGridProps { survey, metric }: &ScoreGridProps) -> Html {
    let page = use_page();
    let metric = *metric;
    let frame = use_node_ref();
    let canvas = use_node_ref();
    let resizes = use_resizes(&canvas);
    let pointed_at = use_state_eq(|| None::<Place>);
    let (rows, columns) = head_survey::size(survey);
    use_table_size(&frame, rows, columns);
    {
        let canvas = canvas.clone();
        let wanted = (
            survey.clone(),
            metric,
            page.appearance.theme(),
            page.language(),
            resizes,
        );
        use_effect_with(wanted, move |(survey, metric, theme, language, _)| {
            // Without a canvas the buttons still say everything.
            let _ = paint(&canvas, survey, *metric, *theme, *language);
        });
    }
    let on_point = {
        let pointed_at = pointed_at.setter();
        Callback::from(move |place: Option<Place>| pointed_at.set(place))
    };
    let chosen = Place::chosen(&page);
    let render = {
        let (page, survey, on_point) = (page.clone(), survey.clone(), on_point.clone());
        Callback::from(move |items: Vec<RovingItem>| {
            let buttons = items.into_iter().zip(&survey.statistics);
            let button = |(item, head): (RovingItem, &HeadStatistics)| {
                let place = Place {
                    layer: head.layer,
                    head: head.head,
                };
                let label = format!(
                    "{}: {}",
                    place.name(page.language()),
                    words::scored(&page, head, metric)
                );
                html! {
                    <button
                        type="button" class="grid__button" data-roving="" tabindex={item.tab_index}
                        title={label.clone()} aria-label={label} aria-pressed={(chosen == Some(place)).to_string()}
                        onpointerenter={on_point.reform(move |_| Some(place))}
                        onfocus={on_point.reform(move |_| Some(place))}
                        onclick={opens::<MouseEvent>(&page, place)}
                    />
                }
            };
            buttons.map(button).collect::<Html>()
        })
    };
    let looked_at = pointed_at.or(chosen);
    let about = survey
        .statistics
        .iter()
        .find(|head| {
            looked_at
                == Some(Place {
                    layer: head.layer,
                    head: head.head,
                })
        })
        .map(|head| words::about(&page, head, metric));
    html! {
        <div class="finder__scores">
            <p class="hint">{ page.t("model.axes") }{ " " }{ page.t("finder.grid_hint") }</p>
            <div class="grid grid--scores" ref={frame}>
                <div class="grid__heads" aria-hidden="true">
                    { for (0..columns).map(|head| html! { <span>{ head }</span> }) }
                </div>
                <div class="grid__layers" aria-hidden="true">
                    { for (0..rows).map(|layer| html! { <span>{ layer }</span> }) }
                </div>
                <div class="grid__cells">
                    <canvas class="grid__canvas" aria-hidden="true" ref={canvas} />
                    <Roving
                        label={page.t("model.label")} class="grid__buttons" count={survey.statistics.len()}
                        {columns} {render} on_leave={on_point.reform(|()| None)}
                    />
                </div>
            </div>
            { scale(&page, survey, metric) }
            <p class="finder__about">{ about.unwrap_or_else(|| page.by_device(("finder.point", "plate.how_finder_touch")).to_owned()) }</p>
        </div>
    }
}

fn scale(page: &Context, survey: &HeadSurvey, metric: HeadMetric) -> Html {
    let (least, largest) = head_survey::limits(survey, metric);
    let end = |end| head_survey::score_text(end, metric, page.language().numbers());
    html! {
        <p class="limits">
            <span class="number">{ end(least) }</span>
            <span class="limits__ramp limits__ramp--sequential" aria-hidden="true" />
            <span class="number">{ end(largest) }</span>
        </p>
    }
}

fn paint(
    canvas: &NodeRef,
    survey: &HeadSurvey,
    metric: HeadMetric,
    theme: Theme,
    language: Language,
) -> Option<()> {
    let canvas = canvas.cast::<HtmlCanvasElement>()?;
    let (width, height) = (canvas.client_width() as f32, canvas.client_height() as f32);
    let (rows, columns) = head_survey::size(survey);
    let cell = (width / columns.max(1) as f32, height / rows.max(1) as f32);
    let scale = scale_for(width, height, window().device_pixel_ratio() as f32);
    let context = resize(&canvas, width, height, scale)?;
    let numbers = (cell.0 >= LEAST_WIDTH_OF_A_NUMBER).then(|| language.numbers());
    draw(
        &context,
        &head_survey::cells(survey, metric, cell, numbers),
        theme,
    );
    Some(())
}
