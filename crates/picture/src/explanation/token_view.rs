//! The text itself, on a ground that says how much each part of it adds.

use std::{collections::BTreeMap, ops::Range};

use vitrine_record::{Explanation, ExplanationMethod, LimeWords, Segment, message::TextInput};

use super::{
    Measures, Picture, SignedScale, TargetOf,
    part::{Part, is_special, parts, text_of},
    picture::{ExplanationWords, MIDDLE_OF_TYPE, NAME, SMALL},
};
use crate::{Anchor, Paint, Point, text_width};

/// A stretch of the text, in the order in which it is read.
#[derive(Clone, Debug, PartialEq)]
pub struct TextRun {
    /// What stands there.
    pub text: String,
    /// The feature that it is; of what has no value, none.
    pub feature: Option<usize>,
    /// Whether nothing stands between it and what is before it.
    pub touches: bool,
    /// Whether it continues the word before it.
    pub continues_word: bool,
    /// The text that it belongs to.
    pub segment: Segment,
    /// Whether it is a token that the template added.
    pub is_special: bool,
}

/// The text in runs: features, and what lies between them. White space is no run; runs that it divides do not touch. Where
/// a feature is all occurrences of a word, each is a run of it.
pub fn text_runs(explanation: &Explanation) -> Vec<TextRun> {
    let mut runs = Vec::new();
    for segment in [Segment::A, Segment::B] {
        let TextInput { text, pair } = &explanation.input;
        let text = match segment {
            Segment::A => Some(text),
            Segment::B => pair.as_ref(),
        };
        let characters: Vec<char> = text.map(|text| text.chars().collect()).unwrap_or_default();
        let mut cursor = 0;
        for (feature, explained) in explanation.features.iter().enumerate() {
            if explained.segment != segment {
                continue;
            }
            let is_special = is_special(explanation, explained);
            let end = explained.end.min(characters.len());
            let start = explained.start.clamp(cursor, end.max(cursor));
            if !is_special {
                between(explanation, &characters, (cursor, start), segment, &mut runs);
            }
            let first = explanation.tokens.get(explained.tokens.start);
            runs.push(TextRun {
                // Tokens that share characters are told apart by their pieces.
                text: if explained.start < cursor && !is_special {
                    let piece = first.map_or(explained.text.as_str(), |token| token.piece.as_str());
                    piece.strip_prefix("##").unwrap_or(piece).to_owned()
                } else {
                    text_of(explanation, feature..feature + 1)
                },
                feature: Some(feature),
                touches: !is_special && touches(&characters, start, &runs, segment),
                continues_word: first.is_some_and(vitrine_record::Token::continues_word) && !runs.is_empty(),
                segment,
                is_special,
            });
            cursor = cursor.max(end);
        }
        between(
            explanation,
            &characters,
            (cursor, characters.len()),
            segment,
            &mut runs,
        );
    }
    runs
}

/// Whether a run that starts at a place stands directly behind the last one.
fn touches(characters: &[char], start: usize, runs: &[TextRun], segment: Segment) -> bool {
    let follows = runs
        .last()
        .is_some_and(|run| run.segment == segment && !run.is_special);
    let before = start.checked_sub(1).and_then(|before| characters.get(before));
    follows && before.is_some_and(|character| !character.is_whitespace())
}

/// What lies between two features: words and what is between words, each without its white space.
fn between(
    explanation: &Explanation,
    characters: &[char],
    (start, end): (usize, usize),
    segment: Segment,
    runs: &mut Vec<TextRun>,
) {
    let settings = &explanation.settings;
    let is_bag = settings.method == ExplanationMethod::Lime && settings.lime.words == LimeWords::BagOfWords;
    let kind = |character: char| match character {
        character if character.is_whitespace() => 0,
        character if character.is_alphanumeric() || character == '_' => 1,
        _ => 2,
    };
    let mut at = start;
    while at < end {
        let of = kind(characters[at]);
        let until = (at..end)
            .find(|place| kind(characters[*place]) != of)
            .unwrap_or(end);
        let text: String = characters[at..until].iter().collect();
        if of != 0 {
            let same = explanation
                .features
                .iter()
                .position(|feature| is_bag && feature.text == text);
            let touches = touches(characters, at, runs, segment);
            runs.push(TextRun {
                text,
                feature: same,
                touches,
                continues_word: false,
                segment,
                is_special: false,
            });
        }
        at = until;
    }
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq)]
struct Placed {
    run: usize,
    /// The run, or what of it fits into a line.
    text: String,
    line: usize,
    start: f32,
    end: f32,
}

