//! What each step came to, as data for a sentence, and what each cell holds, as text.

use vitrine_record::{HeadComputation, HeadIdx, Position};

use super::{
    Grid, Quantity, RowOf, Step,
    check::moments,
    grid::{attention_output, products, sum, weighted_values},
};
use crate::NumberStyle;

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StepReading {
    /// The dimension in which the query is largest in magnitude.
    Query {
        /// How many numbers it has.
        size: usize,
        /// The dimension.
        dimension: usize,
        /// The number there.
        value: f32,
    },
    /// The longest key.
    Keys {
        /// How many keys there are.
        tokens: usize,
        /// Whose it is.
        longest: Position,
        /// Its Euclidean length.
        length: f32,
    },
    /// The largest product.
    Products {
        /// Whose key.
        token: Position,
        /// In which dimension.
        dimension: usize,
        /// The product.
        product: f32,
    },
    /// The best match.
    Scores {
        /// Whose key.
        best: Position,
        /// Its score.
        score: f32,
        /// The probability that it comes to.
        probability: f32,
    },
    /// The largest probabilities.
    Probabilities {
        /// Who is given most, and how much.
        first: (Position, f32),
        /// Who comes second, where there is another token.
        second: Option<(Position, f32)>,
    },
    /// The longest value.
    Values {
        /// Whose it is.
        longest: Position,
        /// Its Euclidean length.
        length: f32,
    },
    /// What adds most to the head's output.
    WeightedSum {
        /// The token whose weighted value is longest.
        most: Position,
        /// The length of that.
        part: f32,
        /// The length of the output.
        length: f32,
    },
    /// What the head adds.
    Projection {
        /// Numbers of the output.
        size: usize,
        /// Numbers of what is added.
        hidden: usize,
        /// Its length.
        length: f32,
    },
    /// How the head stands among those of its layer.
    Heads {
        /// How many there are.
        heads: usize,
        /// The head that adds most, by length, and the length.
        strongest: (HeadIdx, f32),
        /// The place of this head by length, 1 for the strongest.
        place: usize,
        /// Its length.
        length: f32,
    },
    /// What the attention changes.
    Residual {
        /// Length of the hidden state before.
        before: f32,
        /// Length of what is added.
        added: f32,
        /// Cosine of the angle between the states before and after.
        cosine: f32,
    },
    /// What is normalised away.
    Normalisation {
        /// Mean before.
        mean: f32,
        /// Standard deviation before.
        deviation: f32,
        /// Length after.
        length: f32,
    },
}

fn length(numbers: &[f32]) -> f32 {
    let squares = numbers.iter().map(|number| f64::from(*number).powi(2));
    squares.sum::<f64>().sqrt() as f32
}

/// The place of the largest number and the number; the first of several, none of nothing.
fn highest(numbers: impl IntoIterator<Item = f32>) -> Option<(usize, f32)> {
    let mut highest: Option<(usize, f32)> = None;
    for (place, number) in numbers.into_iter().enumerate() {
        if highest.is_none_or(|(_, most)| number > most) {
            highest = Some((place, number));
        }
    }
    highest
}

fn longest(cells: &[f32], columns: usize) -> Option<(Position, f32)> {
    highest(cells.chunks_exact(columns).map(length)).map(|(token, length)| (Position(token), length))
}

