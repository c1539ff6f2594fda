//! Whether each step follows from those before it.

use vitrine_record::{HeadComputation, LayerNormalisation};

use super::{
    Step,
    grid::{largest, products, sum, weighted_values},
};

/// How far a step is from what its formula makes of the steps before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deviation {
    /// The step.
    pub step: Step,
    /// The largest difference, as a share of the largest number of the step.
    pub share: f32,
}

/// The step that is furthest from its formula. Rounding alone comes to some millionths; an intervention that scales
/// the head or hides a key changes a step by itself. The computation has to be
/// [consistent](HeadComputation::is_consistent).
pub fn largest_deviation(computation: &HeadComputation) -> Deviation {
    let hidden = computation.hidden_size();
    let first = computation.head.0 * hidden;
    let contribution = &computation.contributions[first..first + hidden];
    let steps = [
        (Step::Scores, scores(computation), &computation.scores[..]),
        (
            Step::Probabilities,
            softmax(&computation.scores),
            &computation.probabilities,
        ),
        (
            Step::WeightedSum,
            column_sums(&weighted_values(computation), computation.head_size()),
            &computation.head_output,
        ),
        (Step::Projection, projected(computation), contribution),
        (
            Step::Normalisation,
            normalised(&computation.normalisation, &sum(computation)),
            &computation.normalised,
        ),
    ];
    let deviations = steps.into_iter().map(|(step, expected, found)| Deviation {
        step,
        share: share(&expected, found),
    });
    let none = Deviation {
        step: Step::Query,
        share: 0.0,
    };
    deviations.fold(none, |worst, deviation| {
        if deviation.share > worst.share {
            deviation
        } else {
            worst
        }
    })
}

fn share(expected: &[f32], found: &[f32]) -> f32 {
    let pairs = expected.iter().zip(found);
    // A hidden key has no score to be compared.
    let differences: Vec<f32> = pairs.map(|(expected, found)| expected - found).collect();
    let difference = largest(&differences);
    if difference == 0.0 {
        0.0
    } else {
        difference / largest(expected).max(largest(found)).max(f32::MIN_POSITIVE)
    }
}

fn scores(computation: &HeadComputation) -> Vec<f32> {
    let size = computation.head_size();
    let root = (size as f64).sqrt();
    let dot = |products: &[f32]| products.iter().copied().map(f64::from).sum::<f64>();
    products(computation)
        .chunks_exact(size)
        .map(|products| (dot(products) / root) as f32)
        .collect()
}

/// Nothing of it where all keys are hidden.
fn softmax(scores: &[f32]) -> Vec<f32> {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    if !highest.is_finite() {
        return vec![0.0; scores.len()];
    }
    let powers: Vec<f64> = scores
        .iter()
        .map(|score| f64::from(score - highest).exp())
        .collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|power| (power / sum) as f32).collect()
}

fn column_sums(cells: &[f32], columns: usize) -> Vec<f32> {
    let mut sums = vec![0.0; columns];
    for row in cells.chunks_exact(columns) {
        for (sum, cell) in sums.iter_mut().zip(row) {
            *sum += f64::from(*cell);
        }
    }
    sums.into_iter().map(|sum| sum as f32).collect()
}

fn projected(computation: &HeadComputation) -> Vec<f32> {
    let hidden = computation.hidden_size();
    let rows = computation.output_weight.chunks_exact(hidden);
    let weighted: Vec<f32> = rows
        .zip(&computation.head_output)
        .flat_map(|(row, output)| row.iter().map(move |weight| output * weight))
        .collect();
    column_sums(&weighted, hidden)
}

/// Mean and variance.
pub(super) fn moments(numbers: &[f32]) -> (f32, f32) {
    let count = numbers.len().max(1) as f64;
    let mean = numbers.iter().copied().map(f64::from).sum::<f64>() / count;
    let squares = numbers.iter().map(|number| (f64::from(*number) - mean).powi(2));
    (mean as f32, (squares.sum::<f64>() / count) as f32)
}

/// Layer normalisation (Ba et al. 2016, eq. 4).
pub(super) fn normalised(normalisation: &LayerNormalisation, numbers: &[f32]) -> Vec<f32> {
    let (mean, variance) = moments(numbers);
    let deviation = (variance + normalisation.epsilon).sqrt();
    let trained = normalisation.gain.iter().zip(&normalisation.shift);
    numbers
        .iter()
        .zip(trained)
        .map(|(number, (gain, shift))| (number - mean) / deviation * gain + shift)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::neuron_view::fixture;

    proptest! {
        #[test]
        fn steps_that_follow_deviate_by_rounding_only(tokens in 1usize..9, size in 1usize..9, heads in 1usize..4) {
            let computation = fixture::computation(tokens, size, heads);
            let deviation = largest_deviation(&computation);
            prop_assert!(deviation.share < 1e-4, "{deviation:?}");
        }
    }

    #[test]
    fn the_step_that_does_not_follow_is_named() {
        let check = |step: Step, change: fn(&mut HeadComputation)| {
            let mut computation = fixture::computation(4, 4, 2);
            change(&mut computation);
            let deviation = largest_deviation(&computation);
            assert_eq!(deviation.step, step);
            assert!(deviation.share > 0.01, "{deviation:?}");
        };
        check(Step::Scores, |computation| computation.query[1] += 9.0);
        check(Step::Probabilities, |computation| {
            computation.probabilities.fill(0.0)
        });
        check(Step::WeightedSum, |computation| {
            computation.head_output.fill(0.0);
            computation.contributions[..8].fill(0.0);
            computation.normalised = normalised(&computation.normalisation, &sum(computation));
        });
        check(Step::Projection, |computation| {
            computation
                .output_weight
                .iter_mut()
                .for_each(|weight| *weight *= 2.0);
        });
        check(Step::Normalisation, |computation| {
            computation.normalised[0] += 9.0
        });
    }

    #[test]
    fn hidden_keys_are_no_deviation() {
        let mut computation = fixture::computation(3, 4, 2);
        computation.scores[1] = f32::NEG_INFINITY;
        computation.probabilities = softmax(&computation.scores);
        computation.head_output = column_sums(&weighted_values(&computation), 4);
        let contribution = projected(&computation);
        computation.contributions[..8].copy_from_slice(&contribution);
        computation.normalised = normalised(&computation.normalisation, &sum(&computation));
        assert!(largest_deviation(&computation).share < 1e-4);
        computation.scores.fill(f32::NEG_INFINITY);
        assert_eq!(softmax(&computation.scores), [0.0; 3]);
    }
}
