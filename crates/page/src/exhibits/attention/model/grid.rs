//! The thumbnails on one canvas, and over it a real button for each.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use gloo::{timers::callback::Timeout, utils::window};
use vitrine_picture::{Theme, ThumbnailStyle, head_survey::score_text};
use vitrine_record::HeadMetric;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};
use yew::prelude::*;

use super::{
    SharedThumbnails,
    order::Entry,
    thumbnails::{Place, Thumbnails},
};
use crate::{
    browser,
    components::{Roving, RovingItem, use_resizes, use_table_size},
    context::use_page,
};

/// Properties of [`Grid`].
#[derive(Properties, PartialEq)]
pub struct GridProps {
    /// The heads that are shown, row by row.
    pub entries: Vec<Entry>,
    /// What they are ordered by; nothing if a row is a layer.
    pub metric: Option<HeadMetric>,
    /// What is drawn.
    pub thumbnails: SharedThumbnails,
    /// How it is drawn.
    pub style: ThumbnailStyle,
    /// Light or dark.
    pub theme: Theme,
    /// The head that is shown in detail.
    pub chosen: Option<Place>,
    /// Told what the pointer or the focus is on.
    pub on_point: Callback<Option<Place>>,
    /// Told what is chosen.
    pub on_choose: Callback<Place>,
}

/// The thumbnails.
#[component]
pub fn Grid(props: &GridProps) -> Html {
    let page = use_page();
    let frame = use_node_ref();
    let columns = columns(props);
    let rows = props.entries.len().div_ceil(columns);
    use_table_size(&frame, rows, columns);
    let canvas = use_node_ref();
    let resizes = use_resizes(&canvas);
    use_painting(props, columns, &canvas, resizes);
    let render = {
        let (entries, chosen, metric) = (props.entries.clone(), props.chosen, props.metric);
        let (on_point, on_choose) = (props.on_point.clone(), props.on_choose.clone());
        let language = page.language();
        Callback::from(move |items: Vec<RovingItem>| {
            items
                .into_iter()
                .filter_map(|item| {
                    let entry = entries.get(item.index)?;
                    let score = metric
                        .zip(entry.score)
                        .map(|(metric, score)| score_text(score, metric, language.numbers()));
                    Some(html! {
                        <Button
                            place={entry.place} name={entry.place.name(language)} {score} tab_index={item.tab_index}
                            is_chosen={chosen == Some(entry.place)}
                            on_point={on_point.clone()} on_choose={on_choose.clone()}
                        />
                    })
                })
                .collect::<Html>()
        })
    };
    let has_axes = props.metric.is_none();
    let numbers = page.language().numbers();
    let notes = props.entries.iter().map(|Entry { place, score }| {
        let score = props
            .metric
            .zip(*score)
            .map(|(metric, score)| score_text(score, metric, numbers));
        html! {
            <div class="grid__note">
                <span class="number">{ format!("{}.{}", place.layer, place.head) }</span>
                <span class="grid__score number">{ score.unwrap_or_default() }</span>
            </div>
        }
    });
    let places = || props.entries.iter().map(|entry| entry.place);
    let layers = places()
        .step_by(columns)
        .map(|place| html! { <span>{ place.layer.to_string() }</span> });
    let heads = places()
        .take(columns)
        .map(|place| html! { <span>{ place.head.to_string() }</span> });
    html! {
        <div class="grid" ref={frame}>
            if has_axes {
                <div class="grid__heads" aria-hidden="true">{ for heads }</div>
                <div class="grid__layers" aria-hidden="true">{ for layers }</div>
            }
            <div class="grid__cells">
                <canvas class="grid__canvas" aria-hidden="true" ref={canvas} />
                if !has_axes {
                    <div class="grid__notes" aria-hidden="true">{ for notes }</div>
                }
                <Roving
                    label={page.t("model.label")} class="grid__buttons" count={props.entries.len()}
                    {columns} {render} on_leave={props.on_point.reform(|()| None)}
                />
            </div>
        </div>
    }
}

/// How many heads stand beside each other: those of a layer, or, in another order, as many as look well.
fn columns(props: &GridProps) -> usize {
    const IN_ORDER: usize = 12;
    let first = props.entries.first().map(|entry| entry.place.layer);
    let of_first_layer = props
        .entries
        .iter()
        .take_while(|entry| Some(entry.place.layer) == first)
        .count();
    let columns = match props.metric {
        Some(_) => IN_ORDER.min(props.entries.len()),
        None => of_first_layer,
    };
    columns.max(1)
}

#[derive(Properties, PartialEq)]
struct ButtonProps {
    place: Place,
    name: String,
    score: Option<String>,
    tab_index: &'static str,
    is_chosen: bool,
    on_point: Callback<Option<Place>>,
    on_choose: Callback<Place>,
}

/// A component of its own, so that pointing at one does not draw all the others again.
#[component]
fn Button(props: &ButtonProps) -> Html {
    let place = props.place;
    let label = match &props.score {
        Some(score) => format!("{}: {score}", props.name),
        None => props.name.clone(),
    };
    html! {
        <button
            type="button" class="grid__button" data-roving="" tabindex={props.tab_index}
            title={label.clone()} aria-label={label} aria-pressed={props.is_chosen.to_string()}
            onpointerenter={props.on_point.reform(move |_| Some(place))}
            onfocus={props.on_point.reform(move |_| Some(place))}
            onclick={props.on_choose.reform(move |_| place)}
        />
    }
}

