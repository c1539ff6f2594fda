//! Made-up computations whose steps follow from each other.

use vitrine_record::{HeadComputation, HeadIdx, LayerIdx, LayerNormalisation, Position};

use super::grid::sum;

/// Numbers between −1 and 1 that look like chance and are the same each time.
fn numbers(count: usize, seed: usize) -> Vec<f32> {
    (0..count)
        .map(|index| ((index * 37 + seed * 101) as f32 * 12.9898).sin())
        .collect()
}

/// The computation of head 0 for the token at 0, of so many tokens, width and heads.
pub fn computation(tokens: usize, size: usize, heads: usize) -> HeadComputation {
    let hidden = size * heads;
    let (query, keys, values) = (
        numbers(size, 1),
        numbers(tokens * size, 2),
        numbers(tokens * size, 3),
    );
    let dot =
        |one: &[f32], other: &[f32]| -> f32 { one.iter().zip(other).map(|(one, other)| one * other).sum() };
    let scores: Vec<f32> = keys
        .chunks_exact(size)
        .map(|key| 3.0 * dot(&query, key) / (size as f32).sqrt())
        .collect();
    let query: Vec<f32> = query.iter().map(|query| 3.0 * query).collect();
    let sum_of_all: f32 = scores.iter().map(|score| score.exp()).sum();
    let probabilities: Vec<f32> = scores.iter().map(|score| score.exp() / sum_of_all).collect();
    let column = |matrix: &[f32], width: usize, at: usize| -> Vec<f32> {
        matrix.iter().skip(at).step_by(width).copied().collect()
    };
    let head_output: Vec<f32> = (0..size)
        .map(|at| dot(&probabilities, &column(&values, size, at)))
        .collect();
    let output_weight = numbers(size * hidden, 4);
    let mut contributions = numbers(heads * hidden, 5);
    for (at, contribution) in contributions.iter_mut().take(hidden).enumerate() {
        *contribution = dot(&head_output, &column(&output_weight, hidden, at));
    }
    let mut computation = HeadComputation {
        layer: LayerIdx(0),
        head: HeadIdx(0),
        destination: Position(0),
        query,
        keys,
        values,
        scores,
        probabilities,
        head_output,
        output_weight,
        contributions,
        output_bias: numbers(hidden, 6),
        residual: numbers(hidden, 7),
        normalisation: LayerNormalisation {
            gain: numbers(hidden, 8),
            shift: numbers(hidden, 9),
            epsilon: 1e-12,
        },
        normalised: vec![0.0; hidden],
    };
    computation.normalised = super::check::normalised(&computation.normalisation, &sum(&computation));
    computation
}