/// The text as runs, each of a part with a value.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenView {
    /// The parts of the text.
    pub parts: Vec<Part>,
    /// What stands in the text, in order.
    pub runs: Vec<TextRun>,
    /// The part of each feature.
    part_of: BTreeMap<usize, usize>,
}

impl TokenView {
    /// The text of an explanation.
    pub fn new(explanation: &Explanation) -> TokenView {
        let parts = parts(explanation);
        let of_part =
            |(place, part): (usize, &Part)| part.features.clone().map(move |feature| (feature, place));
        TokenView {
            part_of: parts.iter().enumerate().flat_map(of_part).collect(),
            runs: text_runs(explanation),
            parts,
        }
    }

    /// The place of the part that a run belongs to.
    pub fn part_of(&self, run: &TextRun) -> Option<usize> {
        run.feature
            .and_then(|feature| self.part_of.get(&feature).copied())
    }

    /// The text in lines. Pieces of one word touch; neighbouring features that are not told apart yet are one block, with
    /// a line below it. Numbers, if wanted, stand below.
    pub fn picture(
        &self,
        scale: SignedScale,
        measures: Measures,
        words: &ExplanationWords<'_>,
        has_numbers: bool,
    ) -> Picture {
        let size = measures.type_size;
        let mut picture = Picture::new(measures);
        let line_height = size * if has_numbers { 3.0 } else { 2.1 };
        let number = |part: usize| words.values.value(self.parts[part].value);
        let placed = self.lines(measures, |part| {
            if has_numbers {
                text_width(&number(part), size * SMALL.0)
            } else {
                0.0
            }
        });
        for block in self.blocks(&placed) {
            let (first, last) = (&placed[block.start], &placed[block.end - 1]);
            let top = first.line as f32 * line_height;
            let (start, end) = (first.start, last.end);
            let part = self.part_of(&self.runs[first.run]);
            let corner = Point { x: start, y: top };
            let height = GROUND * size;
            let value = part.map(|part| self.parts[part].value);
            if let Some(value) = value {
                picture.rectangle(corner, end - start, height, scale.paint(value));
            }
            if let Some(part) = part {
                let below = top + height + size * 0.14;
                if !self.parts[part].is_resolved {
                    let bend = Point { x: start, y: below };
                    let line = [bend, Point { x: end, y: below }];
                    picture.line(line, size * 0.14, Paint::Quiet);
                }
                let is_whole_piece = !first.text.is_empty();
                if has_numbers && is_whole_piece && self.is_first_fragment(&placed, block.start) {
                    let at = Point {
                        x: (start + end) / 2.0,
                        y: below + size * 0.85,
                    };
                    picture.text(at, Anchor::Middle, SMALL, Paint::Quiet, number(part));
                }
                let features = TargetOf::Features(self.parts[part].features.clone().collect());
                picture.target(features, corner, end - start, height);
            }
            for piece in &placed[block] {
                let run = &self.runs[piece.run];
                let at = Point {
                    x: (piece.start + piece.end) / 2.0,
                    y: top + height / 2.0 + size * MIDDLE_OF_TYPE,
                };
                let paint = value.map_or(Paint::Ink, |value| scale.text_paint(value));
                picture.text(
                    at,
                    Anchor::Middle,
                    (NAME.0, run.is_special),
                    paint,
                    piece.text.clone(),
                );
            }
        }
        let lines = placed.last().map_or(0, |piece| piece.line + 1);
        picture.height = lines as f32 * line_height;
        picture
    }

    /// Whether a block is the first of its part; a part that goes over several lines has its number once.
    fn is_first_fragment(&self, placed: &[Placed], start: usize) -> bool {
        let Some(before) = start.checked_sub(1) else {
            return true;
        };
        let of = |place: usize| {
            let run = &self.runs[placed[place].run];
            (self.part_of(run), placed[place].run)
        };
        let ((part, run), (part_before, run_before)) = (of(start), of(before));
        let is_unresolved = part.is_some_and(|part| !self.parts[part].is_resolved);
        part != part_before || (run != run_before && !is_unresolved)
    }

