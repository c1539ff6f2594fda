//! Shapes on a canvas.

use std::f64::consts::{FRAC_PI_2, TAU};

use gloo::utils::document;
use vitrine_picture::{
    Anchor, Bitmap, Colour, Palette, Point, Shape, Theme, curve_controls, svg::FONT_FAMILY,
};
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// Browsers refuse canvases that are larger than this.
const LARGEST_SIDE: f32 = 16_000.0;
const LARGEST_AREA: f32 = 16_000_000.0;

/// How many device pixels a pixel of a picture can have, if `wished` are wanted.
pub fn scale_for(width: f32, height: f32, wished: f32) -> f32 {
    let by_side = LARGEST_SIDE / width.max(height).max(1.0);
    let by_area = (LARGEST_AREA / (width * height).max(1.0)).sqrt();
    wished.min(by_side).min(by_area)
}

/// Gives a canvas its size, which clears it, and a context in pixels of the page.
pub fn resize(
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

/// Draws shapes in order, in the units of the context's transformation.
pub fn draw<'a>(
    context: &CanvasRenderingContext2d,
    shapes: impl IntoIterator<Item = &'a Shape>,
    theme: Theme,
) {
    let mut pen = Pen {
        context,
        stroke: None,
        fill: None,
    };
    for shape in shapes {
        match shape {
            Shape::Curve {
                from,
                to,
                axis,
                width,
                strands,
            } => {
                let [one, two] = curve_controls(*from, *to, *axis);
                let (colour, opacity) = Palette::built_in().blend(strands, theme);
                pen.stroke_with(colour, *width);
                context.set_global_alpha(f64::from(opacity));
                context.begin_path();
                context.move_to(from.x.into(), from.y.into());
                context.bezier_curve_to(
                    one.x.into(),
                    one.y.into(),
                    two.x.into(),
                    two.y.into(),
                    to.x.into(),
                    to.y.into(),
                );
                context.stroke();
            }
            Shape::Rectangle {
                corner,
                width,
                height,
                paint,
                opacity,
            } => {
                pen.fill_with(Palette::built_in().colour(*paint, theme));
                context.set_global_alpha(f64::from(*opacity));
                context.fill_rect(
                    corner.x.into(),
                    corner.y.into(),
                    (*width).into(),
                    (*height).into(),
                );
            }
            Shape::Polygon {
                points,
                paint,
                opacity,
            } => {
                pen.fill_with(Palette::built_in().colour(*paint, theme));
                context.set_global_alpha(f64::from(*opacity));
                trace(context, points);
                context.fill();
            }
            Shape::Polyline { points, width, paint } => {
                pen.stroke_with(Palette::built_in().colour(*paint, theme), *width);
                context.set_global_alpha(1.0);
                trace(context, points);
                context.stroke();
            }
            Shape::Circle {
                centre,
                radius,
                paint,
                opacity,
            } => {
                pen.fill_with(Palette::built_in().colour(*paint, theme));
                context.set_global_alpha(f64::from(*opacity));
                context.begin_path();
                // A radius is never negative, which is all that a canvas refuses.
                let _ = context.arc(centre.x.into(), centre.y.into(), (*radius).into(), 0.0, TAU);
                context.fill();
            }
            Shape::Image {
                corner,
                width,
                height,
                paint,
                bitmap,
            } => {
                let colour = Palette::built_in().colour(*paint, theme);
                context.set_global_alpha(1.0);
                // What a browser cannot draw would be missing from the picture alone.
                let _ = image(context, bitmap, colour, *corner, (*width, *height));
            }
            Shape::Text {
                at,
                anchor,
                size,
                turned,
                bold,
                paint,
                content,
            } => {
                pen.fill_with(Palette::built_in().colour(*paint, theme));
                context.set_global_alpha(1.0);
                let weight = if *bold { 700 } else { 400 };
                context.set_font(&format!("{weight} {size}px {FONT_FAMILY}"));
                context.set_text_align(match anchor {
                    Anchor::Start => "left",
                    Anchor::End => "right",
                    Anchor::Middle => "center",
                });
                let (x, y) = (f64::from(at.x), f64::from(at.y));
                // Text that a browser cannot set would be missing from the picture alone.
                let _ = if *turned {
                    turned_text(context, content, x, y)
                } else {
                    context.fill_text(content, x, y)
                };
            }
        }
    }
    context.set_global_alpha(1.0);
}

/// Begins a path from point to point; filling closes it.
fn trace(context: &CanvasRenderingContext2d, points: &[Point]) {
    context.begin_path();
    for (place, point) in points.iter().enumerate() {
        if place == 0 {
            context.move_to(point.x.into(), point.y.into());
        } else {
            context.line_to(point.x.into(), point.y.into());
        }
    }
}

/// Draws a bitmap over what is there. Pixels that are put on a canvas ignore its transformation and replace what they
/// cover, so they are put on one of their own first.
fn image(
    context: &CanvasRenderingContext2d,
    bitmap: &Bitmap,
    colour: Colour,
    corner: Point,
    (width, height): (f32, f32),
) -> Result<(), JsValue> {
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
    let (columns, rows) = (bitmap.columns() as f32, bitmap.rows() as f32);
    let own = resize(&canvas, columns, rows, 1.0).ok_or("this browser has no canvas")?;
    let pixels = bitmap.pixels(colour);
    let data = ImageData::new_with_u8_clamped_array(Clamped(&pixels), bitmap.columns())?;
    own.put_image_data(&data, 0.0, 0.0)?;
    context.draw_image_with_html_canvas_element_and_dw_and_dh(
        &canvas,
        corner.x.into(),
        corner.y.into(),
        width.into(),
        height.into(),
    )
}

/// Sets text that is read upwards.
fn turned_text(context: &CanvasRenderingContext2d, content: &str, x: f64, y: f64) -> Result<(), JsValue> {
    context.save();
    let set = context
        .translate(x, y)
        .and_then(|()| context.rotate(-FRAC_PI_2))
        .and_then(|()| context.fill_text(content, 0.0, 0.0));
    context.restore();
    set
}

/// Sets colours only when they change: there are thousands of lines, and a colour goes to the browser as text.
struct Pen<'a> {
    context: &'a CanvasRenderingContext2d,
    stroke: Option<(Colour, f32)>,
    fill: Option<Colour>,
}

impl Pen<'_> {
    fn stroke_with(&mut self, colour: Colour, width: f32) {
        if self.stroke != Some((colour, width)) {
            self.stroke = Some((colour, width));
            self.context.set_stroke_style_str(&colour.to_hex());
            self.context.set_line_width(f64::from(width));
        }
    }

    fn fill_with(&mut self, colour: Colour) {
        if self.fill != Some(colour) {
            self.fill = Some(colour);
            self.context.set_fill_style_str(&colour.to_hex());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_canvas_is_too_large() {
        for (width, height) in [(360.0, 200.0), (800.0, 3600.0), (1200.0, 15_000.0), (1.0, 0.0)] {
            let scale = scale_for(width, height, 3.0);
            assert!(scale > 0.0 && scale <= 3.0);
            assert!(width * scale <= LARGEST_SIDE + 1.0 && height * scale <= LARGEST_SIDE + 1.0);
            assert!(width * height * scale * scale <= LARGEST_AREA * 1.001);
        }
        assert_eq!(scale_for(360.0, 200.0, 2.0), 2.0);
    }
}
