//! A map of heads: classical multidimensional scaling of their divergences (Torgerson 1952).

use vitrine_record::{HeadDivergences, HeadMap, HeadPoint};

/// Places heads in a plane so that their distances are near their divergences, which Clark et al. (2019, section 6)
/// take for distances.
///
/// An axis has no direction of its own: of each, the head that is farthest out has a positive coordinate, and of
/// several the first.
pub fn head_map(divergences: &HeadDivergences) -> HeadMap {
    let count = divergences.heads().len();
    let (eigenvalues, eigenvectors) = eigen(doubly_centred_squares(divergences), count);
    let mut axes: Vec<usize> = (0..count).collect();
    axes.sort_by(|&a, &b| eigenvalues[b].total_cmp(&eigenvalues[a]));
    let all: f64 = eigenvalues.iter().map(|value| value.abs()).sum();
    let shown: f64 = axes.iter().take(2).map(|&axis| eigenvalues[axis].max(0.0)).sum();
    let coordinates = |rank: usize| match axes.get(rank) {
        Some(&axis) => along_axis(&eigenvectors[axis * count..][..count], eigenvalues[axis]),
        None => vec![0.0; count],
    };
    let points = divergences
        .heads()
        .iter()
        .zip(coordinates(0).into_iter().zip(coordinates(1)));
    HeadMap {
        points: points
            .map(|(&(layer, head), (x, y))| HeadPoint { layer, head, x, y })
            .collect(),
        shown: if all > 0.0 { shown / all } else { 1.0 },
    }
}

/// −½ J D² J, in which J takes away the mean of rows and columns.
fn doubly_centred_squares(divergences: &HeadDivergences) -> Vec<f64> {
    let count = divergences.heads().len();
    let squares: Vec<f64> = divergences.values().iter().map(|value| value * value).collect();
    let means: Vec<f64> = squares
        .chunks_exact(count.max(1))
        .map(|row| row.iter().sum::<f64>() / count as f64)
        .collect();
    let mean = means.iter().sum::<f64>() / count.max(1) as f64;
    let centred = squares.iter().enumerate().map(|(index, square)| {
        let (row, column) = (index / count, index % count);
        -0.5 * (square - means[row] - means[column] + mean)
    });
    centred.collect()
}

/// An eigenvector, as long as the square root of its eigenvalue. An axis that distances in a plane cannot have, whose
/// eigenvalue is negative, has no length.
fn along_axis(eigenvector: &[f64], eigenvalue: f64) -> Vec<f64> {
    let farthest = eigenvector
        .iter()
        .fold(0.0_f64, |most, value| most.max(value.abs()));
    // Heads that differ by rounding only are equally far.
    let first = eigenvector
        .iter()
        .find(|value| value.abs() >= farthest * (1.0 - 1e-9));
    let sign = if first.is_some_and(|&value| value < 0.0) {
        -1.0
    } else {
        1.0
    };
    let scale = sign * eigenvalue.max(0.0).sqrt();
    eigenvector.iter().map(|value| value * scale).collect()
}

/// Eigenvalues of a symmetric matrix `[size, size]`, and eigenvectors of length 1 as rows in the same order, by
/// cyclic Jacobi rotations (Golub and Van Loan 2013, section 8.5).
fn eigen(mut matrix: Vec<f64>, size: usize) -> (Vec<f64>, Vec<f64>) {
    /// A few sweeps do; this many end the loop for numbers that are none.
    const MOST_SWEEPS: usize = 60;
    let mut vectors = vec![0.0; size * size];
    for index in 0..size {
        vectors[index * size + index] = 1.0;
    }
    let all: f64 = matrix.iter().map(|value| value * value).sum();
    for _ in 0..MOST_SWEEPS {
        let beside_diagonal: f64 = (0..size * size)
            .filter(|index| index / size != index % size)
            .map(|index| matrix[index] * matrix[index])
            .sum();
        if beside_diagonal <= all * 1e-30 {
            break;
        }
        for p in 0..size {
            for q in p + 1..size {
                rotate(&mut matrix, &mut vectors, size, p, q);
            }
        }
    }
    let values = (0..size).map(|index| matrix[index * size + index]).collect();
    (values, vectors)
}

/// Turns the plane of two axes so that the matrix has 0 between them.
fn rotate(matrix: &mut [f64], vectors: &mut [f64], size: usize, p: usize, q: usize) {
    let between = matrix[p * size + q];
    if between == 0.0 {
        return;
    }
    let theta = (matrix[q * size + q] - matrix[p * size + p]) / (2.0 * between);
    let tangent = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    let turn = |array: &mut [f64], at_p: usize, at_q: usize| {
        let (value_p, value_q) = (array[at_p], array[at_q]);
        array[at_p] = cosine * value_p - sine * value_q;
        array[at_q] = sine * value_p + cosine * value_q;
    };
    for index in 0..size {
        turn(matrix, index * size + p, index * size + q);
    }
    for index in 0..size {
        turn(matrix, p * size + index, q * size + index);
        turn(vectors, p * size + index, q * size + index);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vitrine_record::{HeadIdx, LayerIdx};

    use super::*;

    fn of_points(points: &[[f64; 2]]) -> HeadDivergences {
        let distance = |a: &[f64; 2], b: &[f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
        let heads = (0..points.len())
            .map(|head| (LayerIdx(0), HeadIdx(head)))
            .collect();
        let values = points
            .iter()
            .flat_map(|a| points.iter().map(move |b| distance(a, b)))
            .collect();
        HeadDivergences::new(heads, values).unwrap()
    }

    proptest! {
        #[test]
        fn distances_in_a_plane_come_back(points in prop::collection::vec([-3.0..3.0, -1.0..1.0], 0..12)) {
            let distances = of_points(&points);
            let map = head_map(&distances);
            let mapped: Vec<_> = map.points.iter().map(|point| [point.x, point.y]).collect();
            for (found, expect) in of_points(&mapped).values().iter().zip(distances.values()) {
                // Squares of distances lose half of the digits where two points are close together.
                prop_assert!((found - expect).abs() < 1e-6, "{found} {expect}");
            }
            prop_assert!((map.shown - 1.0).abs() < 1e-9);
            for axis in [0, 1] {
                let farthest = mapped.iter().map(|point| point[axis]).fold(0.0, |a: f64, b| if b.abs() > a.abs() * (1.0 + 1e-9) { b } else { a });
                prop_assert!(farthest >= 0.0);
            }
        }

        #[test]
        fn eigenvectors_are_orthonormal_and_give_the_matrix(
            half in (1usize..9).prop_flat_map(|size| prop::collection::vec(-2.0..2.0f64, size * size)),
        ) {
            let size = half.len().isqrt();
            let matrix: Vec<f64> = (0..size * size)
                .map(|index| half[index] + half[index % size * size + index / size])
                .collect();
            let (values, vectors) = eigen(matrix.clone(), size);
            for row in 0..size {
                for column in 0..size {
                    let sum = |term: &dyn Fn(usize) -> f64| (0..size).map(term).sum::<f64>();
                    let product = sum(&|k| vectors[row * size + k] * vectors[column * size + k]);
                    let expect = if row == column { 1.0 } else { 0.0 };
                    prop_assert!((product - expect).abs() < 1e-12);
                    let found = sum(&|k| values[k] * vectors[k * size + row] * vectors[k * size + column]);
                    prop_assert!((found - matrix[row * size + column]).abs() < 1e-12);
                }
            }
        }
    }
}
