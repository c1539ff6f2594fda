use super::*;
use crate::{
    Shape,
    explanation::{
        fixture,
        picture::{TRIED, check_picture, words},
    },
};

fn texts(explanation: &Explanation) -> Vec<(String, Option<usize>, bool)> {
    text_runs(explanation)
        .into_iter()
        .map(|run| (run.text, run.feature, run.touches))
        .collect()
}

fn run(text: &str, feature: Option<usize>, touches: bool) -> (String, Option<usize>, bool) {
    (text.to_owned(), feature, touches)
}

#[test]
fn pieces_of_a_word_touch() {
    assert_eq!(
        texts(&fixture::exact()),
        [
            run("A", Some(0), false),
            run("love", Some(1), false),
            run("ly", Some(2), true),
            run(",", Some(3), true),
            run("not", Some(4), false),
            run("un", Some(5), false),
            run("watch", Some(6), true),
            run("able", Some(7), true),
            run("film", Some(8), false),
            run(".", Some(9), true),
        ]
    );
    let continues = text_runs(&fixture::exact())
        .into_iter()
        .map(|run| run.continues_word);
    let expect = [2, 6, 7].map(Some);
    let places = continues
        .enumerate()
        .filter_map(|(place, continues)| continues.then_some(Some(place)));
    assert_eq!(places.collect::<Vec<_>>(), expect);
}

#[test]
fn all_occurrences_of_a_word_are_one_feature() {
    let runs = texts(&fixture::surrogate());
    let films: Vec<_> = runs.iter().filter(|(text, ..)| text == "film").collect();
    assert_eq!(films, [&run("film", Some(1), false); 2]);
    assert!(runs.contains(&run(",", None, true)) && runs.contains(&run("all", None, false)));
    let text: String = runs.iter().map(|(text, ..)| text.as_str()).collect();
    assert_eq!(text, "Agreatfilm,notabadfilmatall.");
}

#[test]
fn special_tokens_and_a_second_text_have_their_places() {
    let mut explanation = fixture::of_a_pair();
    explanation.features[11].segment = Segment::B;
    explanation.features[9].segment = Segment::A;
    let runs = text_runs(&explanation);
    assert_eq!((runs[0].text.as_str(), runs[0].is_special), ("[CLS]", true));
    let of_pair: Vec<&str> = runs
        .iter()
        .filter(|run| run.segment == Segment::B)
        .map(|run| run.text.as_str())
        .collect();
    assert_eq!(of_pair, ["[SEP]", "A", "\"", "second", "\"", "text"]);
}

#[test]
fn tokens_that_share_characters_are_told_apart() {
    let mut explanation = fixture::exact();
    explanation.features[2].start = 2;
    explanation.features[2].text = "lovely".to_owned();
    assert_eq!(
        texts(&explanation)[1..3],
        [run("love", Some(1), false), run("ly", Some(2), true)]
    );
}

#[test]
fn lines_are_as_wide_as_they_may_be_and_nothing_lies_on_another() {
    for measures in TRIED.into_iter().chain([Measures {
        width: 90.0,
        type_size: 16.0,
    }]) {
        for explanation in [
            fixture::exact(),
            fixture::truncated(),
            fixture::surrogate(),
            fixture::with_special_players(),
            fixture::of_a_pair(),
        ] {
            for has_numbers in [false, true] {
                let scale = SignedScale::of([&explanation]);
                let view = TokenView::new(&explanation);
                let picture = view.picture(scale, measures, &words(scale), has_numbers);
                check_picture(&picture);
                let written: String = picture
                    .shapes
                    .iter()
                    .filter_map(|shape| match shape {
                        Shape::Text { content, size, .. } if *size == measures.type_size => {
                            Some(content.as_str())
                        }
                        _ => None,
                    })
                    .collect();
                let expect: String = view.runs.iter().map(|run| run.text.as_str()).collect();
                assert_eq!(written, expect, "all of it is there, in its order");
            }
        }
    }
}

#[test]
fn what_is_not_told_apart_is_one_block_with_one_number() {
    let explanation = fixture::truncated();
    let scale = SignedScale::of([&explanation]);
    let view = TokenView::new(&explanation);
    let picture = view.picture(scale, Measures::EXPORT, &words(scale), true);
    let grounds = picture
        .shapes
        .iter()
        .filter(|shape| matches!(shape, Shape::Rectangle { .. }));
    assert_eq!(grounds.count(), 5);
    let numbers = picture.shapes.iter().filter(|shape| {
        matches!(shape, Shape::Text { content, .. }
        if content.starts_with(['+', '\u{2212}']))
    });
    assert_eq!(numbers.count(), 5);
    assert_eq!(picture.targets[0].of, TargetOf::Features(vec![0, 1, 2]));
    let lines = picture
        .shapes
        .iter()
        .filter(|shape| matches!(shape, Shape::Polyline { .. }));
    assert_eq!(lines.count(), 2);
}

#[test]
fn no_text_is_no_trouble() {
    let mut explanation = fixture::exact();
    explanation.input.text.clear();
    explanation.features.clear();
    let view = TokenView::new(&explanation);
    let scale = SignedScale::of([&explanation]);
    assert_eq!(
        view.picture(scale, Measures::EXPORT, &words(scale), true).height,
        0.0
    );
}
