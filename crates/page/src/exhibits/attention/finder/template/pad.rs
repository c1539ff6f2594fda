//! Where a template is drawn: a canvas with a cell for each two tokens, for pointer and keyboard.

use gloo::utils::window;
use vitrine_picture::{Paint, Point, Shape, Theme, tiles};
use vitrine_record::Analysis;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement};
use yew::prelude::*;

use crate::{
    components::{keeps_keys, use_resizes, use_table_size},
    context::use_page,
    exhibits::canvas::{draw, resize, scale_for},
    state::{Action, FinderChange, Shared, Template},
};

/// From so many tokens on, rows are lower.
const MANY_TOKENS: usize = 24;

/// Properties of [`Pad`].
#[derive(Properties, PartialEq)]
pub struct PadProps {
    /// The sentence.
    pub analysis: Shared<Analysis>,
    /// What is drawn.
    pub template: Template,
}

/// The pad with its tokens, and what is at the place that is pointed at.
#[component]
pub fn Pad(PadProps { analysis, template }: &PadProps) -> Html {
    let page = use_page();
    let frame = use_node_ref();
    let canvas = use_node_ref();
    let resizes = use_resizes(&canvas);
    let cursor = use_state_eq(|| None::<(usize, usize)>);
    // Whether the pointer that is down draws or wipes.
    let pen = use_mut_ref(|| None::<bool>);
    let count = analysis.tokens.len();
    use_table_size(&frame, count, count);
    {
        let canvas = canvas.clone();
        let wanted = (template.clone(), *cursor, page.appearance.theme(), resizes);
        use_effect_with(wanted, move |(template, cursor, theme, _)| {
            // Without a canvas the status still says what is drawn where.
            let _ = paint(&canvas, template, *cursor, *theme);
        });
    }
    let draws = {
        let dispatcher = page.state.dispatcher();
        move |cell, is_drawn| dispatcher.dispatch(Action::Find(FinderChange::Cell { cell, is_drawn }))
    };
    let cell_at = {
        let canvas = canvas.clone();
        move |event: &PointerEvent| -> Option<(usize, usize)> {
            let area = canvas.cast::<HtmlCanvasElement>()?.get_bounding_client_rect();
            let place = |offset: f64, length: f64| {
                let at = offset / length * count as f64;
                (at >= 0.0 && at < count as f64).then_some(at as usize)
            };
            Some((
                place(f64::from(event.client_y()) - area.top(), area.height())?,
                place(f64::from(event.client_x()) - area.left(), area.width())?,
            ))
        }
    };
    let onpointerdown = {
        let (cell_at, draws, pen, cursor) = (cell_at.clone(), draws.clone(), pen.clone(), cursor.setter());
        let template = template.clone();
        Callback::from(move |event: PointerEvent| {
            let Some(cell) = cell_at(&event).filter(|_| event.button() == 0) else {
                return;
            };
            let target = event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok());
            if let Some(target) = target {
                // A pointer that cannot be held draws as long as it stays over the pad.
                let _ = target.set_pointer_capture(event.pointer_id());
            }
            let is_drawn = !template.cells.contains(&cell);
            pen.replace(Some(is_drawn));
            cursor.set(Some(cell));
            draws(cell, is_drawn);
        })
    };
    let onpointermove = {
        let (draws, pen, cursor) = (draws.clone(), pen.clone(), cursor.clone());
        let template = template.clone();
        Callback::from(move |event: PointerEvent| {
            let cell = cell_at(&event);
            if let (Some(cell), Some(is_drawn)) = (cell, *pen.borrow())
                && template.cells.contains(&cell) != is_drawn
            {
                draws(cell, is_drawn);
            }
            if cell.is_some() {
                cursor.set(cell);
            }
        })
    };
    let lift = Callback::from(move |_: PointerEvent| {
        pen.replace(None);
    });
    let onfocus = {
        let cursor = cursor.clone();
        Callback::from(move |_: FocusEvent| cursor.set(Some(cursor.unwrap_or_default())))
    };
    let onkeydown = {
        let (cursor, keeps) = (cursor.clone(), keeps_keys());
        let template = template.clone();
        Callback::from(move |event: KeyboardEvent| {
            let (row, column) = cursor.unwrap_or_default();
            let last = count.saturating_sub(1);
            let next = match event.key().as_str() {
                "ArrowUp" => (row.saturating_sub(1), column),
                "ArrowDown" => ((row + 1).min(last), column),
                "ArrowLeft" => (row, column.saturating_sub(1)),
                "ArrowRight" => (row, (column + 1).min(last)),
                "Home" => (row, 0),
                "End" => (row, last),
                " " | "Enter" => {
                    let cell = (row, column);
                    draws(cell, !template.cells.contains(&cell));
                    cell
                }
                _ => return,
            };
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            event.prevent_default();
            keeps.emit(event);
            cursor.set(Some(next));
        })
    };
    let texts: Vec<(String, bool)> = tiles(&analysis.tokens)
        .into_iter()
        .map(|tile| (tile.text, tile.special))
        .collect();
    let ends = |class: &'static str| {
        let ends = texts.iter().map(|(text, is_special)| {
            html! {
                <span class={classes!("end", is_special.then_some("end--special"))}>
                    <span class="end__text" lang="en">{ text }</span>
                </span>
            }
        });
        html! { <div class={classes!("ends", class)} aria-hidden="true">{ for ends }</div> }
    };
    let text = |at: usize| texts.get(at).map(|(text, _)| text.as_str()).unwrap_or_default();
    let about = match *cursor {
        Some((row, column)) if row < count && column < count => page.fill(
            if template.cells.contains(&(row, column)) {
                "finder.cell_drawn"
            } else {
                "finder.cell_empty"
            },
            &[("query", text(row)), ("key", text(column))],
        ),
        _ => page.t("finder.pad_hint").to_owned(),
    };
    html! {
        <div class="finder__pad">
            <div class={classes!("heat", (count > MANY_TOKENS).then_some("heat--small"))} ref={frame}>
                <div class="heat__corner" aria-hidden="true">
                    <span>{ page.t("attention.key") }{ " →" }</span>
                    <span>{ page.t("attention.query") }{ " ↓" }</span>
                </div>
                { ends("ends--source") }
                { ends("ends--destination") }
                <div
                    class="heat__cells pad" role="application" tabindex="0" aria-label={page.t("finder.pad")}
                    aria-describedby="pad-about" {onfocus} {onkeydown}
                >
                    <canvas
                        aria-hidden="true" ref={canvas} {onpointerdown} {onpointermove}
                        onpointerup={lift.clone()} onpointercancel={lift}
                    />
                </div>
            </div>
            <p id="pad-about" class="heat__about" role="status">{ about }</p>
        </div>
    }
}

