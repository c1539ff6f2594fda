//! Bars of what tokens do over many texts.

use vitrine_explain::{Corpus, RankedToken};
use vitrine_record::TokenOrder;

use super::{
    ExplanationWords, Measures, Picture, TargetOf,
    picture::{MIDDLE_OF_TYPE, NAME, SMALL},
    signed_bars::{ROW, names_width},
};
use crate::{Anchor, Paint, Point, difference::sign, fitting, text_width};

/// Texts that stand beside others.
#[derive(Clone, Debug)]
pub struct Cohort<'a> {
    /// What they are called.
    pub name: String,
    /// What they have in common.
    pub corpus: &'a Corpus,
}

/// A token's name with how often it occurs.
pub(crate) fn counted_name((name, token): &RankedToken<'_>, words: &ExplanationWords<'_>) -> String {
    format!("{name} {}", times(token.occurrences, words))
}

fn times(occurrences: usize, words: &ExplanationWords<'_>) -> String {
    format!("×{}", words.values.numbers().count(occurrences))
}

/// What tokens that do not stand by themselves come to: the sum of what they are in order by, or the largest of it.
fn together(values: impl Iterator<Item = f64>, order: TokenOrder) -> f64 {
    match order {
        TokenOrder::LargestSize => values.fold(0.0, f64::max),
        TokenOrder::MeanSize | TokenOrder::TotalSize | TokenOrder::Mean => values.sum(),
    }
}

/// A line of the picture.
struct Line {
    name: String,
    kind: Kind,
    /// Whether it is of one token, not of several.
    is_of_one: bool,
    /// Nothing of a heading, nor of a cohort without the token.
    bar: Option<Bar>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// A token, or the others, with its bar.
    Token,
    /// A token, or the others, above the bars of cohorts.
    Heading,
    Cohort,
}

struct Bar {
    value: f64,
    number: String,
    shade: f32,
}