/// What a step came to. Nothing if the computation is not [consistent](HeadComputation::is_consistent).
pub fn reading(computation: &HeadComputation, step: Step) -> Option<StepReading> {
    if !computation.is_consistent() {
        return None;
    }
    let (size, hidden) = (computation.head_size(), computation.hidden_size());
    Some(match step {
        Step::Query => {
            let (dimension, _) = highest(computation.query.iter().map(|number| number.abs()))?;
            StepReading::Query {
                size,
                dimension,
                value: computation.query[dimension],
            }
        }
        Step::Keys => {
            let (longest, length) = longest(&computation.keys, size)?;
            StepReading::Keys {
                tokens: computation.tokens(),
                longest,
                length,
            }
        }
        Step::Products => {
            let (place, product) = highest(products(computation))?;
            StepReading::Products {
                token: Position(place / size),
                dimension: place % size,
                product,
            }
        }
        Step::Scores => {
            let (best, score) = highest(computation.scores.iter().copied())?;
            StepReading::Scores {
                best: Position(best),
                score,
                probability: computation.probabilities[best],
            }
        }
        Step::Probabilities => {
            let (first, most) = highest(computation.probabilities.iter().copied())?;
            let others = computation.probabilities.iter().enumerate();
            let others = others.map(|(at, share)| if at == first { f32::NEG_INFINITY } else { *share });
            let second = highest(others).filter(|(_, share)| share.is_finite());
            StepReading::Probabilities {
                first: (Position(first), most),
                second: second.map(|(second, share)| (Position(second), share)),
            }
        }
        Step::Values => {
            let (longest, length) = longest(&computation.values, size)?;
            StepReading::Values { longest, length }
        }
        Step::WeightedSum => {
            let (most, part) = longest(&weighted_values(computation), size)?;
            StepReading::WeightedSum {
                most,
                part,
                length: length(&computation.head_output),
            }
        }
        Step::Projection => StepReading::Projection {
            size,
            hidden,
            length: length(contribution(computation)),
        },
        Step::Heads => {
            let lengths = || computation.contributions.chunks_exact(hidden).map(length);
            let (strongest, most) = highest(lengths())?;
            let own = length(contribution(computation));
            StepReading::Heads {
                heads: computation.heads(),
                strongest: (HeadIdx(strongest), most),
                place: 1 + lengths().filter(|length| *length > own).count(),
                length: own,
            }
        }
        Step::Residual => {
            let after = sum(computation);
            let before = &computation.residual;
            let pairs = before.iter().zip(&after);
            let dot: f64 = pairs
                .map(|(one, other)| f64::from(*one) * f64::from(*other))
                .sum();
            let lengths = f64::from(length(before)) * f64::from(length(&after));
            StepReading::Residual {
                before: length(before),
                added: length(&attention_output(computation)),
                cosine: if lengths > 0.0 {
                    (dot / lengths) as f32
                } else {
                    0.0
                },
            }
        }
        Step::Normalisation => {
            let (mean, variance) = moments(&sum(computation));
            StepReading::Normalisation {
                mean,
                deviation: variance.sqrt(),
                length: length(&computation.normalised),
            }
        }
    })
}

fn contribution(computation: &HeadComputation) -> &[f32] {
    let hidden = computation.hidden_size();
    &computation.contributions[computation.head.0 * hidden..][..hidden]
}

/// A number as it is read where one is looked at alone: four decimals, or three significant figures of a small one.
///
/// ```
/// use vitrine_picture::{NumberStyle, neuron_view::precise};
/// assert_eq!(precise(NumberStyle::English, -0.41537), "−0.4154");
/// assert_eq!(precise(NumberStyle::Turkish, 0.00001), "1,00·10⁻⁵");
/// assert_eq!(precise(NumberStyle::English, f32::NEG_INFINITY), "−∞");
/// ```
pub fn precise(style: NumberStyle, number: f32) -> String {
    if number != 0.0 && number.abs() < 0.001 {
        style.significant(number)
    } else {
        style.fixed(number, 4)
    }
}

