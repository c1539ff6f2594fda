//! Cells on a canvas that has one pixel for each and is stretched by the style sheet, so that no number of cells makes
//! the page slow.

use std::ops::Range;

use vitrine_picture::{
    Palette, Theme,
    neuron_view::{Grid, Scale, index_at},
};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};
use yew::prelude::*;

use crate::{i18n::Language, state::Shared};

/// A rectangle in pixels of the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Its left edge.
    pub left: f64,
    /// Its upper edge.
    pub top: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// A cell that is pointed at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CellPlace {
    /// Its row in the grid.
    pub row: usize,
    /// Its column in the grid.
    pub column: usize,
    /// Where it is.
    pub at: Place,
}

/// Properties of [`Cells`].
#[derive(Properties, PartialEq)]
pub struct CellsProps {
    /// The grids of a step.
    pub grids: Shared<Vec<Grid>>,
    /// Which of them.
    pub index: usize,
    /// Which of its columns.
    pub columns: Range<usize>,
    /// How many columns there is room for.
    pub width: usize,
    /// Light or dark.
    pub theme: Theme,
    /// What it is called.
    pub label: AttrValue,
    /// Whether the tab key stops here.
    pub is_stop: bool,
    /// Told which cell is pointed at, and when none is any more.
    pub on_point: Callback<Option<CellPlace>>,
}

/// Some columns of a grid. The arrow keys walk among the cells; a finger points by a tap.
#[component]
pub fn Cells(props: &CellsProps) -> Html {
    let canvas = use_node_ref();
    let cursor = use_mut_ref(|| (0, 0));
    {
        let canvas = canvas.clone();
        let drawing = (
            props.grids.clone(),
            props.index,
            props.columns.clone(),
            props.width,
            props.theme,
        );
        use_effect_with(drawing, move |(grids, index, columns, width, theme)| {
            if let Some(grid) = grids.get(*index) {
                let pixels = grid.pixels(columns.clone(), *width, Palette::built_in(), *theme);
                paint(&canvas, &pixels, *width);
            }
        });
    }
    let Some(grid) = props.grids.get(props.index) else {
        return Html::default();
    };
    let area = Area {
        canvas: canvas.clone(),
        rows: grid.rows.len(),
        columns: props.columns.clone(),
        width: props.width,
    };
    let points = |finds: fn(&Area, f64, f64) -> Option<CellPlace>| {
        let (area, cursor, on_point) = (area.clone(), cursor.clone(), props.on_point.clone());
        move |x: i32, y: i32| {
            let place = finds(&area, x.into(), y.into());
            if let Some(place) = place {
                cursor.replace((place.row, place.column));
            }
            on_point.emit(place);
        }
    };
    let (on_mouse, on_tap) = (points(Area::cell_at), points(Area::cell_at));
    let onpointermove = Callback::from(move |event: PointerEvent| {
        if event.pointer_type() == "mouse" {
            on_mouse(event.client_x(), event.client_y());
        }
    });
    let onclick = Callback::from(move |event: MouseEvent| on_tap(event.client_x(), event.client_y()));
    let onpointerleave = {
        let on_point = props.on_point.clone();
        Callback::from(move |event: PointerEvent| {
            if event.pointer_type() == "mouse" {
                on_point.emit(None);
            }
        })
    };
    let onfocus = {
        let (area, cursor, on_point) = (area.clone(), cursor.clone(), props.on_point.clone());
        Callback::from(move |_: FocusEvent| {
            let place = area.nearest(*cursor.borrow());
            cursor.replace((place.0, place.1));
            on_point.emit(area.cell(place.0, place.1));
        })
    };
    let onblur = props.on_point.reform(|_: FocusEvent| None);
    let onkeydown = {
        let (on_point, area) = (props.on_point.clone(), area);
        Callback::from(move |event: KeyboardEvent| {
            let (row, column) = *cursor.borrow();
            let next = match event.key().as_str() {
                "ArrowUp" => (row.saturating_sub(1), column),
                "ArrowDown" => (row + 1, column),
                "ArrowLeft" => (row, column.saturating_sub(1)),
                "ArrowRight" => (row, column + 1),
                "Home" => (row, 0),
                "End" => (row, usize::MAX),
                _ => return,
            };
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            event.prevent_default();
            let next = area.nearest(next);
            cursor.replace(next);
            on_point.emit(area.cell(next.0, next.1));
        })
    };
    html! {
        <div
            class="cells" role="application" aria-label={props.label.clone()}
            tabindex={if props.is_stop { "0" } else { "-1" }} {onfocus} {onblur} {onkeydown}
        >
            <canvas ref={canvas} aria-hidden="true" {onpointermove} {onpointerleave} {onclick} />
        </div>
    }
}

