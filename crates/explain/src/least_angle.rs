//! Least angle regression and the lasso's path.

use crate::least_squares::{CholeskyFactor, dot};

/// What happens where a coefficient comes back to zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeastAngleMethod {
    /// Its column leaves the fit, and may enter it again: the steps are solutions of the lasso.
    Lasso,
    /// Nothing.
    LeastAngle,
}

/// One corner of a path.
#[derive(Clone, Debug, PartialEq)]
pub struct LeastAngleStep {
    /// The largest absolute product of a column with what is not yet fitted, divided by the number of samples: the
    /// lasso's penalty.
    pub alpha: f64,
    /// One for each column.
    pub coefficients: Vec<f64>,
}

/// A path from no fit to the fit of least squares.
#[derive(Clone, Debug, PartialEq)]
pub struct LeastAnglePath {
    /// The corners, from the one where all coefficients are 0.
    pub steps: Vec<LeastAngleStep>,
    /// The columns in the fit at the end, in the order in which they entered it.
    pub active: Vec<usize>,
}

/// Penalties up to this are as good as none: the path ends there, as it does in scikit-learn (the difference of a 32-bit
/// number from 1).
const SMALLEST_ALPHA: f64 = f32::EPSILON as f64;

/// Follows the path of least angle regression or of the lasso, (1 / 2·samples)·|target − rows·c|² + alpha·|c|₁ (Efron,
/// Hastie, Johnstone & Tibshirani 2004, "Least Angle Regression"), from products alone: `gram` is rowsᵀ·rows, `[column,
/// column]` in row-major order, and `products` is rowsᵀ·target; whoever wants an intercept centres both before.
///
/// It follows scikit-learn's `lars_path` where that is determined: columns of equal products enter at once here, and one
/// after the other by rounding there; a column that is a sum of multiples of those in the fit never enters; and a
/// coefficient that crosses zero in least angle regression changes nothing, where scikit-learn turns the direction around
/// in it. It ends after `most_steps` corners beyond the first.
///
/// ```
/// use vitrine_explain::least_angle::{LeastAngleMethod, least_angle_path};
/// let path = least_angle_path(&[1.0, 0.0, 0.0, 1.0], &[3.0, -2.0], 1, LeastAngleMethod::Lasso, 500);
/// let alphas: Vec<f64> = path.steps.iter().map(|step| step.alpha).collect();
/// assert_eq!((alphas, path.active), (vec![3.0, 2.0, 0.0], vec![0, 1]));
/// assert_eq!(path.steps[1].coefficients, [1.0, 0.0]);
/// assert_eq!(path.steps[2].coefficients, [3.0, -2.0]);
/// ```
///
/// # Panics
/// If `gram` has not as many rows and columns as there are products, which is a mistake of the caller.
pub fn least_angle_path(
    gram: &[f64],
    products: &[f64],
    samples: usize,
    method: LeastAngleMethod,
    most_steps: usize,
) -> LeastAnglePath {
    let columns = products.len();
    assert_eq!(
        gram.len(),
        columns * columns,
        "a row and a column for each product"
    );
    let row = |column: usize| &gram[column * columns..][..columns];
    let mut coefficients = vec![0.0; columns];
    let mut active = ActiveColumns::default();
    let mut never = vec![false; columns];
    let mut steps: Vec<LeastAngleStep> = Vec::new();
    let mut has_left = false;
    loop {
        // What each column has in common with the rest that is not fitted.
        let rest: Vec<f64> = (0..columns)
            .map(|column| products[column] - dot(row(column), &coefficients))
            .collect();
        let candidates = (0..columns).filter(|column| !never[*column]);
        let largest = candidates.map(|column| rest[column].abs()).fold(0.0, f64::max);
        let is_whole = active.columns.len() == columns;
        let alpha = if is_whole {
            0.0
        } else {
            largest / samples.max(1) as f64
        };
        let has_ended = alpha <= SMALLEST_ALPHA;
        // Where nothing but rounding is left, it may grow.
        let is_noise = steps
            .last()
            .is_some_and(|before| before.alpha < alpha * (1.0 - 1e-9));
        if has_ended || is_noise || steps.len() == most_steps || alpha.is_nan() {
            let alpha = if has_ended { 0.0 } else { alpha };
            steps.push(LeastAngleStep { alpha, coefficients });
            return LeastAnglePath {
                steps,
                active: active.columns,
            };
        }
        let enters = (0..columns)
            .filter(|column| !has_left && !never[*column] && !active.columns.contains(column))
            .max_by(|one, other| {
                rest[*one]
                    .abs()
                    .total_cmp(&rest[*other].abs())
                    .then(other.cmp(one))
            });
        if let Some(column) = enters
            && !active.enter(gram, columns, column)
        {
            // It depends on the others.
            never[column] = true;
            continue;
        }
        let direction = active.equiangular_direction(&rest);
        // How fast the products of all columns with the rest fall along it, those of the active ones with `speed`.
        let falls: Vec<f64> = (0..columns)
            .map(|column| direction.along(row(column), &active.columns))
            .collect();
        let mut length = largest / direction.speed;
        for column in (0..columns).filter(|column| !never[*column] && !active.columns.contains(column)) {
            for sign in [1.0, -1.0] {
                let gap = largest - sign * rest[column];
                let closing = direction.speed - sign * falls[column];
                if closing > 1e-12 * direction.speed {
                    length = length.min(gap.max(0.0) / closing);
                }
            }
        }
        let crosses = active
            .columns
            .iter()
            .zip(&direction.coefficients)
            .map(|(column, change)| -coefficients[*column] / change)
            .enumerate()
            .filter(|(_, at)| method == LeastAngleMethod::Lasso && *at > 0.0 && *at < length)
            .min_by(|one, other| one.1.total_cmp(&other.1));
        if let Some((_, at)) = crosses {
            length = at;
        }
        steps.push(LeastAngleStep {
            alpha,
            coefficients: coefficients.clone(),
        });
        for (column, change) in active.columns.iter().zip(&direction.coefficients) {
            coefficients[*column] += length * change;
        }
        has_left = crosses.is_some();
        if let Some((place, _)) = crosses {
            coefficients[active.leave(gram, columns, place)] = 0.0;
        }
    }
}

