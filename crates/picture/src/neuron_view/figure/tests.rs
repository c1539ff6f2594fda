use super::*;
use crate::{Palette, Theme, fixture::tokens, neuron_view::fixture, svg};

fn figure(count: usize, size: usize, heads: usize) -> (HeadComputation, Scene) {
    let mut computation = fixture::computation(count, size, heads);
    computation.destination = Position(count / 2);
    let pieces: Vec<&str> = (0..count).map(|at| ["[CLS]", "good", "film"][at % 3]).collect();
    let words = StepWords {
        figure: FigureWords {
            heading: "Layer 0, head 0",
            note: "A note.\nRecorded.",
            numbers: NumberStyle::English,
        },
        names: [
            "Query",
            "Keys",
            "Products",
            "Scores",
            "Softmax",
            "Values",
            "Sum",
            "Projection",
            "Heads",
            "Residual",
            "Normalisation",
        ],
    };
    let scene = scene(&computation, &tokens(&pieces), &words).unwrap();
    (computation, scene)
}

fn texts(scene: &Scene) -> Vec<&str> {
    let shapes = scene.shapes.iter();
    let texts = shapes.filter_map(|shape| match shape {
        Shape::Text { content, .. } => Some(content.as_str()),
        _ => None,
    });
    texts.collect()
}

#[test]
fn a_scene_holds_everything_it_draws() {
    for (count, size, heads) in [(1, 1, 1), (12, 32, 12), (5, 64, 12)] {
        let (_, scene) = figure(count, size, heads);
        let inside = |x: f32, y: f32| {
            (-0.01..=scene.width + 0.01).contains(&x) && (-0.01..=scene.height + 0.01).contains(&y)
        };
        for shape in &scene.shapes {
            assert!(match *shape {
                Shape::Rectangle {
                    corner,
                    width,
                    height,
                    ..
                } => inside(corner.x, corner.y) && inside(corner.x + width, corner.y + height),
                Shape::Text { at, .. } => inside(at.x, at.y),
                _ => false,
            });
        }
    }
}

#[test]
fn every_step_has_its_name_formula_and_cells() {
    let (computation, scene) = figure(6, 8, 3);
    let texts = texts(&scene);
    for step in Step::ALL {
        assert!(
            texts.contains(&step.formula(&computation).plain().as_str()),
            "{step:?}"
        );
        let number = format!("{}  ", step.number());
        assert!(texts.iter().any(|text| text.starts_with(&number)), "{step:?}");
    }
    let grids: Vec<Grid> = Step::ALL
        .iter()
        .flat_map(|step| grids(&computation, *step))
        .collect();
    let cells: usize = grids.iter().map(|grid| grid.cells.len()).sum();
    let ramps = 17 * grids.iter().filter(|grid| !grid.is_sum).count();
    let drawn = scene
        .shapes
        .iter()
        .filter(|shape| matches!(shape, Shape::Rectangle { .. }));
    assert_eq!(drawn.count(), cells + ramps);
}

#[test]
fn of_a_long_text_those_that_are_given_most_are_drawn() {
    let (computation, scene) = figure(MOST_TOKENS_OF_A_FIGURE + 20, 2, 1);
    let drawn = drawn_tokens(&computation);
    assert_eq!(drawn.len(), MOST_TOKENS_OF_A_FIGURE);
    assert!(drawn.contains(&computation.destination.0) && drawn.is_sorted());
    let least = drawn
        .iter()
        .filter(|token| **token != computation.destination.0)
        .map(|token| computation.probabilities[*token])
        .fold(1.0, f32::min);
    let left_out = (0..computation.tokens()).filter(|token| !drawn.contains(token));
    assert!(
        left_out
            .into_iter()
            .all(|token| computation.probabilities[token] <= least)
    );
    let names = texts(&scene)
        .into_iter()
        .filter(|text| ["[CLS]", "good", "film"].contains(text));
    assert_eq!(names.count(), MOST_TOKENS_OF_A_FIGURE);
}

#[test]
fn it_makes_a_document_that_parses() {
    let (_, scene) = figure(12, 32, 12);
    let written = svg::document(&scene, Palette::built_in(), Theme::Dark);
    assert!(roxmltree::Document::parse(&written).is_ok());
}

#[test]
fn numbers_about_another_text_are_no_picture() {
    let computation = fixture::computation(3, 2, 1);
    let words = StepWords {
        figure: FigureWords {
            heading: "",
            note: "",
            numbers: NumberStyle::English,
        },
        names: [""; Step::ALL.len()],
    };
    assert!(scene(&computation, &tokens(&["a", "b"]), &words).is_none());
}