/// Where the cells of a canvas lie.
#[derive(Clone)]
struct Area {
    canvas: NodeRef,
    rows: usize,
    columns: Range<usize>,
    width: usize,
}

impl Area {
    /// The cell of the canvas that is nearest to a row and column.
    fn nearest(&self, (row, column): (usize, usize)) -> (usize, usize) {
        let last = self.columns.end.saturating_sub(1);
        (
            row.min(self.rows.saturating_sub(1)),
            column.clamp(self.columns.start.min(last), last),
        )
    }

    fn cell(&self, row: usize, column: usize) -> Option<CellPlace> {
        let box_ = self
            .canvas
            .cast::<HtmlCanvasElement>()?
            .get_bounding_client_rect();
        let (width, height) = (box_.width() / self.width as f64, box_.height() / self.rows as f64);
        let at = Place {
            left: box_.left() + (column - self.columns.start) as f64 * width,
            top: box_.top() + row as f64 * height,
            width,
            height,
        };
        Some(CellPlace { row, column, at })
    }

    /// The cell under a place of the window.
    fn cell_at(&self, x: f64, y: f64) -> Option<CellPlace> {
        let box_ = self
            .canvas
            .cast::<HtmlCanvasElement>()?
            .get_bounding_client_rect();
        let row = index_at(y - box_.top(), box_.height(), self.rows)?;
        let column = self.columns.start + index_at(x - box_.left(), box_.width(), self.width)?;
        self.columns.contains(&column).then(|| self.cell(row, column))?
    }
}

/// Gives a canvas the size of an image, and the image.
fn paint(canvas: &NodeRef, pixels: &[u8], width: usize) -> Option<()> {
    let canvas = canvas.cast::<HtmlCanvasElement>()?;
    let width = u32::try_from(width).ok()?;
    let image = ImageData::new_with_u8_clamped_array(Clamped(pixels), width).ok()?;
    canvas.set_width(width);
    canvas.set_height(image.height());
    let context = canvas.get_context("2d").ok()??;
    let context = context.dyn_into::<CanvasRenderingContext2d>().ok()?;
    context.put_image_data(&image, 0.0, 0.0).ok()
}

/// Properties of [`Legend`].
#[derive(Properties, PartialEq)]
pub struct LegendProps {
    /// The scale.
    pub scale: Scale,
    /// What it is the scale of, where a step has several.
    #[prop_or_default]
    pub symbol: Html,
    /// Light or dark.
    pub theme: Theme,
    /// The language of the page.
    pub language: Language,
}

/// A scale with its limits.
#[component]
pub fn Legend(props: &LegendProps) -> Html {
    const CELLS: usize = 65;
    let canvas = use_node_ref();
    {
        let canvas = canvas.clone();
        use_effect_with((props.scale, props.theme), move |(scale, theme)| {
            paint(
                &canvas,
                &scale.pixels(scale.ramp(CELLS), Palette::built_in(), *theme),
                CELLS,
            );
        });
    }
    let (low, high) = props.scale.limits();
    let number = |number| props.language.numbers().significant(number);
    html! {
        <p class="scale">
            { props.symbol.clone() }
            <span class="number">{ number(low) }</span>
            <canvas class="scale__colours" ref={canvas} aria-hidden="true" />
            <span class="number">{ number(high) }</span>
        </p>
    }
}
