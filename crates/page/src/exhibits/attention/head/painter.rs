//! The lines of the head view on a canvas that covers what shows of its tokens.

use gloo::utils::{document, window};
use vitrine_attention::AttentionSlice;
use vitrine_picture::{Axis, HeadView, Metrics, Selection, Theme};
use vitrine_record::Drawing;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement};
use yew::NodeRef;

use crate::{
    exhibits::canvas::{draw, resize, scale_for},
    state::Shared,
};

/// Everything that the lines depend on besides the room that they have.
#[derive(Clone, PartialEq)]
pub struct DrawingState {
    /// The numbers.
    pub slice: Shared<AttentionSlice>,
    /// Where their scale ends, if another picture has the same.
    pub limit: Option<f32>,
    /// The tokens that are looked at.
    pub selection: Option<Selection>,
    /// Which way the lines run.
    pub drawing: Drawing,
    /// Light or dark.
    pub theme: Theme,
    /// Whether lines are thick enough for a lecture hall.
    pub present: bool,
}

impl DrawingState {
    fn view(&self, metrics: Metrics) -> HeadView<'_> {
        HeadView::new(&self.slice, &[], self.selection.as_ref(), self.drawing, metrics).with_limit(self.limit)
    }

    /// Which way the tokens follow each other, and so which way a long text is scrolled.
    fn axis(&self) -> Axis {
        match self.drawing {
            Drawing::LinesAcross => Axis::Across,
            Drawing::Lines | Drawing::HeatMap => Axis::Down,
        }
    }
}

/// The lines of so few tokens are drawn anew sooner than their copy is.
const MOST_TOKENS_DRAWN_AGAIN: usize = 48;

/// Paints the lines, and keeps those of all tokens of a longer text: they are thousands, and are wanted again whenever
/// the picture is scrolled or a pointer leaves a token.
#[derive(Default)]
pub struct Painter {
    of_all_tokens: Option<(Copied, HtmlCanvasElement)>,
}

/// What is drawn, in which measures, with how many device pixels for each pixel.
#[derive(Clone, PartialEq)]
struct Copied {
    state: DrawingState,
    metrics: Metrics,
    scale: f32,
}

impl Painter {
    /// Paints the part of the picture that is scrolled to, which is all of it unless the text is long, in the sizes
    /// that the style sheet gave to the tokens. Nothing if the page has no room yet.
    pub fn paint(&mut self, frame: &NodeRef, canvas: &NodeRef, state: &DrawingState) -> Option<()> {
        let frame = frame.cast::<Element>()?;
        let canvas = canvas.cast::<HtmlCanvasElement>()?;
        let metrics = metrics(&frame, state)?;
        let view = state.view(metrics);
        let whole = view.size();
        let columns = frame.query_selector(".headview__columns").ok()??;
        let (start, width, height) = match state.axis() {
            Axis::Down => {
                let room = frame.client_height() as f32 - offset_within(&columns, &frame);
                (frame.scroll_top() as f32, whole.0, room.min(whole.1).max(1.0))
            }
            Axis::Across => {
                let room = frame.client_width() as f32;
                (frame.scroll_left() as f32, room.min(whole.0).max(1.0), whole.1)
            }
        };
        let scale = scale_for(whole.0, whole.1, window().device_pixel_ratio() as f32);
        let context = resize(&canvas, width, height, scale)?;
        // A style that cannot be set leaves the size that the style sheet gives.
        let _ = canvas.style().set_property("width", &format!("{width}px"));
        let _ = canvas.style().set_property("height", &format!("{height}px"));
        let is_short = state.slice.destinations().len() <= MOST_TOKENS_DRAWN_AGAIN;
        if is_short {
            // The copy of a long text is tens of megabytes.
            self.of_all_tokens = None;
        }
        let (left, top) = match state.axis() {
            Axis::Down => (0.0, start),
            Axis::Across => (start, 0.0),
        };
        if state.selection.is_some() || is_short {
            let mut shapes = view.lines();
            shapes.extend(view.strips());
            context.translate(f64::from(-left), f64::from(-top)).ok()?;
            let end = match state.axis() {
                Axis::Down => start + height,
                Axis::Across => start + width,
            };
            let visible = shapes
                .iter()
                .filter(|shape| shape.overlaps(state.axis(), start, end));
            draw(&context, visible, state.theme);
        } else {
            let all = self.of_all_tokens(Copied {
                state: state.clone(),
                metrics,
                scale,
            })?;
            context.reset_transform().ok()?;
            let device = |distance: f32| -f64::from((distance * scale).round());
            context
                .draw_image_with_html_canvas_element(all, device(left), device(top))
                .ok()?;
        }
        Some(())
    }

    /// The lines of all tokens, of the whole size.
    fn of_all_tokens(&mut self, copied: Copied) -> Option<&HtmlCanvasElement> {
        if self
            .of_all_tokens
            .as_ref()
            .is_none_or(|(drawn, _)| *drawn != copied)
        {
            let canvas = document().create_element("canvas").ok()?;
            let canvas = canvas.dyn_into::<HtmlCanvasElement>().ok()?;
            let view = copied.state.view(copied.metrics);
            let (width, height) = view.size();
            let context = resize(&canvas, width, height, copied.scale)?;
            draw(&context, &view.lines(), copied.state.theme);
            self.of_all_tokens = Some((copied, canvas));
        }
        self.of_all_tokens.as_ref().map(|(_, canvas)| canvas)
    }
}

/// The sizes that the style sheet gave, as those of a picture whose lines run from left to right.
fn metrics(frame: &Element, state: &DrawingState) -> Option<Metrics> {
    let rectangle = |selector| {
        let element = frame.query_selector(selector).ok()??;
        Some(element.get_bounding_client_rect())
    };
    let columns = rectangle(".headview__columns")?;
    let column = rectangle(".ends--destination")?;
    let end = rectangle(".end")?;
    let (width, column_width, row_height) = match state.axis() {
        Axis::Down => (columns.width(), column.width(), end.height()),
        Axis::Across => (columns.height(), column.height(), end.width()),
    };
    (width > 0.0 && row_height > 0.0).then_some(Metrics {
        width: width as f32,
        row_height: row_height as f32,
        column_width: column_width as f32,
        line_width: if state.present { 3.0 } else { 2.0 },
    })
}

/// How far below the top of what can be scrolled in an element its child begins.
fn offset_within(child: &Element, parent: &Element) -> f32 {
    let distance = child.get_bounding_client_rect().top() - parent.get_bounding_client_rect().top();
    distance as f32 + parent.scroll_top() as f32
}
