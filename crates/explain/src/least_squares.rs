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
    let mut factor = CholeskyFactor::default();
    (0..rows)
        .all(|row| factor.push(&matrix[row * rows..][..=row]))
        .then(|| factor.solve(rhs))
}

/// The lower triangle whose product with its transpose is a symmetric positive definite matrix. Rows can be added one by
/// one, and taken from its end.
#[derive(Clone, Debug, Default)]
pub(crate) struct CholeskyFactor {
    rows: usize,
    /// Row after row, each up to the diagonal.
    lower: Vec<f64>,
}

impl CholeskyFactor {
    fn row(&self, row: usize) -> &[f64] {
        &self.lower[row * (row + 1) / 2..][..=row]
    }

    /// Adds a row of the matrix, which is given up to its diagonal. Where it is a sum of multiples of those before, but for
    /// rounding, it is not added, and `false` returned.
    pub(crate) fn push(&mut self, row: &[f64]) -> bool {
        let mut new = Vec::with_capacity(row.len());
        for (column, element) in row[..self.rows].iter().enumerate() {
            let before = self.row(column);
            new.push((element - dot(&new, before)) / before[column]);
        }
        let diagonal = row[self.rows];
        let rest = diagonal - dot(&new, &new);
        let is_independent = rest > SMALLEST_PIVOT * diagonal;
        if is_independent {
            new.push(rest.sqrt());
            self.lower.extend(new);
            self.rows += 1;
        }
        is_independent
    }

    /// Keeps the first rows only.
    pub(crate) fn truncate(&mut self, rows: usize) {
        self.rows = self.rows.min(rows);
        self.lower.truncate(self.rows * (self.rows + 1) / 2);
    }

    /// The solution of `matrix · x = rhs`.
    pub(crate) fn solve(&self, rhs: &[f64]) -> Vec<f64> {
        let mut solution = rhs.to_vec();
        for at in 0..self.rows {
            let row = self.row(at);
            solution[at] = (solution[at] - dot(&solution[..at], row)) / row[at];
        }
        for at in (0..self.rows).rev() {
            let row = self.row(at);
            solution[at] /= row[at];
            let (above, here) = solution.split_at_mut(at);
            for (element, factor) in above.iter_mut().zip(row) {
                *element -= here[0] * factor;
            }
        }
        solution
    }
}

/// The sum of the products of numbers at the same places, as far as both go.
pub(crate) fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
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
    /// Σ weight · target².
    squares: f64,
}

impl NormalEquations {
    /// Those of no rows yet.
    pub fn new(columns: usize) -> NormalEquations {
        NormalEquations {
            columns,
            matrix: vec![0.0; columns * columns],
            rhs: vec![0.0; columns],
            squares: 0.0,
        }
    }

    /// Adds a row of as many numbers as there are columns.
    pub fn add(&mut self, row: &[f64], target: f64, weight: f64) {
        self.squares += weight * target * target;
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

    /// The sums of all columns but the first, of themselves and of the target each the difference from its mean, where the
    /// first column is 1 in every row.
    pub(crate) fn centred(&self) -> CentredSums {
        let columns = self.columns - 1;
        let weight = self.gram(0, 0);
        let mut gram = Vec::with_capacity(columns * columns);
        for row in 1..=columns {
            let mean = self.gram(row, 0) / weight;
            gram.extend((1..=columns).map(|column| self.gram(row, column) - mean * self.gram(column, 0)));
        }
        let mean = self.product(0) / weight;
        CentredSums {
            gram,
            products: (1..=columns)
                .map(|row| self.product(row) - mean * self.gram(row, 0))
                .collect(),
            total: (self.squares - mean * self.product(0)).max(0.0),
        }
    }
}

/// The sums about the weighted means, of which fits with an intercept are made.
#[derive(Clone, Debug)]
pub(crate) struct CentredSums {
    /// `[column, column]` in row-major order.
    pub gram: Vec<f64>,
    /// One for each column.
    pub products: Vec<f64>,
    /// Σ weight · (target − mean)².
    pub total: f64,
}

impl CentredSums {
    /// How many columns there are.
    pub(crate) fn columns(&self) -> usize {
        self.products.len()
    }

    /// Σ weight · column · other column.
    pub(crate) fn gram(&self, row: usize, column: usize) -> f64 {
        self.gram[row * self.columns() + column]
    }

    /// The coefficients of some columns that minimise the squares of what is not fitted plus `penalty · |c|²`; `None` if
    /// there are several.
    pub(crate) fn ridge(&self, selected: &[usize], penalty: f64) -> Option<Vec<f64>> {
        let matrix: Vec<f64> = selected
            .iter()
            .flat_map(|row| {
                selected
                    .iter()
                    .map(move |column| self.gram(*row, *column) + if row == column { penalty } else { 0.0 })
            })
            .collect();
        let products: Vec<f64> = selected.iter().map(|column| self.products[*column]).collect();
        solve_symmetric(&matrix, &products)
    }

    /// The squares of what some columns with these coefficients do not fit.
    pub(crate) fn residual(&self, selected: &[usize], coefficients: &[f64]) -> f64 {
        let mut residual = self.total;
        for (row, coefficient) in selected.iter().zip(coefficients) {
            let fitted: f64 = selected
                .iter()
                .zip(coefficients)
                .map(|(column, other)| self.gram(*row, *column) * other)
                .sum();
            residual += coefficient * (fitted - 2.0 * self.products[*row]);
        }
        residual
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
