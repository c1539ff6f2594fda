//! The head view as a heat map: a row for each token that asks, a column for each that answers.

use gloo::utils::window;
use vitrine_picture::{Focus, HeatMap, Palette, Quantity, Theme, unit_tiles, units_of};
use vitrine_record::Side;
use wasm_bindgen::Clamped;
use web_sys::{HtmlCanvasElement, ImageData};
use yew::prelude::*;

use super::{HeadPictureProps, column::Column};
use crate::{
    components::{use_resizes, use_table_size},
    context::{Context, use_page},
    exhibits::{
        attention::{
            interventions::{self, SignedScale},
            marks::use_marks,
        },
        canvas::{draw, resize, scale_for},
    },
    i18n::Language,
    state::Action,
};

/// The picture.
#[component]
pub fn Heat(HeadPictureProps { slice, limit, text }: &HeadPictureProps) -> Html {
    let (page, of_text) = (use_page(), *text);
    let frame = use_node_ref();
    let canvas = use_node_ref();
    let resizes = use_resizes(&canvas);
    let cell = use_state_eq(|| None::<(usize, usize)>);
    let map = HeatMap::new(slice, &[], None).with_limit(*limit);
    let (rows, columns) = map.size();
    use_table_size(&frame, rows, columns);
    let mark = use_marks(&page);
    {
        let (slice, canvas) = (slice.clone(), canvas.clone());
        let (theme, language) = (page.appearance.theme(), page.language());
        use_effect_with(
            (slice, *limit, theme, language, resizes),
            move |(slice, limit, theme, language, _)| {
                let map = HeatMap::new(slice, &[], None).with_limit(*limit);
                if paint(&canvas, &map, *theme, *language).is_some() {
                    mark.emit(());
                }
            },
        );
    }
    let cell_at = {
        let canvas = canvas.clone();
        move |event: &MouseEvent| -> Option<(usize, usize)> {
            let size = canvas.cast::<HtmlCanvasElement>()?.get_bounding_client_rect();
            let place = |offset: i32, length: f64, count: usize| {
                let at = f64::from(offset) / length * count as f64;
                // A place outside, which rounding can give at the rim, is none.
                (at >= 0.0 && at < count as f64).then_some(at as usize)
            };
            Some((
                place(event.offset_y(), size.height(), rows)?,
                place(event.offset_x(), size.width(), columns)?,
            ))
        }
    };
    let row_of = {
        let slice = slice.clone();
        move |(row, _): (usize, usize)| {
            let unit = slice.destinations().get(row)?;
            Some(Focus {
                position: unit.first,
                side: Side::Destination,
            })
        }
    };
    let onpointermove = {
        let (cell, dispatcher) = (cell.clone(), page.state.dispatcher());
        let (cell_at, row_of) = (cell_at.clone(), row_of.clone());
        Callback::from(move |event: PointerEvent| {
            let at = cell_at(&event);
            if at.map(|at| at.0) != cell.map(|at| at.0) {
                dispatcher.dispatch(of_text.action(Action::Hover(at.and_then(&row_of))));
            }
            cell.set(at);
        })
    };
    let onpointerleave = {
        let (cell, dispatcher) = (cell.clone(), page.state.dispatcher());
        Callback::from(move |_: PointerEvent| {
            cell.set(None);
            dispatcher.dispatch(of_text.action(Action::Hover(None)));
        })
    };
    let onclick = {
        let dispatcher = page.state.dispatcher();
        Callback::from(move |event: MouseEvent| {
            if let Some(focus) = cell_at(&event).and_then(&row_of) {
                dispatcher.dispatch(of_text.action(Action::Select(focus)));
            }
        })
    };
    let text = |side, at: usize| {
        let unit = units_of(slice, side).get(at..=at).unwrap_or_default();
        unit_tiles(page.token_ends_of(of_text).at(side), unit)
            .pop()
            .map(|tile| tile.text)
            .unwrap_or_default()
    };
    let quantity = Quantity::of(slice);
    let about_cell = cell.map(|(row, column)| {
        let mean = slice.mean(row, column);
        page.fill(
            "heat_map.cell",
            &[
                ("query", &text(Side::Destination, row)),
                ("key", &text(Side::Source, column)),
                ("weight", &interventions::written_cell(&page, mean, quantity)),
            ],
        )
    });
    let hint = || {
        page.by_device(("heat_map.hint", "plate.how_cell_touch"))
            .to_owned()
    };
    html! {
        <div class="heat-frame">
            <div class={classes!("heat", (!map.is_numbered()).then_some("heat--small"), slice.is_signed().then_some("heat--signed"))} ref={frame}>
                <div class="heat__corner" aria-hidden="true">
                    <span>{ page.t("attention.key") }{ " →" }</span>
                    <span>{ page.t("attention.query") }{ " ↓" }</span>
                </div>
                <Column slice={slice.clone()} side={Side::Source} text={of_text} />
                <Column slice={slice.clone()} side={Side::Destination} text={of_text} />
                <div class="heat__cells" aria-hidden="true">
                    <canvas ref={canvas} {onpointermove} {onpointerleave} {onclick} />
                </div>
            </div>
            if slice.is_signed() {
                <SignedScale limit={map.limit()} {quantity} />
            } else {
                { legend(&page, map.limit()) }
            }
            <p class="heat__about number">{ about_cell.unwrap_or_else(hint) }</p>
        </div>
    }
}

/// The scale with its limits.
fn legend(page: &Context, limit: f32) -> Html {
    let style = page.language().numbers();
    html! {
        <p class="limits">
            <span class="number">{ style.fixed(0.0, 0) }</span>
            <span class="limits__ramp limits__ramp--sequential" aria-hidden="true" />
            <span class="number">{ style.significant(limit) }</span>
        </p>
    }
}

/// Cells that are few enough for numbers are drawn in full, others as a bitmap with a pixel for each.
fn paint(canvas: &NodeRef, map: &HeatMap, theme: Theme, language: Language) -> Option<()> {
    let canvas = canvas.cast::<HtmlCanvasElement>()?;
    let (rows, columns) = map.size();
    if map.is_numbered() {
        let width = canvas.client_width() as f32;
        let cell = width / columns.max(1) as f32;
        let height = cell * rows as f32;
        if width <= 0.0 {
            return None;
        }
        let scale = scale_for(width, height, window().device_pixel_ratio() as f32);
        let context = resize(&canvas, width, height, scale)?;
        draw(&context, &map.cells(cell, Some(language.numbers())), theme);
    } else {
        let context = resize(&canvas, columns as f32, rows as f32, 1.0)?;
        let pixels = map.pixels(Palette::built_in(), theme);
        // Tokens are at most a few thousand.
        let image = ImageData::new_with_u8_clamped_array(Clamped(&pixels), columns as u32).ok()?;
        context.put_image_data(&image, 0.0, 0.0).ok()?;
    }
    Some(())
}