/// Cells, the lines between them, and a frame around the one that is pointed at.
fn paint(canvas: &NodeRef, template: &Template, cursor: Option<(usize, usize)>, theme: Theme) -> Option<()> {
    let canvas = canvas.cast::<HtmlCanvasElement>()?;
    let (width, height) = (canvas.client_width() as f32, canvas.client_height() as f32);
    let count = template.tokens.max(1) as f32;
    let cell = (width / count, height / count);
    let scale = scale_for(width, height, window().device_pixel_ratio() as f32);
    let context = resize(&canvas, width, height, scale)?;
    let rectangle = |x: f32, y: f32, width: f32, height: f32, paint: Paint| Shape::Rectangle {
        corner: Point { x, y },
        width,
        height,
        paint,
        opacity: 1.0,
    };
    let corner = |(row, column): (usize, usize)| (column as f32 * cell.0, row as f32 * cell.1);
    let mut shapes: Vec<Shape> = template
        .cells
        .iter()
        .map(|&place| {
            let (x, y) = corner(place);
            rectangle(x, y, cell.0, cell.1, Paint::Sequential(1.0))
        })
        .collect();
    for line in 0..=template.tokens {
        let at = line as f32;
        shapes.push(rectangle(0.0, at * cell.1 - 0.5, width, 1.0, Paint::Hairline));
        shapes.push(rectangle(at * cell.0 - 0.5, 0.0, 1.0, height, Paint::Hairline));
    }
    if let Some(place) = cursor.filter(|&(row, column)| row.max(column) < template.tokens) {
        let (x, y) = corner(place);
        for (paint, inset) in [(Paint::Ink, 0.0), (Paint::Paper, 2.0)] {
            let (width, height) = (cell.0 - 2.0 * inset, cell.1 - 2.0 * inset);
            let (x, y) = (x + inset, y + inset);
            shapes.push(rectangle(x, y, width, 2.0, paint));
            shapes.push(rectangle(x, y + height - 2.0, width, 2.0, paint));
            shapes.push(rectangle(x, y, 2.0, height, paint));
            shapes.push(rectangle(x + width - 2.0, y, 2.0, height, paint));
        }
    }
    draw(&context, &shapes, theme);
    Some(())
}