/// Milliseconds of one turn of the event loop that may be spent on painting, so that hovering stays fluid meanwhile.
const MOST_TIME_AT_ONCE: f64 = 6.0;

/// A bitmap that is on the canvas, or is to be.
#[derive(Clone, PartialEq)]
struct Painted {
    thumbnails: SharedThumbnails,
    place: Place,
    style: ThumbnailStyle,
    theme: Theme,
    size: usize,
}

/// What is on the canvas, by where it stands, and what is not there yet.
#[derive(Default)]
struct Painting {
    is: HashMap<(usize, usize), Painted>,
    width: u32,
    waiting: Vec<((usize, usize), Painted)>,
    timer: Option<Timeout>,
}

#[hook]
fn use_painting(props: &GridProps, columns: usize, canvas: &NodeRef, resizes: u32) {
    let painting = use_mut_ref(Painting::default);
    let canvas = canvas.clone();
    let wanted = (
        props.entries.clone(),
        columns,
        props.thumbnails.clone(),
        props.style,
        props.theme,
        resizes,
    );
    use_effect_with(wanted, move |(entries, columns, thumbnails, style, theme, _)| {
        let Some(canvas) = canvas.cast::<HtmlCanvasElement>() else {
            return;
        };
        // Cells are whole device pixels, so that no bitmap is scaled.
        let ratio = window().device_pixel_ratio();
        let size = (f64::from(canvas.client_width()) * ratio / *columns as f64).floor() as usize;
        if size == 0 {
            return;
        }
        let (width, height) = (size * columns, size * entries.len().div_ceil(*columns));
        let wanted = entries.iter().enumerate().map(|(index, entry)| {
            let painted = Painted {
                thumbnails: thumbnails.clone(),
                place: entry.place,
                style: *style,
                theme: *theme,
                size,
            };
            ((index / columns, index % columns), painted)
        });
        {
            let mut painting = painting.borrow_mut();
            // Setting a canvas's size clears it. Both are bounded by the screen's.
            if (painting.width, canvas.height()) != (width as u32, height as u32) {
                canvas.set_width(width as u32);
                canvas.set_height(height as u32);
                painting.width = width as u32;
                painting.is.clear();
            }
            // In the last row there may be fewer than before.
            let gone: Vec<_> = painting
                .is
                .keys()
                .filter(|(row, column)| row * columns + column >= entries.len())
                .copied()
                .collect();
            for at in gone {
                painting.is.remove(&at);
                clear(&canvas, at, size);
            }
            let waiting = wanted.filter(|(at, wanted)| painting.is.get(at) != Some(wanted));
            let mut waiting: Vec<_> = waiting.collect();
            // The last is painted first.
            waiting.reverse();
            painting.waiting = waiting;
        }
        paint(&painting, &canvas);
    });
}

/// Leaves nothing where a bitmap was.
fn clear(canvas: &HtmlCanvasElement, (row, column): (usize, usize), size: usize) -> Option<()> {
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    let [x, y, side] = [column * size, row * size, size].map(|length| length as f64);
    context.clear_rect(x, y, side, side);
    Some(())
}

/// Paints as much of what waits as there is time for, and comes back for the rest.
fn paint(painting: &Rc<RefCell<Painting>>, canvas: &HtmlCanvasElement) -> Option<()> {
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    let start = browser::now();
    let mut state = painting.borrow_mut();
    state.timer = None;
    while let Some((at, wanted)) = state.waiting.pop() {
        let (row, column) = at;
        let gap = (wanted.size / 24).max(1);
        let inside = wanted.size.saturating_sub(gap);
        if let Some(image) = bitmap(
            &wanted.thumbnails,
            wanted.place,
            wanted.style,
            wanted.theme,
            inside,
        ) {
            let place = |at: usize| (at * wanted.size) as f64;
            context.put_image_data(&image, place(column), place(row)).ok()?;
        }
        state.is.insert(at, wanted);
        if browser::now() - start > MOST_TIME_AT_ONCE {
            break;
        }
    }
    if state.waiting.is_empty() {
        browser::mark("vitrine:thumbnails");
    } else {
        let (painting, canvas) = (Rc::clone(painting), canvas.clone());
        state.timer = Some(Timeout::new(0, move || {
            paint(&painting, &canvas);
        }));
    }
    Some(())
}

/// A thumbnail of a head, in its hue or in those of a difference, as a square of so many pixels.
pub fn bitmap(
    thumbnails: &Thumbnails,
    place: Place,
    style: ThumbnailStyle,
    theme: Theme,
    side: usize,
) -> Option<ImageData> {
    let thumbnail = thumbnails.get(place)?;
    let pixels = thumbnail.pixels(style, (side, side), place.head, theme);
    ImageData::new_with_u8_clamped_array(Clamped(&pixels), side as u32).ok()
}
