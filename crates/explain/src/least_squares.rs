//! Weighted least squares by the normal equations.

/// A pivot below this share of its column's diagonal element counts as zero: the column is a sum of multiples of others
/// but for rounding.
const SMALLEST_PIVOT: f64 = 1e-13;

/// Solves `matrix · x = rhs` for a symmetric positive definite matrix by its Cholesky decomposition.
///
/// The matrix is `[rows, rows]` in row-major order, and `rhs` has as many numbers as it has rows; of the matrix the lower
/// triangle is read. There is no solution (`None`) if the sizes disagree, or if the matrix is singular but for rounding, or
/// not positive definite at all.
///
/// ```
/// use vitrine_explain::least_squares::solve_symmetric;
/// assert_eq!(solve_symmetric(&[4.0, 2.0, 2.0, 5.0], &[8.0, 8.0]), Some(vec![1.5, 1.0]));
/// assert_eq!(solve_symmetric(&[1.0, 1.0, 1.0, 1.0], &[1.0, 1.0]), None);
/// ```
pub fn solve_symmetric(matrix: &[f64], rhs: &[f64]) -> Option<Vec<f64>> {
    let rows = rhs.len();
    if matrix.len() != rows * rows {
        return None;
    }
    let mut lower = vec![0.0; rows * rows];
    for row in 0..rows {
        for column in 0..=row {
            let known: f64 = (0..column)
                .map(|inner| lower[row * rows + inner] * lower[column * rows + inner])
                .sum();
            let rest = matrix[row * rows + column] - known;
            lower[row * rows + column] = if column < row {
                rest / lower[column * rows + column]
            } else if rest > SMALLEST_PIVOT * matrix[row * rows + row] {
                rest.sqrt()
            } else {
                return None;
            };
        }
    }
    let mut solution = rhs.to_vec();
    for row in 0..rows {
        let known: f64 = (0..row)
            .map(|inner| lower[row * rows + inner] * solution[inner])
            .sum();
        solution[row] = (solution[row] - known) / lower[row * rows + row];
    }
    for row in (0..rows).rev() {
        let known: f64 = (row + 1..rows)
            .map(|inner| lower[inner * rows + row] * solution[inner])
            .sum();
        solution[row] = (solution[row] - known) / lower[row * rows + row];
    }
    Some(solution)
}

/// The sums that a weighted fit needs, gathered row by row.
///
/// ```
/// use vitrine_explain::least_squares::NormalEquations;
/// let mut equations = NormalEquations::new(2);
/// for (row, target) in [([1.0, 0.0], 3.0), ([0.0, 1.0], 5.0), ([1.0, 1.0], 8.0)] {
///     equations.add(&row, target, 0.5);
/// }
/// let fitted = equations.solve(0.0).unwrap();
/// assert!((fitted[0] - 3.0).abs() < 1e-14 && (fitted[1] - 5.0).abs() < 1e-14);
/// ```
#[derive(Clone, Debug)]
pub struct NormalEquations {
    columns: usize,
    /// Σ weight · row · rowᵀ; the lower triangle is kept, the rest is 0.
    matrix: Vec<f64>,
    /// Σ weight · target · row.
    rhs: Vec<f64>,
}

impl NormalEquations {
    /// Those of no rows yet.
    pub fn new(columns: usize) -> NormalEquations {
        NormalEquations {
            columns,
            matrix: vec![0.0; columns * columns],
            rhs: vec![0.0; columns],
        }
    }

    /// Adds a row of as many numbers as there are columns.
    pub fn add(&mut self, row: &[f64], target: f64, weight: f64) {
        for (index, value) in row.iter().enumerate().filter(|(_, value)| **value != 0.0) {
            let scaled = weight * value;
            self.rhs[index] += scaled * target;
            let sums = &mut self.matrix[index * self.columns..][..=index];
            for (sum, other) in sums.iter_mut().zip(row) {
                *sum += scaled * other;
            }
        }
    }

    /// Σ weight · row · rowᵀ at two columns in either order.
    pub fn gram(&self, one: usize, other: usize) -> f64 {
        self.matrix[one.max(other) * self.columns + one.min(other)]
    }

    /// Σ weight · target · row at a column.
    pub fn product(&self, column: usize) -> f64 {
        self.rhs[column]
    }

    /// The coefficients `c` that minimise Σ weight · (target − row · c)² + penalty · |c|²; `None` if there are several.
    pub fn solve(&self, penalty: f64) -> Option<Vec<f64>> {
        let mut matrix = self.matrix.clone();
        for diagonal in matrix.iter_mut().step_by(self.columns + 1) {
            *diagonal += penalty;
        }
        solve_symmetric(&matrix, &self.rhs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_penalty_makes_a_singular_fit_unique_and_shrinks_it() {
        let mut equations = NormalEquations::new(2);
        equations.add(&[1.0, 1.0], 6.0, 2.0);
        equations.add(&[2.0, 2.0], 12.0, 1.0);
        assert_eq!(equations.solve(0.0), None);
        // By symmetry both are x, which minimises 6 (6 − 2x)² + 2x²: 72 = 26 x.
        let fitted = equations.solve(1.0).unwrap();
        assert!(
            fitted.iter().all(|x| (x - 72.0 / 26.0).abs() < 1e-14),
            "{fitted:?}"
        );
    }

    #[test]
    fn a_large_system_is_solved_to_rounding() {
        let rows = 60;
        let mut equations = NormalEquations::new(rows);
        let entry =
            |row: usize, column: usize| ((row * 37 + column * column * 11 + row * column) % 19) as f64 / 19.0;
        let truth: Vec<f64> = (0..rows).map(|column| column as f64 - 20.0).collect();
        for row in 0..4 * rows {
            let values: Vec<f64> = (0..rows).map(|column| entry(row, column)).collect();
            let target = values.iter().zip(&truth).map(|(a, b)| a * b).sum();
            equations.add(&values, target, 1.0 + entry(row, 3));
        }
        let penalty = 1.0;
        let fitted = equations.solve(penalty).unwrap();
        for row in 0..rows {
            let product: f64 = (0..rows)
                .map(|column| equations.matrix[row.max(column) * rows + row.min(column)] * fitted[column])
                .sum::<f64>()
                + penalty * fitted[row];
            assert!((product - equations.rhs[row]).abs() < 1e-8 * equations.rhs[row].abs().max(1.0));
        }
    }

    #[test]
    fn sizes_that_disagree_and_what_is_not_positive_definite_have_no_solution() {
        assert_eq!(solve_symmetric(&[1.0, 0.0], &[1.0, 2.0]), None);
        assert_eq!(solve_symmetric(&[-1.0], &[1.0]), None);
        assert_eq!(solve_symmetric(&[f64::NAN], &[1.0]), None);
        assert_eq!(solve_symmetric(&[], &[]), Some(Vec::new()));
    }
}
