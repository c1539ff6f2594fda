//! The thumbnails on one canvas, and over it a real button for each.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use gloo::{timers::callback::Timeout, utils::window};
use vitrine_picture::{Theme, ThumbnailStyle};
use vitrine_record::{HeadIdx, LayerIdx};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};
use yew::prelude::*;

use super::{
    SharedThumbnails,
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
    /// The layers that are shown, from above to below.
    pub rows: Vec<LayerIdx>,
    /// The heads that are shown, from left to right.
    pub columns: Vec<HeadIdx>,
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
    use_table_size(&frame, props.rows.len(), props.columns.len());
    let canvas = use_node_ref();
    let resizes = use_resizes(&canvas);
    use_painting(props, &canvas, resizes);
    let places: Rc<Vec<Place>> = Rc::new(
        props
            .rows
            .iter()
            .flat_map(|&layer| props.columns.iter().map(move |&head| Place { layer, head }))
            .collect(),
    );
    let render = {
        let (places, chosen) = (Rc::clone(&places), props.chosen);
        let (on_point, on_choose) = (props.on_point.clone(), props.on_choose.clone());
        let language = page.language();
        Callback::from(move |items: Vec<RovingItem>| {
            items
                .into_iter()
                .filter_map(|item| {
                    let place = *places.get(item.index)?;
                    Some(html! {
                        <Button
                            {place} name={place.name(language)} tab_index={item.tab_index}
                            is_chosen={chosen == Some(place)}
                            on_point={on_point.clone()} on_choose={on_choose.clone()}
                        />
                    })
                })
                .collect::<Html>()
        })
    };
    let layers = props
        .rows
        .iter()
        .map(|layer| html! { <span>{ layer.to_string() }</span> });
    let heads = props
        .columns
        .iter()
        .map(|head| html! { <span>{ head.to_string() }</span> });
    html! {
        <div class="grid" ref={frame}>
            <div class="grid__heads" aria-hidden="true">{ for heads }</div>
            <div class="grid__layers" aria-hidden="true">{ for layers }</div>
            <div class="grid__cells">
                <canvas class="grid__canvas" aria-hidden="true" ref={canvas} />
                <Roving
                    label={page.t("model.label")} class="grid__buttons" count={places.len()}
                    columns={props.columns.len()} {render} on_leave={props.on_point.reform(|()| None)}
                />
            </div>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct ButtonProps {
    place: Place,
    name: String,
    tab_index: &'static str,
    is_chosen: bool,
    on_point: Callback<Option<Place>>,
    on_choose: Callback<Place>,
}

/// A component of its own, so that pointing at one does not draw all the others again.
#[component]
fn Button(props: &ButtonProps) -> Html {
    let place = props.place;
    html! {
        <button
            type="button" class="grid__button" data-roving="" tabindex={props.tab_index}
            title={props.name.clone()} aria-label={props.name.clone()} aria-pressed={props.is_chosen.to_string()}
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
fn use_painting(props: &GridProps, canvas: &NodeRef, resizes: u32) {
    let painting = use_mut_ref(Painting::default);
    let canvas = canvas.clone();
    let wanted = (
        props.rows.clone(),
        props.columns.clone(),
        props.thumbnails.clone(),
        props.style,
        props.theme,
        resizes,
    );
    use_effect_with(wanted, move |(rows, columns, thumbnails, style, theme, _)| {
        let Some(canvas) = canvas.cast::<HtmlCanvasElement>() else {
            return;
        };
        // Cells are whole device pixels, so that no bitmap is scaled.
        let ratio = window().device_pixel_ratio();
        let size = (f64::from(canvas.client_width()) * ratio / columns.len().max(1) as f64).floor() as usize;
        if size == 0 {
            return;
        }
        let (width, height) = (size * columns.len(), size * rows.len());
        let wanted = rows.iter().enumerate().flat_map(|(row, &layer)| {
            columns.iter().enumerate().map(move |(column, &head)| {
                let place = Place { layer, head };
                let painted = Painted {
                    thumbnails: thumbnails.clone(),
                    place,
                    style: *style,
                    theme: *theme,
                    size,
                };
                ((row, column), painted)
            })
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
            let waiting = wanted.filter(|(at, wanted)| painting.is.get(at) != Some(wanted));
            let mut waiting: Vec<_> = waiting.collect();
            // The last is painted first.
            waiting.reverse();
            painting.waiting = waiting;
        }
        paint(&painting, &canvas);
    });
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