/// The first tokens, then the others as one, each with the lines that belong together.
fn groups(
    ranked: &[RankedToken<'_>],
    cohorts: &[Cohort<'_>],
    order: TokenOrder,
    most: usize,
    words: &ExplanationWords<'_>,
) -> Vec<Vec<Line>> {
    let (shown, rest) = ranked.split_at(ranked.len().min(most));
    let number = |value: f64| match order {
        TokenOrder::Mean => words.values.value(value),
        _ => words.values.score(value),
    };
    let group = |name: String, tokens: &[RankedToken<'_>], is_of_one: bool| {
        let line = |name, kind, bar| Line {
            name,
            kind,
            is_of_one,
            bar,
        };
        if cohorts.is_empty() {
            let value = together(tokens.iter().map(|token| token.1.rank(order)), order);
            let shade = if is_of_one { 1.0 } else { 0.45 };
            let number = number(value);
            let bar = Bar { value, number, shade };
            return vec![line(name, Kind::Token, Some(bar))];
        }
        let of_cohorts = cohorts.iter().enumerate().map(|(place, cohort)| {
            let known: Vec<_> = tokens
                .iter()
                .filter_map(|(name, _)| cohort.corpus.token(name))
                .collect();
            let value = together(known.iter().map(|token| token.rank(order)), order);
            let occurrences = known.iter().map(|token| token.occurrences).sum();
            let bar = Bar {
                value,
                number: format!("{} {}", number(value), times(occurrences, words)),
                shade: 1.0 - 0.55 * place as f32 / (cohorts.len() - 1).max(1) as f32,
            };
            line(
                cohort.name.clone(),
                Kind::Cohort,
                (occurrences > 0).then_some(bar),
            )
        });
        let heading = line(name, Kind::Heading, None);
        std::iter::once(heading).chain(of_cohorts).collect()
    };
    let one = |token: &RankedToken<'_>| group(counted_name(token, words), std::slice::from_ref(token), true);
    let mut groups: Vec<Vec<Line>> = shown.iter().map(one).collect();
    if !rest.is_empty() {
        let count = words.values.numbers().count(rest.len());
        groups.push(group(words.others.replace("{count}", &count), rest, false));
    }
    groups
}

/// Bars for the first tokens, as long as what they are in order by, and one for what the others come to. Of cohorts each
/// has a bar of its own under each token's name, with how often the token occurs there. What is in order by its mean
/// with its sign has bars on both sides of zero.
pub fn corpus_bars(
    ranked: &[RankedToken<'_>],
    cohorts: &[Cohort<'_>],
    order: TokenOrder,
    most: usize,
    measures: Measures,
    words: &ExplanationWords<'_>,
) -> Picture {
    let size = measures.type_size;
    let mut picture = Picture::new(measures);
    let groups = groups(ranked, cohorts, order, most, words);
    let columns = Columns::new(&groups, measures);
    let mut top = 0.0;
    for (row, group) in groups.iter().enumerate() {
        let start = top;
        for line in group {
            columns.line(&mut picture, top, line, order);
            top += ROW * size;
        }
        let is_of_cohorts = group.len() > 1;
        if is_of_cohorts {
            // Bars that belong together stand together.
            top += 0.5 * size;
        }
        if group.iter().all(|line| line.is_of_one) {
            let corner = Point { x: 0.0, y: start };
            picture.target(TargetOf::Row(row), corner, measures.width, top - start);
        }
    }
    if columns.zero > columns.left {
        let zero = columns.zero;
        picture.line(
            [Point { x: zero, y: 0.0 }, Point { x: zero, y: top }],
            1.0,
            Paint::Quiet,
        );
    }
    picture.height = top;
    picture
}

/// Where names end, where zero is, how long one unit is and from where on bars are broken off.
struct Columns {
    left: f32,
    zero: f32,
    unit: f64,
    longest: f64,
}

impl Columns {
    fn new(groups: &[Vec<Line>], measures: Measures) -> Columns {
        let size = measures.type_size;
        let lines = || groups.iter().flatten();
        let bars = || lines().filter_map(|line| Some((line.bar.as_ref()?, line.is_of_one)));
        let longest_of = |is_of_one: bool| {
            let sizes = bars()
                .filter(|bar| bar.1 == is_of_one)
                .map(|(bar, _)| bar.value.abs());
            sizes.fold(0.0, f64::max)
        };
        // The sum of hundreds would leave nothing to see of each: its bar ends where there is no more room, with a break.
        let longest = match longest_of(true) {
            0.0 => longest_of(false),
            longest => longest,
        };
        let reach = |sign: f64| {
            let ends = bars().map(|(bar, _)| (bar.value * sign).min(longest));
            ends.fold(0.0, f64::max)
        };
        let widest = bars()
            .map(|(bar, _)| text_width(&bar.number, size * SMALL.0))
            .fold(0.0, f32::max)
            + 0.5 * size;
        let (negative, positive) = (reach(-1.0), reach(1.0));
        let numbers_at_left = if negative > 0.0 { widest } else { 0.0 };
        // Small numbers have many digits: names are shortened sooner than these. Names above bars have all the width.
        let names = lines().filter(|line| line.kind != Kind::Heading);
        let left = names_width(names.map(|line| line.name.as_str()), measures)
            .min((measures.width - widest - numbers_at_left).max(0.0));
        let room = (measures.width - left - widest - numbers_at_left).max(0.0);
        let length = negative + positive;
        let unit = if length > 0.0 {
            f64::from(room) / length
        } else {
            0.0
        };
        Columns {
            left,
            zero: left + numbers_at_left + (negative * unit) as f32,
            unit,
            longest,
        }
    }

    fn line(&self, picture: &mut Picture, top: f32, line: &Line, order: TokenOrder) {
        let (size, width) = (picture.measures.type_size, picture.measures.width);
        let baseline = top + size * (ROW / 2.0 + MIDDLE_OF_TYPE);
        let at = |x: f32| Point { x, y: baseline };
        let paint = match line.kind {
            Kind::Cohort => Paint::Quiet,
            _ if !line.is_of_one => Paint::Quiet,
            _ => Paint::Ink,
        };
        let end_of_name = self.left - 0.6 * size;
        let (x, anchor, room) = match line.kind {
            Kind::Heading => (0.0, Anchor::Start, width),
            Kind::Token | Kind::Cohort => (end_of_name, Anchor::End, end_of_name),
        };
        // Long numbers may leave no room for a name.
        if room >= size {
            picture.text(at(x), anchor, NAME, paint, fitting(&line.name, room, size));
        }
        let Some(bar) = &line.bar else {
            return;
        };
        let drawn = bar.value.abs().min(self.longest);
        let side = 1f32.copysign(bar.value as f32);
        let length = (drawn * self.unit) as f32;
        let (above, height) = (top + 0.3 * size, 1.1 * size);
        let corner = Point {
            x: self.zero.min(self.zero + side * length),
            y: above,
        };
        let paint = match order {
            TokenOrder::Mean => sign(side),
            _ => Paint::Sequential(bar.shade),
        };
        picture.rectangle(corner, length, height, paint);
        if bar.value.abs() > self.longest {
            for before in [1.6, 0.9] {
                let x = self.zero + side * (length - before * size);
                let slanted = [(-0.2, above + height), (0.2, above)];
                let slanted = slanted.map(|(aside, y)| Point {
                    x: x + aside * size,
                    y,
                });
                picture.line(slanted, 0.25 * size, Paint::Paper);
            }
        }
        let anchor = if side < 0.0 { Anchor::End } else { Anchor::Start };
        let beyond = at(self.zero + side * (length + 0.3 * size));
        picture.text(beyond, anchor, SMALL, Paint::Ink, bar.number.clone());
    }
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

    fn bars(picture: &Picture) -> Vec<(f32, f32)> {
        let of = |shape: &Shape| match shape {
            Shape::Rectangle { corner, width, .. } => Some((corner.x, *width)),
            _ => None,
        };
        picture.shapes.iter().filter_map(of).collect()
    }

    fn is_written(picture: &Picture, text: &str) -> bool {
        let is = |shape: &Shape| matches!(shape, Shape::Text { content, .. } if content == text);
        picture.shapes.iter().any(is)
    }

    #[test]
    fn bars_are_as_long_as_what_tokens_are_in_order_by() {
        let explanations = fixture::several();
        let words = words(SignedScale::of(&explanations));
        let corpus = fixture::corpus(&explanations, TokenUnit::Pieces);
        for (measures, order) in TRIED.iter().cycle().zip(TokenOrder::ALL.iter().cycle()).take(12) {
            let ranked = corpus.ranked(*order, 1);
            let picture = corpus_bars(&ranked, &[], *order, 5, *measures, &words);
            check_picture(&picture);
            let bars: Vec<f32> = bars(&picture).into_iter().map(|(_, width)| width).collect();
            assert_eq!((bars.len(), picture.targets.len()), (6, 5));
            let first = ranked[0].1.rank(*order);
            for (bar, (_, token)) in bars.iter().zip(&ranked[..5]) {
                assert!((f64::from(bar / bars[0]) - (token.rank(*order) / first).abs()).abs() < 1e-4);
            }
            assert!(bars[5] <= bars[0]);
            let rest = ranked[5..].iter().map(|(_, token)| token.rank(*order));
            let written = match order {
                TokenOrder::Mean => words.values.value(rest.sum()),
                TokenOrder::LargestSize => words.values.score(rest.fold(0.0, f64::max)),
                _ => words.values.score(rest.sum()),
            };
            assert!(is_written(&picture, &written), "{written} is not written");
        }
        let none = Corpus::new(TokenUnit::Words);
        let ranked = none.ranked(TokenOrder::MeanSize, 1);
        check_picture(&corpus_bars(
            &ranked,
            &[],
            TokenOrder::MeanSize,
            5,
            TRIED[0],
            &words,
        ));
    }

    #[test]
    fn means_with_their_signs_stand_on_both_sides_of_zero() {
        let explanations = fixture::several();
        let words = words(SignedScale::of(&explanations));
        let corpus = fixture::corpus(&explanations, TokenUnit::Pieces);
        let ranked = corpus.ranked(TokenOrder::Mean, 1);
        for measures in TRIED {
            let picture = corpus_bars(&ranked, &[], TokenOrder::Mean, 6, measures, &words);
            let zero = picture.shapes.iter().find_map(|shape| match shape {
                Shape::Polyline {
                    points,
                    paint: Paint::Quiet,
                    ..
                } => Some(points[0].x),
                _ => None,
            });
            let zero = zero.expect("there are values below zero");
            let mut sides = [0, 0];
            for ((start, width), (_, token)) in bars(&picture).into_iter().zip(&ranked[..6]) {
                let end = if token.mean < 0.0 { start + width } else { start };
                assert!((end - zero).abs() < 0.01, "{token:?}");
                sides[usize::from(token.mean < 0.0)] += 1;
            }
            assert!(sides.iter().all(|count| *count > 0), "{sides:?}");
        }
    }

    #[test]
    fn each_cohort_has_a_bar_under_each_of_its_tokens() {
        let explanations = fixture::several();
        let words = words(SignedScale::of(&explanations));
        let all = fixture::corpus(&explanations, TokenUnit::Words);
        let parts =
            [&explanations[..1], &explanations[1..]].map(|part| fixture::corpus(part, TokenUnit::Words));
        let names = ["short".to_owned(), "long".to_owned()];
        let cohorts: Vec<Cohort<'_>> = names
            .into_iter()
            .zip(&parts)
            .map(|(name, corpus)| Cohort { name, corpus })
            .collect();
        for (measures, &order) in TRIED.into_iter().cycle().zip(TokenOrder::ALL).take(12) {
            let ranked = all.ranked(order, 1);
            let picture = corpus_bars(&ranked, &cohorts, order, 4, measures, &words);
            check_picture(&picture);
            let known = ranked[..4]
                .iter()
                .flat_map(|(name, _)| parts.iter().map(|part| part.token(name)));
            let known: Vec<f64> = known.flatten().map(|token| token.rank(order)).collect();
            let drawn = bars(&picture);
            assert_eq!((drawn.len(), picture.targets.len()), (known.len() + 2, 4));
            let most = known.iter().fold(0.0f64, |most, value| most.max(value.abs()));
            let longest = drawn.iter().fold(0.0f32, |longest, bar| longest.max(bar.1));
            for (value, (_, width)) in known.iter().zip(&drawn) {
                assert!((f64::from(width / longest) - value.abs() / most).abs() < 1e-3);
            }
            let first = parts.iter().find_map(|part| part.token(ranked[0].0));
            let first = first.expect("a cohort has it");
            let value = match order {
                TokenOrder::Mean => words.values.value(first.rank(order)),
                _ => words.values.score(first.rank(order)),
            };
            let counted = format!("{value} ×{}", first.occurrences);
            assert!(is_written(&picture, &counted), "{counted} is not written");
        }
    }
}
