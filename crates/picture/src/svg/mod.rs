//! Scenes as self-contained SVG files.

use std::fmt::Write;

use crate::{Anchor, Bitmap, Colour, Paint, Palette, Point, Scene, Shape, Strand, Theme, curve_controls};

/// The typeface of exported figures, with what stands in where it is not installed.
pub const FONT_FAMILY: &str = "'Source Sans 3', 'Source Sans Pro', system-ui, sans-serif";

/// Writes a scene as an SVG document: colours resolved, fonts named, bitmaps within it, nothing referred to.
pub fn document(scene: &Scene, palette: &Palette, theme: Theme) -> String {
    let mut svg = String::new();
    // Writing to a String cannot fail.
    let _ = write_document(&mut svg, scene, &mut OneTheme { palette, theme });
    svg
}

/// Scenes within a document that has both themes: each colour is a class, and a style sheet gives it that of the theme that
/// the reader prefers. All scenes of a document are written by one of these, so that no two classes have one name.
#[derive(Debug)]
pub struct ThemedScenes<'a> {
    palette: &'a Palette,
    /// The colours of each class, light and dark.
    classes: Vec<[Colour; 2]>,
}

impl<'a> ThemedScenes<'a> {
    /// No scene yet.
    pub fn new(palette: &'a Palette) -> Self {
        ThemedScenes {
            palette,
            classes: Vec::new(),
        }
    }

    /// A scene as an element within the document.
    pub fn element(&mut self, scene: &Scene) -> String {
        let mut svg = String::new();
        // Writing to a String cannot fail.
        let _ = write_document(&mut svg, scene, self);
        svg
    }

    /// The class of a paint.
    pub fn class(&mut self, paint: Paint) -> String {
        let colours = THEMES.map(|theme| self.palette.colour(paint, theme));
        self.class_of(colours)
    }

    /// The rules of all classes, to be written once all scenes are.
    pub fn style(&self) -> String {
        let rules = |theme: usize| -> String {
            let classes = self.classes.iter().enumerate();
            classes
                .map(|(class, colours)| format!(".p{class}{{color:{}}}", colours[theme].to_hex()))
                .collect()
        };
        format!(
            "{}\n@media (prefers-color-scheme:dark){{{}}}\n",
            rules(0),
            rules(1)
        )
    }

    fn class_of(&mut self, colours: [Colour; 2]) -> String {
        let known = self.classes.iter().position(|class| *class == colours);
        let class = known.unwrap_or_else(|| {
            self.classes.push(colours);
            self.classes.len() - 1
        });
        format!("p{class}")
    }
}

const THEMES: [Theme; 2] = [Theme::Light, Theme::Dark];

/// How an element says its colour.
trait Colouring {
    /// The attributes by which `property`, `fill` or `stroke`, is a paint.
    fn attributes(&mut self, property: &str, paint: Paint) -> String;

    /// The same of paints that lie on each other, and their opacity.
    fn blended(&mut self, property: &str, strands: &[Strand]) -> (String, f32);

    /// The images that a bitmap in a paint is, as addresses.
    fn image(&self, paint: Paint, bitmap: &Bitmap) -> String;
}

struct OneTheme<'a> {
    palette: &'a Palette,
    theme: Theme,
}

impl Colouring for OneTheme<'_> {
    fn attributes(&mut self, property: &str, paint: Paint) -> String {
        let colour = self.palette.colour(paint, self.theme).to_hex();
        format!("{property}=\"{colour}\"")
    }

    fn blended(&mut self, property: &str, strands: &[Strand]) -> (String, f32) {
        let (colour, opacity) = self.palette.blend(strands, self.theme);
        (format!("{property}=\"{}\"", colour.to_hex()), opacity)
    }

    fn image(&self, paint: Paint, bitmap: &Bitmap) -> String {
        bitmap.data_address(self.palette.colour(paint, self.theme))
    }
}

impl Colouring for ThemedScenes<'_> {
    fn attributes(&mut self, property: &str, paint: Paint) -> String {
        format!("class=\"{}\" {property}=\"currentColor\"", self.class(paint))
    }

    fn blended(&mut self, property: &str, strands: &[Strand]) -> (String, f32) {
        let [light, dark] = THEMES.map(|theme| self.palette.blend(strands, theme));
        let class = self.class_of([light.0, dark.0]);
        // Opacities do not depend on the theme.
        (format!("class=\"{class}\" {property}=\"currentColor\""), light.1)
    }

    /// A bitmap holds its colour, so it is that of the light theme in both.
    fn image(&self, paint: Paint, bitmap: &Bitmap) -> String {
        bitmap.data_address(self.palette.colour(paint, Theme::Light))
    }
}

