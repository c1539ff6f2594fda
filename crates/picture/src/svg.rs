//! Scenes as self-contained SVG files.

use std::fmt::Write;

use crate::{Anchor, Paint, Palette, Scene, Shape, Theme, curve_controls};

/// The typeface of exported figures, with what stands in where it is not installed.
pub const FONT_FAMILY: &str = "'Source Sans 3', 'Source Sans Pro', system-ui, sans-serif";

/// Writes a scene as an SVG document: colours resolved, fonts named, bitmaps within it, nothing referred to.
pub fn document(scene: &Scene, palette: &Palette, theme: Theme) -> String {
    let mut svg = String::new();
    // Writing to a String cannot fail.
    let _ = write_document(&mut svg, scene, palette, theme);
    svg
}

fn write_document(
    svg: &mut String,
    scene: &Scene,
    palette: &Palette,
    theme: Theme,
) -> Result<(), std::fmt::Error> {
    let (width, height) = (round(scene.width), round(scene.height));
    let colour = |paint: Paint| palette.colour(paint, theme).to_hex();
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"{FONT_FAMILY}\">"
    )?;
    writeln!(svg, "<title>{}</title>", escaped(&scene.title))?;
    writeln!(svg, "<desc>{}</desc>", escaped(&scene.description))?;
    writeln!(
        svg,
        "<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>",
        colour(Paint::Paper)
    )?;
    for shape in &scene.shapes {
        match shape {
            Shape::Curve {
                from,
                to,
                axis,
                width,
                strands,
            } => {
                let [one, two] = curve_controls(*from, *to, *axis);
                let (stroke, opacity) = palette.blend(strands, theme);
                writeln!(
                    svg,
                    "<path d=\"M{} {}C{} {} {} {} {} {}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" \
                     stroke-opacity=\"{}\"/>",
                    round(from.x),
                    round(from.y),
                    round(one.x),
                    round(one.y),
                    round(two.x),
                    round(two.y),
                    round(to.x),
                    round(to.y),
                    stroke.to_hex(),
                    round(*width),
                    fine(opacity),
                )?;
            }
            Shape::Rectangle {
                corner,
                width,
                height,
                paint,
                opacity,
            } => writeln!(
                svg,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\" fill-opacity=\"{}\"/>",
                round(corner.x),
                round(corner.y),
                round(*width),
                round(*height),
                colour(*paint),
                fine(*opacity),
            )?,
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
                bitmap.data_address(palette.colour(*paint, theme)),
            )?,
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
                };
                let weight = if *bold { " font-weight=\"700\"" } else { "" };
                let turn = if *turned {
                    format!(" transform=\"rotate(-90 {} {})\"", round(at.x), round(at.y))
                } else {
                    String::new()
                };
                writeln!(
                    svg,
                    "<text x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"{anchor}\"{weight}{turn} fill=\"{}\" \
                     xml:space=\"preserve\">{}</text>",
                    round(at.x),
                    round(at.y),
                    round(*size),
                    colour(*paint),
                    escaped(content),
                )?;
            }
        }
    }
    svg.write_str("</svg>\n")
}

/// A hundredth of a pixel is finer than any screen or press.
fn round(length: f32) -> f32 {
    (length * 100.0).round() / 100.0
}

fn fine(opacity: f32) -> f32 {
    (opacity * 1e4).round() / 1e4
}

/// Characters that XML 1.0 cannot hold, even escaped, become U+FFFD.
fn escaped(text: &str) -> String {
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
mod tests {
    use proptest::prelude::*;
    use vitrine_record::{Drawing, Side};

    use super::*;
    use crate::{FigureWords, HeadView, Metrics, NumberStyle, fixture};

    fn check(pieces: &[&str], heading: &str) -> Result<(), TestCaseError> {
        let attention = fixture::layer(3, pieces.len(), |head, row, column| {
            (1 + head + row + 2 * column) as f32
        });
        let analysis = fixture::analysis(pieces, attention);
        let (slice, selection) = (fixture::whole(&analysis), fixture::selected(0, Side::Destination));
        let selection = Some(&selection);
        let view = HeadView::new(
            &slice,
            &analysis.tokens,
            selection,
            Drawing::LinesAcross,
            Metrics::EXPORT,
        );
        let scene = view.scene(&FigureWords {
            heading,
            note: "a note",
            numbers: NumberStyle::English,
        });
        let svg = document(&scene, Palette::built_in(), Theme::Dark);
        let parsed = roxmltree::Document::parse(&svg).unwrap();
        let drawn = |name: &str| {
            parsed
                .descendants()
                .filter(|node| node.has_tag_name(name))
                .count()
        };
        let expect = |matches: fn(&Shape) -> bool| scene.shapes.iter().filter(|shape| matches(shape)).count();
        prop_assert_eq!(
            drawn("path"),
            expect(|shape| matches!(shape, Shape::Curve { .. }))
        );
        prop_assert_eq!(drawn("text"), expect(|shape| matches!(shape, Shape::Text { .. })));
        let texts: Vec<&str> = parsed
            .descendants()
            .filter(|node| node.has_tag_name("text"))
            .map(|node| node.text().unwrap_or_default())
            .collect();
        for shape in &scene.shapes {
            if let Shape::Text { content, .. } = shape
                && !content
                    .chars()
                    .any(|character| character.is_control() || character > '\u{fffd}')
            {
                prop_assert!(
                    texts.contains(&content.as_str()),
                    "{content:?} is not in {texts:?}"
                );
            }
        }
        prop_assert!(!svg.contains("var(") && !svg.contains("url("));
        Ok(())
    }

    proptest! {
        #[test]
        fn any_text_makes_a_document_that_parses(
            pieces in proptest::collection::vec(".{0,6}", 1..4), heading in ".{0,20}",
        ) {
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            check(&pieces, &heading)?;
        }
    }

    #[test]
    fn control_characters_do_not_break_the_document() {
        check(&["a\u{0}b", "\u{b}", "\u{ffff}"], "\u{1b}[31m").unwrap();
    }
}