    /// Stretches of pieces that have one ground: a run, or neighbours in a line that are not told apart.
    fn blocks(&self, placed: &[Placed]) -> Vec<Range<usize>> {
        let mut blocks: Vec<Range<usize>> = Vec::new();
        for (place, piece) in placed.iter().enumerate() {
            let part = self.part_of(&self.runs[piece.run]);
            let joins = place > 0 && {
                let before = &placed[place - 1];
                let is_block = part.is_some_and(|part| !self.parts[part].is_resolved);
                is_block && part == self.part_of(&self.runs[before.run]) && before.line == piece.line
            };
            match blocks.last_mut() {
                Some(block) if joins => block.end = place + 1,
                _ => blocks.push(place..place + 1),
            }
        }
        blocks
    }

    /// Runs that touch; of those that are not told apart, what they are together, at the first of them.
    fn joined(&self, runs: Range<usize>) -> Vec<(usize, String)> {
        let mut joined: Vec<(usize, String)> = Vec::new();
        for run in runs {
            let part = self.part_of(&self.runs[run]);
            let is_block = part.is_some_and(|part| !self.parts[part].is_resolved);
            match joined.last_mut() {
                Some((before, text)) if is_block && part == self.part_of(&self.runs[*before]) => {
                    text.push_str(&self.runs[run].text);
                }
                _ => joined.push((run, self.runs[run].text.clone())),
            }
        }
        joined
    }

    /// Runs in lines of a width, broken where they do not touch; what is longer than a line is broken where it is full.
    /// A run is at least as wide as `least` says of its part.
    fn lines(&self, measures: Measures, least: impl Fn(usize) -> f32) -> Vec<Placed> {
        let (size, width) = (measures.type_size, measures.width);
        let padding = 0.3 * size;
        let natural = |text: &str| text_width(text, size * NAME.0) + 2.0 * padding;
        let mut placed = Vec::new();
        let (mut line, mut x) = (0, 0.0f32);
        let mut place = 0;
        while place < self.runs.len() {
            // What touches stays in one line if it fits into one.
            let end = (place + 1..self.runs.len())
                .find(|next| !self.runs[*next].touches)
                .unwrap_or(self.runs.len());
            let pieces: Vec<(usize, String, f32)> = self
                .joined(place..end)
                .into_iter()
                .map(|(run, text)| {
                    // A number has a little room beside it, so that it is not read with its neighbour.
                    let number = self.part_of(&self.runs[run]).map_or(0.0, &least);
                    let number = if number > 0.0 { number + 2.0 * padding } else { 0.0 };
                    let wide = natural(&text).max(number);
                    (run, text, wide)
                })
                .collect();
            let total: f32 = pieces.iter().map(|(.., wide)| wide).sum();
            let is_new_text = place > 0 && self.runs[place].segment != self.runs[place - 1].segment;
            let gap = if x > 0.0 { GAP * size } else { 0.0 };
            if x > 0.0 && (x + gap + total > width || is_new_text) {
                line += 1;
                x = 0.0;
            } else {
                x += gap;
            }
            for (run, whole, wide) in &pieces {
                let (run, mut text, mut wide) = (*run, whole.as_str(), *wide);
                if x > 0.0 && x + wide > width {
                    line += 1;
                    x = 0.0;
                }
                while wide > width && text.chars().count() > 1 {
                    let cut = cut_for(text, width - 2.0 * padding, size);
                    let (fits, rest) = text.split_at(cut);
                    placed.push(Placed {
                        run,
                        text: fits.to_owned(),
                        line,
                        start: 0.0,
                        end: width,
                    });
                    line += 1;
                    text = rest;
                    wide = natural(text);
                }
                let end = (x + wide).min(width);
                placed.push(Placed {
                    run,
                    text: text.to_owned(),
                    line,
                    start: x,
                    end,
                });
                x = end + if self.runs[run].is_special { 0.0 } else { HAIR };
            }
            place = end;
        }
        placed
    }
}

/// After how many bytes a text that is too long is broken; at least one character stays.
fn cut_for(text: &str, width: f32, size: f32) -> usize {
    let ends = text
        .char_indices()
        .map(|(at, character)| at + character.len_utf8());
    let first = text.chars().next().map_or(0, char::len_utf8);
    ends.take_while(|end| text_width(&text[..*end], size) <= width)
        .last()
        .unwrap_or(first)
}

/// Height of a ground, and what is between words, by the size of type; and between what touches, in pixels.
const GROUND: f32 = 1.5;
const GAP: f32 = 0.35;
const HAIR: f32 = 1.0;

#[cfg(test)]
#[path = "token_view_tests.rs"]
mod tests;