impl Grid {
    /// What a cell holds, with what it was computed from where that is two numbers: `q[7] × k[7] = 0.6 × −0.7 = −0.42`.
    pub fn cell(
        &self,
        computation: &HeadComputation,
        row: usize,
        column: usize,
        style: NumberStyle,
    ) -> String {
        let number = |number: f32| precise(style, number);
        let value = number(self.at(row, column));
        let quantity = self.rows[row].quantity;
        let symbol = quantity.symbol().plain();
        let (of, size) = (self.rows[row].of, computation.head_size());
        match (quantity, of) {
            (Quantity::Product, RowOf::Token(token)) => {
                let query = number(computation.query[column]);
                let key = number(computation.keys[token.0 * size + column]);
                format!("q[{column}] × k[{column}] = {query} × {key} = {value}")
            }
            (Quantity::WeightedValue, RowOf::Token(token)) => {
                let probability = number(computation.probabilities[token.0]);
                let of_token = number(computation.values[token.0 * size + column]);
                format!("p × v[{column}] = {probability} × {of_token} = {value}")
            }
            (Quantity::Score, RowOf::Token(_)) => format!("q·k / √{size} = {value}"),
            (Quantity::Probability, _) => format!("p = {value}"),
            (Quantity::OutputWeight, RowOf::Dimension(dimension)) => {
                format!(
                    "W_O[{}, {column}] = {value}",
                    computation.head.0 * size + dimension
                )
            }
            (Quantity::Contribution, RowOf::Head(head)) => format!("c[{head}, {column}] = {value}"),
            (Quantity::Sum, _) => {
                let before = computation.residual[column];
                let parts = [before, self.at(row, column) - before].map(number);
                format!("r[{column}] = {} + {} = {value}", parts[0], parts[1])
            }
            _ => format!("{symbol}[{column}] = {value}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::neuron_view::{fixture, grids};

    proptest! {
        #[test]
        fn every_step_of_a_computation_can_be_told(tokens in 1usize..6, size in 1usize..5, heads in 1usize..4) {
            let computation = fixture::computation(tokens, size, heads);
            for step in Step::ALL {
                prop_assert!(reading(&computation, step).is_some(), "{step:?}");
                for grid in grids(&computation, step) {
                    for row in 0..grid.rows.len() {
                        for column in 0..grid.columns {
                            let text = grid.cell(&computation, row, column, NumberStyle::English);
                            let value = precise(NumberStyle::English, grid.at(row, column));
                            prop_assert!(text.ends_with(&format!("= {value}")), "{text}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn readings_are_about_the_largest() {
        let mut computation = fixture::computation(3, 2, 2);
        computation.query = vec![0.5, -2.0];
        computation.keys = vec![1.0, 0.0, 3.0, -4.0, 0.0, 1.0];
        computation.scores = vec![f32::NEG_INFINITY, 3.2, 1.0];
        computation.probabilities = vec![0.0, 0.9, 0.1];
        let read = |step| reading(&computation, step).unwrap();
        let query = StepReading::Query {
            size: 2,
            dimension: 1,
            value: -2.0,
        };
        assert_eq!(read(Step::Query), query);
        let keys = StepReading::Keys {
            tokens: 3,
            longest: Position(1),
            length: 5.0,
        };
        assert_eq!(read(Step::Keys), keys);
        let products = StepReading::Products {
            token: Position(1),
            dimension: 1,
            product: 8.0,
        };
        assert_eq!(read(Step::Products), products);
        let scores = StepReading::Scores {
            best: Position(1),
            score: 3.2,
            probability: 0.9,
        };
        assert_eq!(read(Step::Scores), scores);
        let probabilities = StepReading::Probabilities {
            first: (Position(1), 0.9),
            second: Some((Position(2), 0.1)),
        };
        assert_eq!(read(Step::Probabilities), probabilities);
    }

    #[test]
    fn a_head_is_ranked_by_what_it_adds() {
        let mut computation = fixture::computation(2, 1, 3);
        computation.contributions = vec![1.0, 0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 3.0, 4.0];
        let heads = StepReading::Heads {
            heads: 3,
            strongest: (HeadIdx(1), 5.0),
            place: 3,
            length: 1.0,
        };
        assert_eq!(reading(&computation, Step::Heads), Some(heads));
    }

    #[test]
    fn nothing_is_told_of_what_is_not_consistent() {
        let mut computation = fixture::computation(2, 2, 1);
        computation.keys.pop();
        assert_eq!(reading(&computation, Step::Keys), None);
    }

    #[test]
    fn a_product_is_shown_with_its_factors() {
        let mut computation = fixture::computation(2, 2, 1);
        computation.query[1] = 0.5;
        computation.keys[3] = -0.5;
        let grid = &grids(&computation, Step::Products)[0];
        assert_eq!(
            grid.cell(&computation, 1, 1, NumberStyle::English),
            "q[1] × k[1] = 0.5000 × −0.5000 = −0.2500"
        );
    }
}
