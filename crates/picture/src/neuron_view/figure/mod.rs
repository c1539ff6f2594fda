//! The neuron view as a figure that stands alone: tokens down, the steps within the head from left to right, and under
//! them those as wide as the hidden state.

use std::ops::Range;

use vitrine_record::{HeadComputation, Position, Token};

use super::{Grid, Row, RowOf, Step, grid::cut, grids};
use crate::{Anchor, FigureWords, NumberStyle, Paint, Point, Scene, Shape, Tile, shortened, tiles};

/// A figure of a longer text has the token that asks and those that it gives most.
pub const MOST_TOKENS_OF_A_FIGURE: usize = 64;

const MARGIN: f32 = 24.0;
const GAP: f32 = 14.0;
/// Width of the tokens' names.
const NAMES: f32 = 112.0;
/// Width of a step with a cell for each dimension of the head; so wide are its name and formula.
const STEP: f32 = 150.0;
const WIDTH: f32 = NAMES + 7.0 * (STEP + GAP);
const TOKEN_HEIGHT: f32 = 18.0;
const STRIP_HEIGHT: f32 = 12.0;
/// Height of a row of the output projection, of which there are as many as the head is wide.
const WEIGHT_HEIGHT: f32 = 3.0;
/// Narrower cells cannot be told apart.
const NARROWEST_CELL: f32 = 2.0;
/// Height of name, formula and scale above the cells of a step within the head.
const HEADING: f32 = 58.0;
const LARGE: f32 = 14.0;
const SMALL: f32 = 11.0;
/// Nothing here can measure type, so a long piece is cut by its number of characters.
const MOST_CHARACTERS_OF_A_NAME: usize = 15;

/// What is written around the figure of a neuron view.
#[derive(Clone, Copy, Debug)]
pub struct StepWords<'a> {
    /// Above and below it.
    pub figure: FigureWords<'a>,
    /// The names of the steps, in order.
    pub names: [&'a str; Step::ALL.len()],
}

/// The whole picture, as it is exported. The heading is set above it, the lines of the note below; they are its title
/// and description. Nothing if the computation is not [consistent](HeadComputation::is_consistent) or is about another
/// number of tokens.
pub fn scene(computation: &HeadComputation, tokens: &[Token], words: &StepWords) -> Option<Scene> {
    if !computation.is_consistent() || tokens.len() != computation.tokens() {
        return None;
    }
    let FigureWords {
        heading,
        note,
        numbers,
    } = words.figure;
    let mut figure = Figure {
        computation,
        words,
        numbers,
        shapes: Vec::new(),
        tiles: tiles(tokens),
        drawn: drawn_tokens(computation),
    };
    figure.text(
        (0.0, 16.0),
        Anchor::Start,
        16.0,
        true,
        Paint::Ink,
        heading.to_owned(),
    );
    let mut y = figure.steps_within_head(40.0);
    for step in Step::ALL.into_iter().filter(|step| !step.is_within_head()) {
        y = figure.wide_step(step, y + 24.0);
    }
    for line in note.lines() {
        y += SMALL * 1.5;
        figure.text(
            (0.0, y),
            Anchor::Start,
            SMALL,
            false,
            Paint::Quiet,
            line.to_owned(),
        );
    }
    Some(Scene {
        width: WIDTH + 2.0 * MARGIN,
        height: y + 2.0 * MARGIN,
        title: heading.to_owned(),
        description: note.to_owned(),
        shapes: figure.shapes,
    })
}

/// All tokens; of many, the one that asks and those that are given most, in the order of the text.
fn drawn_tokens(computation: &HeadComputation) -> Vec<usize> {
    let mut tokens: Vec<usize> = (0..computation.tokens()).collect();
    let asks = computation.destination.0;
    let share = |token: &usize| computation.probabilities[*token];
    tokens.sort_by(|one, other| {
        let first = (*other == asks).cmp(&(*one == asks));
        first.then(share(other).total_cmp(&share(one)))
    });
    tokens.truncate(MOST_TOKENS_OF_A_FIGURE);
    tokens.sort_unstable();
    tokens
}