fn write_document(
    svg: &mut String,
    scene: &Scene,
    colours: &mut impl Colouring,
) -> Result<(), std::fmt::Error> {
    let (width, height) = (round(scene.width), round(scene.height));
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"{FONT_FAMILY}\">"
    )?;
    writeln!(svg, "<title>{}</title>", escaped(&scene.title))?;
    writeln!(svg, "<desc>{}</desc>", escaped(&scene.description))?;
    writeln!(
        svg,
        "<rect width=\"{width}\" height=\"{height}\" {}/>",
        colours.attributes("fill", Paint::Paper)
    )?;
    for shape in &scene.shapes {
        write_shape(svg, shape, colours)?;
    }
    svg.write_str("</svg>\n")
}

fn write_shape(svg: &mut String, shape: &Shape, colours: &mut impl Colouring) -> Result<(), std::fmt::Error> {
    match shape {
        Shape::Curve {
            from,
            to,
            axis,
            width,
            strands,
        } => {
            let [one, two] = curve_controls(*from, *to, *axis);
            let (stroke, opacity) = colours.blended("stroke", strands);
            writeln!(
                svg,
                "<path d=\"M{}C{} {} {}\" fill=\"none\" {stroke} stroke-width=\"{}\" stroke-opacity=\"{}\"/>",
                pair(*from),
                pair(one),
                pair(two),
                pair(*to),
                round(*width),
                fine(opacity),
            )
        }
        Shape::Rectangle {
            corner,
            width,
            height,
            paint,
            opacity,
        } => writeln!(
            svg,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {} fill-opacity=\"{}\"/>",
            round(corner.x),
            round(corner.y),
            round(*width),
            round(*height),
            colours.attributes("fill", *paint),
            fine(*opacity),
        ),
        Shape::Polygon {
            points,
            paint,
            opacity,
        } => writeln!(
            svg,
            "<polygon points=\"{}\" {} fill-opacity=\"{}\"/>",
            pairs(points),
            colours.attributes("fill", *paint),
            fine(*opacity),
        ),
        Shape::Polyline { points, width, paint } => writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" {} stroke-width=\"{}\"/>",
            pairs(points),
            colours.attributes("stroke", *paint),
            round(*width),
        ),
        Shape::Circle {
            centre,
            radius,
            paint,
            opacity,
        } => writeln!(
            svg,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {} fill-opacity=\"{}\"/>",
            round(centre.x),
            round(centre.y),
            round(*radius),
            colours.attributes("fill", *paint),
            fine(*opacity),
        ),
        Shape::Image {
            corner,
            width,
            height,
            paint,
            bitmap,
        } => writeln!(
            svg,
            "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" href=\"{}\"/>",
            round(corner.x),
            round(corner.y),
            round(*width),
            round(*height),
            colours.image(*paint, bitmap),
        ),
        Shape::Text {
            at,
            anchor,
            size,
            turned,
            bold,
            paint,
            content,
        } => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::End => "end",
                Anchor::Middle => "middle",
            };
            let weight = if *bold { " font-weight=\"700\"" } else { "" };
            let turn = if *turned {
                format!(" transform=\"rotate(-90 {})\"", pair(*at))
            } else {
                String::new()
            };
            writeln!(
                svg,
                "<text x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"{anchor}\"{weight}{turn} {} \
                 xml:space=\"preserve\">{}</text>",
                round(at.x),
                round(at.y),
                round(*size),
                colours.attributes("fill", *paint),
                escaped(content),
            )
        }
    }
}

fn pair(point: Point) -> String {
    format!("{} {}", round(point.x), round(point.y))
}

fn pairs(points: &[Point]) -> String {
    let pairs: Vec<String> = points.iter().copied().map(pair).collect();
    pairs.join(" ")
}

/// A hundredth of a pixel is finer than any screen or press.
fn round(length: f32) -> f32 {
    (length * 100.0).round() / 100.0
}

fn fine(opacity: f32) -> f32 {
    (opacity * 1e4).round() / 1e4
}

/// Characters that XML 1.0 cannot hold, even escaped, become U+FFFD.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\r' => escaped.push_str("&#13;"),
            '\t' | '\n' => escaped.push(character),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
