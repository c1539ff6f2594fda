//! Bars of what tokens do over many texts.

use vitrine_explain::RankedToken;
use vitrine_record::TokenOrder;

use super::{
    ExplanationWords, Measures, Picture, TargetOf,
    picture::{MIDDLE_OF_TYPE, NAME, SMALL},
    signed_bars::{ROW, names_width},
};
use crate::{Anchor, Paint, Point, fitting, text_width};

/// A token's name with how often it occurs.
pub(crate) fn counted_name((name, token): &RankedToken<'_>, words: &ExplanationWords<'_>) -> String {
    format!("{name} ×{}", words.values.numbers().count(token.occurrences))
}

/// Bars for the first tokens, as long as what they are in order by, and one for the sum of the others.
pub fn corpus_bars(
    ranked: &[RankedToken<'_>],
    order: TokenOrder,
    most: usize,
    measures: Measures,
    words: &ExplanationWords<'_>,
) -> Picture {
    let size = measures.type_size;
    let mut picture = Picture::new(measures);
    let (shown, rest) = ranked.split_at(ranked.len().min(most));
    let mut rows: Vec<(String, f64, bool)> = shown
        .iter()
        .map(|token| (counted_name(token, words), token.1.rank(order), true))
        .collect();
    if !rest.is_empty() {
        let count = words.values.numbers().count(rest.len());
        let sum = rest.iter().map(|(_, token)| token.rank(order)).sum();
        rows.push((words.others.replace("{count}", &count), sum, false));
    }
    let number = |value: f64| words.values.score(value);
    let widest = rows
        .iter()
        .map(|(_, value, _)| text_width(&number(*value), size * SMALL.0))
        .fold(0.0, f32::max);
    // Small numbers have many digits: names are shortened sooner than these.
    let before_numbers = (measures.width - widest - 0.5 * size).max(0.0);
    let left = names_width(rows.iter().map(|(name, ..)| name.as_str()), measures).min(before_numbers);
    let room = before_numbers - left;
    let longest_of = |is_token: bool| {
        let bars = rows.iter().filter(|(.., is)| *is == is_token);
        bars.map(|(_, value, _)| *value).fold(0.0, f64::max)
    };
    // The sum of hundreds would leave nothing to see of each: its bar ends where there is no more room, with a break.
    let longest = match longest_of(true) {
        0.0 => longest_of(false),
        longest => longest,
    };
    for (row, (name, value, is_token)) in rows.into_iter().enumerate() {
        let top = row as f32 * size * ROW;
        let baseline = top + size * (ROW / 2.0 + MIDDLE_OF_TYPE);
        let at = |x: f32| Point { x, y: baseline };
        let paint = if is_token { Paint::Ink } else { Paint::Quiet };
        let end_of_name = left - 0.6 * size;
        picture.text(
            at(end_of_name),
            Anchor::End,
            NAME,
            paint,
            fitting(&name, end_of_name, size),
        );
        let share = if longest > 0.0 {
            (value / longest) as f32
        } else {
            0.0
        };
        let length = share.min(1.0) * room;
        let (above, height) = (top + 0.3 * size, 1.1 * size);
        let corner = Point { x: left, y: above };
        let paint = Paint::Sequential(if is_token { 1.0 } else { 0.45 });
        picture.rectangle(corner, length, height, paint);
        if share > 1.0 {
            for behind in [1.6, 0.9] {
                let x = left + length - behind * size;
                let slanted = [
                    Point {
                        x: x - 0.2 * size,
                        y: above + height,
                    },
                    Point {
                        x: x + 0.2 * size,
                        y: above,
                    },
                ];
                picture.line(slanted, 0.25 * size, Paint::Paper);
            }
        }
        let beyond = at(left + length + 0.3 * size);
        picture.text(beyond, Anchor::Start, SMALL, Paint::Ink, number(value));
        if is_token {
            picture.target(
                TargetOf::Row(row),
                Point { x: 0.0, y: top },
                measures.width,
                ROW * size,
            );
        }
        picture.height = top + ROW * size;
    }
    picture
}

#[cfg(test)]
mod tests {
    use vitrine_explain::Corpus;
    use vitrine_record::TokenUnit;

    use super::*;
    use crate::{
        Shape,
        explanation::{
            SignedScale, fixture,
            picture::{TRIED, check_picture, words},
        },
    };

    #[test]
    fn bars_are_as_long_as_what_tokens_are_in_order_by() {
        let explanations = fixture::several();
        let words = words(SignedScale::of(&explanations));
        let corpus = fixture::corpus(&explanations, TokenUnit::Pieces);
        for (measures, order) in TRIED.into_iter().zip(TokenOrder::ALL.iter().cycle()) {
            let ranked = corpus.ranked(*order, 1);
            let picture = corpus_bars(&ranked, *order, 5, measures, &words);
            check_picture(&picture);
            let bars: Vec<f32> = picture
                .shapes
                .iter()
                .filter_map(|shape| match shape {
                    Shape::Rectangle { width, .. } => Some(*width),
                    _ => None,
                })
                .collect();
            assert_eq!((bars.len(), picture.targets.len()), (6, 5));
            let first = ranked[0].1.rank(*order);
            for (bar, (_, token)) in bars.iter().zip(&ranked[..5]) {
                assert!((f64::from(bar / bars[0]) - token.rank(*order) / first).abs() < 1e-4);
            }
            assert!(bars[5] <= bars[0]);
            let rest: f64 = ranked[5..].iter().map(|(_, token)| token.rank(*order)).sum();
            let written = words.values.score(rest);
            let is_sum = |shape: &Shape| matches!(shape, Shape::Text { content, .. } if *content == written);
            assert!(picture.shapes.iter().any(is_sum), "{written} is not written");
        }
        let none = Corpus::new(TokenUnit::Words);
        let ranked = none.ranked(TokenOrder::MeanSize, 1);
        check_picture(&corpus_bars(&ranked, TokenOrder::MeanSize, 5, TRIED[0], &words));
    }
}
