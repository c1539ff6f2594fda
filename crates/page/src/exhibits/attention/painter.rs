//! The lines of the head view on a canvas that covers what shows of its rows.

use gloo::utils::{document, window};
use vitrine_picture::{Focus, HeadView, Metrics, Shape, Theme};
use vitrine_record::{Analysis, LayerIdx};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};
use yew::NodeRef;

use super::canvas::{draw, scale_for};
use crate::state::{Shared, heads::HeadChoice};

/// Everything that the lines depend on besides the room that they have.
#[derive(Clone, PartialEq)]
pub struct DrawingState {
    /// The numbers.
    pub analysis: Shared<Analysis>,
    /// The layer.
    pub layer: LayerIdx,
    /// The heads that are on.
    pub heads: HeadChoice,
    /// The token that is looked at.
    pub focus: Option<Focus>,
    /// Light or dark.
    pub theme: Theme,
    /// Whether lines are thick enough for a lecture hall.
    pub present: bool,
}

/// The lines of so few tokens are drawn anew sooner than their copy is.
const MOST_TOKENS_DRAWN_AGAIN: usize = 48;

/// Paints the lines, and keeps those of all tokens of a longer text: they are thousands, and are wanted again whenever
/// the picture is scrolled or a pointer leaves a token.
#[derive(Default)]
pub struct Painter {
    of_all_tokens: Option<(Drawing, HtmlCanvasElement)>,
}

/// What is drawn, in which measures, with how many device pixels for each pixel.
#[derive(Clone, PartialEq)]
struct Drawing {
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
        let columns = frame.query_selector(".headview__columns").ok()??;
        let whole_height = metrics.row_height * state.analysis.tokens.len() as f32;
        let room = frame.client_height() as f32 - offset_within(&columns, &frame);
        let height = room.min(whole_height).max(1.0);
        let top = frame.scroll_top() as f32;
        let drawing = Drawing {
            state: state.clone(),
            metrics,
            scale: scale_for(metrics.width, whole_height, window().device_pixel_ratio() as f32),
        };
        let context = resize(&canvas, metrics.width, height, drawing.scale)?;
        // A style that cannot be set leaves the size that the style sheet gives.
        let _ = canvas.style().set_property("height", &format!("{height}px"));
        let is_short = state.analysis.tokens.len() <= MOST_TOKENS_DRAWN_AGAIN;
        if is_short {
            // The copy of a long text is tens of megabytes.
            self.of_all_tokens = None;
        }
        if state.focus.is_some() || is_short {
            let shapes = shapes(&drawing)?;
            context.translate(0.0, f64::from(-top)).ok()?;
            let visible = shapes.iter().filter(|shape| shape.overlaps(top, top + height));
            draw(&context, visible, state.theme);
        } else {
            let all = self.of_all_tokens(drawing)?;
            context.reset_transform().ok()?;
            let device_top = (f64::from(top) * f64::from(canvas.width()) / f64::from(metrics.width)).round();
            context
                .draw_image_with_html_canvas_element(all, 0.0, -device_top)
                .ok()?;
        }
        Some(())
    }

    /// The lines of all tokens, of the whole height.
    fn of_all_tokens(&mut self, drawing: Drawing) -> Option<&HtmlCanvasElement> {
        if self
            .of_all_tokens
            .as_ref()
            .is_none_or(|(drawn, _)| *drawn != drawing)
        {
            let canvas = document().create_element("canvas").ok()?;
            let canvas = canvas.dyn_into::<HtmlCanvasElement>().ok()?;
            let Drawing {
                metrics,
                scale,
                state,
            } = &drawing;
            let height = metrics.row_height * state.analysis.tokens.len() as f32;
            let context = resize(&canvas, metrics.width, height, *scale)?;
            draw(&context, &shapes(&drawing)?, state.theme);
            self.of_all_tokens = Some((drawing, canvas));
        }
        self.of_all_tokens.as_ref().map(|(_, canvas)| canvas)
    }
}

/// Gives a canvas its size, which clears it, and a context in pixels of the page.
fn resize(
    canvas: &HtmlCanvasElement,
    width: f32,
    height: f32,
    scale: f32,
) -> Option<CanvasRenderingContext2d> {
    // Both are positive and bounded by `scale_for`.
    canvas.set_width((width * scale).round() as u32);
    canvas.set_height((height * scale).round() as u32);
    let context = canvas
        .get_context("2d")
        .ok()??
        .dyn_into::<CanvasRenderingContext2d>()
        .ok()?;
    context.scale(f64::from(scale), f64::from(scale)).ok()?;
    Some(context)
}

fn shapes(Drawing { state, metrics, .. }: &Drawing) -> Option<Vec<Shape>> {
    let DrawingState {
        analysis,
        layer,
        heads,
        focus,
        ..
    } = state;
    let view = HeadView::new(analysis, *layer, heads.as_ref(), *focus, *metrics)?;
    let mut shapes = view.lines();
    shapes.extend(view.strips());
    Some(shapes)
}

fn metrics(frame: &Element, state: &DrawingState) -> Option<Metrics> {
    let column = frame
        .query_selector(".ends--destination")
        .ok()??
        .get_bounding_client_rect();
    let width = frame
        .query_selector(".headview__columns")
        .ok()??
        .get_bounding_client_rect()
        .width();
    let tokens = state.analysis.tokens.len().max(1);
    (width > 0.0 && column.height() > 0.0).then_some(Metrics {
        width: width as f32,
        row_height: column.height() as f32 / tokens as f32,
        column_width: column.width() as f32,
        line_width: if state.present { 3.0 } else { 2.0 },
    })
}

/// How far below the top of what can be scrolled in an element its child begins.
fn offset_within(child: &Element, parent: &Element) -> f32 {
    let distance = child.get_bounding_client_rect().top() - parent.get_bounding_client_rect().top();
    distance as f32 + parent.scroll_top() as f32
}