/// A direction along which the products of all active columns with the rest fall equally fast.
struct EquiangularDirection {
    /// One for each active column, in their order.
    coefficients: Vec<f64>,
    /// How fast the products fall.
    speed: f64,
}

impl EquiangularDirection {
    /// The product of a row of the Gram matrix with the direction.
    fn along(&self, row: &[f64], active: &[usize]) -> f64 {
        active
            .iter()
            .zip(&self.coefficients)
            .map(|(column, coefficient)| row[*column] * coefficient)
            .sum()
    }
}

/// The columns in the fit, in the order in which they entered it.
#[derive(Default)]
struct ActiveColumns {
    columns: Vec<usize>,
    /// Of their part of the Gram matrix, so that a column more costs the square of their number only.
    factor: CholeskyFactor,
}

impl ActiveColumns {
    /// Whether a column does not depend on the others, and so is one of them now.
    fn enter(&mut self, gram: &[f64], all: usize, column: usize) -> bool {
        let others = self.columns.iter().chain([&column]);
        let row: Vec<f64> = others.map(|other| gram[column * all + other]).collect();
        let enters = self.factor.push(&row);
        if enters {
            self.columns.push(column);
        }
        enters
    }

    /// Takes out the column at a place.
    fn leave(&mut self, gram: &[f64], all: usize, place: usize) -> usize {
        let after = self.columns.split_off(place + 1);
        self.factor.truncate(place);
        let left = self.columns.remove(place);
        for column in after {
            self.enter(gram, all, column);
        }
        left
    }

    /// The direction of unit length in the space of the samples.
    fn equiangular_direction(&self, rest: &[f64]) -> EquiangularDirection {
        let signs: Vec<f64> = self.columns.iter().map(|column| rest[*column].signum()).collect();
        let unscaled = self.factor.solve(&signs);
        let speed = 1.0 / dot(&unscaled, &signs).sqrt();
        EquiangularDirection {
            coefficients: unscaled.iter().map(|coefficient| coefficient * speed).collect(),
            speed,
        }
    }
}