struct Figure<'a> {
    computation: &'a HeadComputation,
    words: &'a StepWords<'a>,
    numbers: NumberStyle,
    shapes: Vec<Shape>,
    tiles: Vec<Tile>,
    drawn: Vec<usize>,
}

impl Figure<'_> {
    fn text(
        &mut self,
        (x, y): (f32, f32),
        anchor: Anchor,
        size: f32,
        bold: bool,
        paint: Paint,
        content: String,
    ) {
        self.shapes.push(Shape::Text {
            at: Point {
                x: x + MARGIN,
                y: y + MARGIN,
            },
            anchor,
            size,
            turned: false,
            bold,
            paint,
            content,
        });
    }

    fn rectangle(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), paint: Paint) {
        self.shapes.push(Shape::Rectangle {
            corner: Point {
                x: x + MARGIN,
                y: y + MARGIN,
            },
            width,
            height,
            paint,
            opacity: 1.0,
        });
    }

    /// Some cells of a row. One that has no colour, because its key is hidden, is left out.
    fn cells(
        &mut self,
        grid: &Grid,
        row: usize,
        columns: Range<usize>,
        (x, y): (f32, f32),
        (cell_width, height): (f32, f32),
    ) {
        let first = columns.start;
        for column in columns {
            if let Some(paint) = grid.scale.paint(grid.at(row, column)) {
                let left = x + (column - first) as f32 * cell_width;
                self.rectangle((left, y), (cell_width, height), paint);
            }
        }
    }

    /// A scale with its limits, from `x` over `width`; its text stands on `y`.
    fn ramp(&mut self, grid: &Grid, (x, y): (f32, f32), width: f32) {
        const CELLS: usize = 17;
        const LIMIT: f32 = 42.0;
        let (low, high) = grid.scale.limits();
        for (limit, at, anchor) in [(low, x, Anchor::Start), (high, x + width, Anchor::End)] {
            let limit = self.numbers.significant(limit);
            self.text((at, y), anchor, SMALL, false, Paint::Quiet, limit);
        }
        let cell = (width - 2.0 * LIMIT) / CELLS as f32;
        for (place, number) in grid.scale.ramp(CELLS).into_iter().enumerate() {
            if let Some(paint) = grid.scale.paint(number) {
                self.rectangle((x + LIMIT + place as f32 * cell, y - 8.0), (cell, 8.0), paint);
            }
        }
    }

    fn name(&mut self, step: Step, at: (f32, f32)) {
        let name = format!("{}  {}", step.number(), self.words.names[step as usize]);
        self.text(at, Anchor::Start, LARGE, true, Paint::Ink, name);
    }

    fn formula(&mut self, step: Step, at: (f32, f32)) {
        let formula = step.formula(self.computation).plain();
        self.text(at, Anchor::Start, SMALL, false, Paint::Quiet, formula);
    }

    /// Where the row of a drawn token begins.
    fn token_top(top: f32, place: usize) -> f32 {
        top + HEADING + place as f32 * TOKEN_HEIGHT
    }

    /// Tokens down, steps to the right. Gives where the next thing can stand.
    fn steps_within_head(&mut self, top: f32) -> f32 {
        let asks = self.computation.destination;
        for (place, token) in self.drawn.clone().into_iter().enumerate() {
            let y = Self::token_top(top, place) + TOKEN_HEIGHT * 0.72;
            let name = shortened(&self.tiles[token].text, MOST_CHARACTERS_OF_A_NAME);
            let paint = if self.tiles[token].special {
                Paint::Quiet
            } else {
                Paint::Ink
            };
            let is_asking = Position(token) == asks;
            self.text((NAMES - 8.0, y), Anchor::End, LARGE - 1.0, is_asking, paint, name);
        }
        for (place, step) in Step::ALL
            .into_iter()
            .filter(|step| step.is_within_head())
            .enumerate()
        {
            let x = NAMES + place as f32 * (STEP + GAP);
            self.name(step, (x, top + LARGE));
            self.formula(step, (x, top + LARGE * 2.3));
            for grid in grids(self.computation, step) {
                if !grid.is_sum {
                    self.ramp(&grid, (x, top + HEADING - 8.0), STEP);
                }
                self.rows_of_tokens(step, &grid, (x, top));
            }
        }
        // One row more for the sum.
        Self::token_top(top, self.drawn.len() + 1) + GAP
    }

    fn rows_of_tokens(&mut self, step: Step, grid: &Grid, (x, top): (f32, f32)) {
        let cell = STEP / grid.columns as f32;
        let height = TOKEN_HEIGHT - 2.0;
        for row in 0..grid.rows.len() {
            let token = match grid.rows[row].of {
                RowOf::Token(token) => token,
                _ if grid.is_sum => {
                    let y = Self::token_top(top, self.drawn.len()) + 4.0;
                    let symbol = grid.rows[row].quantity.symbol().plain();
                    self.text((x - 4.0, y + 12.0), Anchor::End, SMALL, true, Paint::Ink, symbol);
                    self.cells(grid, row, 0..grid.columns, (x, y), (cell, height));
                    continue;
                }
                _ => self.computation.destination,
            };
            let Ok(place) = self.drawn.binary_search(&token.0) else {
                continue;
            };
            let y = Self::token_top(top, place) + 1.0;
            if step.is_one_number() {
                let number = self.numbers.significant(grid.at(row, 0));
                let at = (x + STEP * 0.5, y + TOKEN_HEIGHT * 0.66);
                self.text(at, Anchor::Start, SMALL, false, Paint::Ink, number);
                self.cells(grid, row, 0..1, (x, y), (STEP * 0.45, height));
            } else {
                self.cells(grid, row, 0..grid.columns, (x, y), (cell, height));
            }
        }
    }

    /// A step as wide as the hidden state, in lines. Gives where it ends.
    fn wide_step(&mut self, step: Step, top: f32) -> f32 {
        let grids = grids(self.computation, step);
        self.name(step, (0.0, top));
        self.formula(step, (2.0 * NAMES, top));
        let scales = grids.iter().filter(|grid| !grid.is_sum).rev();
        for (place, grid) in scales.enumerate() {
            let right = WIDTH - GAP - place as f32 * (STEP + 4.0 * GAP);
            self.ramp(grid, (right - STEP, top), STEP);
            let symbols: Vec<String> = grid
                .rows
                .iter()
                .map(|row| row.quantity.symbol().plain())
                .collect();
            let mut symbols = symbols;
            symbols.dedup();
            let at = (right - STEP - 6.0, top);
            self.text(at, Anchor::End, SMALL, false, Paint::Quiet, symbols.join(", "));
        }
        let room = WIDTH - GAP - NAMES;
        let lines = cut(self.computation.hidden_size(), (room / NARROWEST_CELL) as usize);
        let cell = room / lines.first().map_or(1, Range::len) as f32;
        let mut y = top + 8.0;
        for columns in lines {
            for grid in &grids {
                let height = match grid.rows.first().map(|row| row.of) {
                    Some(RowOf::Dimension(_)) => WEIGHT_HEIGHT,
                    _ => STRIP_HEIGHT,
                };
                if grid.is_sum {
                    y += 3.0;
                }
                for (place, row) in grid.rows.iter().enumerate() {
                    self.row_name(row, y + height * 0.8);
                    let padding = if height > WEIGHT_HEIGHT { 1.0 } else { 0.0 };
                    self.cells(grid, place, columns.clone(), (NAMES, y), (cell, height - padding));
                    y += height;
                }
                y += 3.0;
            }
            y += 4.0;
        }
        y
    }

    fn row_name(&mut self, row: &Row, y: f32) {
        let symbol = row.quantity.symbol().plain();
        let (name, bold, paint) = match row.of {
            RowOf::Head(head) => (
                format!("{symbol}[{head}]"),
                head == self.computation.head,
                Paint::Head(head),
            ),
            RowOf::Dimension(0) => (symbol, false, Paint::Quiet),
            RowOf::Dimension(_) => return,
            RowOf::Token(_) | RowOf::Whole => (symbol, false, Paint::Ink),
        };
        let below = if matches!(row.of, RowOf::Dimension(_)) {
            SMALL
        } else {
            0.0
        };
        self.text((NAMES - 8.0, y + below), Anchor::End, SMALL, bold, paint, name);
    }
}

#[cfg(test)]
mod tests;
