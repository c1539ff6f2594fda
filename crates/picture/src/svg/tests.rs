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

#[test]
fn every_kind_of_shape_is_an_element_of_its_own_in_either_theme() {
    let at = |x: f32, y: f32| Point { x, y };
    let points = vec![at(0.0, 0.0), at(9.125, 3.0), at(4.0, 8.0)];
    let shapes = vec![
        Shape::Polygon {
            points: points.clone(),
            paint: Paint::Signed(0.5),
            opacity: 0.25,
        },
        Shape::Polyline {
            points,
            width: 2.0,
            paint: Paint::Ink,
        },
        Shape::Circle {
            centre: at(5.0, 6.0),
            radius: 1.5,
            paint: Paint::Signed(-0.5),
            opacity: 1.0,
        },
        Shape::Text {
            at: at(5.0, 5.0),
            anchor: Anchor::Middle,
            size: 10.0,
            turned: true,
            bold: false,
            paint: Paint::OnSigned(0.5),
            content: "middle".to_owned(),
        },
    ];
    let scene = Scene {
        width: 10.0,
        height: 10.0,
        title: String::new(),
        description: String::new(),
        shapes,
    };
    let palette = Palette::built_in();
    let hex = |paint, theme| palette.colour(paint, theme).to_hex();
    for theme in THEMES {
        let svg = document(&scene, palette, theme);
        let parsed = roxmltree::Document::parse(&svg).unwrap();
        let find = |name: &str| parsed.descendants().find(|node| node.has_tag_name(name)).unwrap();
        let polygon = find("polygon");
        assert_eq!(polygon.attribute("points"), Some("0 0 9.13 3 4 8"));
        assert_eq!(
            polygon.attribute("fill"),
            Some(hex(Paint::Signed(0.5), theme).as_str())
        );
        assert_eq!(polygon.attribute("fill-opacity"), Some("0.25"));
        let line = find("polyline");
        assert_eq!(
            (line.attribute("fill"), line.attribute("stroke-width")),
            (Some("none"), Some("2"))
        );
        assert_eq!(find("circle").attribute("r"), Some("1.5"));
        assert_eq!(find("text").attribute("text-anchor"), Some("middle"));
    }
    let mut themed = ThemedScenes::new(palette);
    let element = themed.element(&scene);
    assert!(!element.contains('#'), "{element}");
    let class = themed.class(Paint::Signed(0.5));
    assert!(element.contains(&format!(
        "<polygon points=\"0 0 9.13 3 4 8\" class=\"{class}\" fill=\"currentColor\""
    )));
    let style = themed.style();
    let (light, dark) = style.split_once("@media").unwrap();
    for (rules, theme) in [(light, Theme::Light), (dark, Theme::Dark)] {
        assert!(rules.contains(&format!(".{class}{{color:{}}}", hex(Paint::Signed(0.5), theme))));
    }
}
