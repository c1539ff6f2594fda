//! What gradients with respect to the tokens' embeddings say about the tokens.
//!
//! A text is a point: the word embeddings of its tokens, `[token, width]` in row-major order. Whatever gives the score and
//! its gradient at a point can be explained; nothing here knows what computes them.

/// Nodes and weights of Gauss–Legendre quadrature over 0 to 1, in ascending order. With `count` nodes it is exact for
/// polynomials up to the degree 2 · `count` − 1 (Golub and Welsch 1969, section 1), and its weights sum to 1.
///
/// ```
/// let nodes = vitrine_explain::gauss_legendre(2);
/// let cube: f64 = nodes.iter().map(|(node, weight)| weight * node.powi(3)).sum();
/// assert!((cube - 0.25).abs() < 1e-15);
/// ```
pub fn gauss_legendre(count: usize) -> Vec<(f64, f64)> {
    let degree = count as f64;
    let node = |index: usize| {
        // Nodes are the zeros of a Legendre polynomial. Tricomi's approximation of them is so near that Newton's method
        // doubles the digits from the first step on.
        let mut x = (std::f64::consts::PI * (index as f64 + 0.75) / (degree + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..8 {
            let value;
            (value, slope) = legendre(count, x);
            x -= value / slope;
        }
        let weight = 2.0 / ((1.0 - x * x) * slope * slope);
        ((1.0 + x) / 2.0, weight / 2.0)
    };
    (0..count).rev().map(node).collect()
}

/// A Legendre polynomial and its derivative at a point between −1 and 1, by Bonnet's recursion.
fn legendre(degree: usize, x: f64) -> (f64, f64) {
    let (mut before, mut value) = (0.0, 1.0);
    for n in 0..degree {
        let n = n as f64;
        (before, value) = (value, ((2.0 * n + 1.0) * x * value - n * before) / (n + 1.0));
    }
    let slope = degree as f64 * (x * value - before) / (x * x - 1.0);
    (value, slope)
}

/// The gradient times the point, summed over each token's width.
///
/// # Panics
/// If the two are not of equally many numbers, or these are not equally many for each token, which is a mistake of the
/// caller. So it is below.
///
/// ```
/// let values = vitrine_explain::gradient_times_input(&[1.0, 2.0, 0.0, -1.0], &[3.0, 1.0, 5.0, 2.0], 2);
/// assert_eq!(values, [5.0, -2.0]);
/// ```
pub fn gradient_times_input(gradient: &[f64], point: &[f64], tokens: usize) -> Vec<f64> {
    assert_eq!(
        gradient.len(),
        point.len(),
        "a gradient has as many numbers as its point"
    );
    let products: Vec<f64> = gradient.iter().zip(point).map(|(a, b)| a * b).collect();
    by_token(&products, tokens).map(|row| row.iter().sum()).collect()
}

/// The Euclidean norm of each token's part of the gradient.
///
/// # Panics
/// If there are not equally many numbers for each token.
///
/// ```
/// assert_eq!(vitrine_explain::gradient_norm(&[3.0, -4.0, 0.0, 1.0], 2), [5.0, 1.0]);
/// ```
pub fn gradient_norm(gradient: &[f64], tokens: usize) -> Vec<f64> {
    let norm = |row: &[f64]| row.iter().map(|value| value * value).sum::<f64>().sqrt();
    by_token(gradient, tokens).map(norm).collect()
}

fn by_token(numbers: &[f64], tokens: usize) -> std::slice::ChunksExact<'_, f64> {
    let width = numbers.len() / tokens.max(1);
    assert_eq!(
        width * tokens,
        numbers.len(),
        "each token has equally many numbers"
    );
    numbers.chunks_exact(width.max(1))
}

/// Integrated gradients: for each number of a point, its distance from a baseline times the mean of its gradient on the
/// straight path from the baseline to the point (Sundararajan et al. 2017, eq. 1), the mean by Gauss–Legendre quadrature.
///
/// Of the exact integral the values sum to the difference of the scores at both ends (completeness, their proposition 1);
/// by how much they do not says how good the quadrature is.
///
/// ```
/// use vitrine_explain::IntegratedGradients;
/// // The score x² y of two tokens that are one number each.
/// let (point, baseline) = (vec![2.0, 3.0], vec![0.0, 1.0]);
/// let mut path = IntegratedGradients::new(point, baseline, 2, 2);
/// while !path.is_done() {
///     let gradients: Vec<Vec<f64>> = path
///         .next_points(4)
///         .iter()
///         .map(|point| vec![2.0 * point[0] * point[1], point[0] * point[0]])
///         .collect();
///     path.receive(&gradients);
/// }
/// let values = path.values();
/// assert!((values[0] + values[1] - 12.0).abs() < 1e-14, "{values:?}");
/// ```
#[derive(Clone, Debug)]
pub struct IntegratedGradients {
    baseline: Vec<f64>,
    /// From the baseline to the point.
    path: Vec<f64>,
    tokens: usize,
    nodes: Vec<(f64, f64)>,
    done: usize,
    /// The weighted gradients so far.
    total: Vec<f64>,
}

impl IntegratedGradients {
    /// A path of so many tokens with so many nodes, of which nothing is computed yet.
    ///
    /// # Panics
    /// If the two ends are not of equally many numbers.
    pub fn new(point: Vec<f64>, baseline: Vec<f64>, tokens: usize, steps: usize) -> IntegratedGradients {
        assert_eq!(
            point.len(),
            baseline.len(),
            "both ends of a path have equally many numbers"
        );
        let path: Vec<f64> = point.iter().zip(&baseline).map(|(to, from)| to - from).collect();
        IntegratedGradients {
            total: vec![0.0; path.len()],
            baseline,
            path,
            tokens,
            nodes: gauss_legendre(steps),
            done: 0,
        }
    }

    /// The next points of the path whose gradients are wanted, at most so many; none when all are done.
    pub fn next_points(&self, most: usize) -> Vec<Vec<f64>> {
        let at = |(node, _): &(f64, f64)| {
            let steps = self.baseline.iter().zip(&self.path);
            steps.map(|(from, path)| from + node * path).collect()
        };
        self.nodes[self.done..].iter().take(most).map(at).collect()
    }

    /// Takes the gradients at the points that come next.
    ///
    /// # Panics
    /// If there are more gradients than points are left, or one has not as many numbers as a point.
    pub fn receive(&mut self, gradients: &[Vec<f64>]) {
        for gradient in gradients {
            assert_eq!(
                gradient.len(),
                self.total.len(),
                "a gradient has as many numbers as its point"
            );
            let (_, weight) = self.nodes[self.done];
            for (total, value) in self.total.iter_mut().zip(gradient) {
                *total += weight * value;
            }
            self.done += 1;
        }
    }

    /// How many nodes are done.
    pub fn steps_done(&self) -> usize {
        self.done
    }

    /// Whether all are.
    pub fn is_done(&self) -> bool {
        self.done == self.nodes.len()
    }

    /// One value for each token. It is the integral's only when all nodes are done.
    pub fn values(&self) -> Vec<f64> {
        gradient_times_input(&self.total, &self.path, self.tokens)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn quadrature_is_exact_up_to_its_degree(count in 1usize..80, degree in 0usize..160) {
            let nodes = gauss_legendre(count);
            prop_assert!(nodes.is_sorted_by(|(a, _), (b, _)| a < b));
            let sum: f64 = nodes.iter().map(|(node, weight)| weight * node.powi(degree as i32)).sum();
            let error = (sum - 1.0 / (degree as f64 + 1.0)).abs();
            // One degree more is missed, by what leaves the digits of a number soon.
            if degree < 2 * count {
                prop_assert!(error < 1e-14, "{}", error);
            } else if count < 8 {
                prop_assert!(error > 1e-12, "{}", error);
            }
        }

        /// A polynomial of all numbers together, which has neither symmetry nor a token without influence.
        #[test]
        fn integrated_gradients_of_a_polynomial_are_complete_however_many_are_computed_at_once(
            point in proptest::collection::vec(-2.0f64..2.0, 6), baseline in proptest::collection::vec(-2.0f64..2.0, 6),
            tokens in prop_oneof![Just(2usize), Just(3), Just(6)], most in 1usize..9,
        ) {
            let inner = |x: &[f64]| x.iter().enumerate().map(|(at, x)| (at as f64 - 2.3) * x).sum::<f64>();
            let score = |x: &[f64]| inner(x).powi(5) + x[0] * x[5];
            let gradient = |x: &[f64]| -> Vec<f64> {
                let slope = 5.0 * inner(x).powi(4);
                (0..6)
                    .map(|at| slope * (at as f64 - 2.3) + match at { 0 => x[5], 5 => x[0], _ => 0.0 })
                    .collect()
            };
            let run = |most: usize| {
                let mut path = IntegratedGradients::new(point.clone(), baseline.clone(), tokens, 3);
                while !path.is_done() {
                    let gradients: Vec<_> = path.next_points(most).iter().map(|x| gradient(x)).collect();
                    path.receive(&gradients);
                }
                assert!(path.next_points(most).is_empty());
                path.values()
            };
            let values = run(most);
            prop_assert_eq!(values.len(), tokens);
            let difference = score(&point) - score(&baseline);
            let scale = 1.0 + score(&point).abs() + score(&baseline).abs();
            prop_assert!((values.iter().sum::<f64>() - difference).abs() < 1e-11 * scale);
            prop_assert_eq!(run(1), values);
        }
    }

    #[test]
    fn of_a_linear_score_all_methods_agree_but_for_the_norm() {
        let weights = [1.0, -2.0, 0.5, 4.0];
        let point = [0.3, 0.7, -1.0, 2.0];
        let mut path = IntegratedGradients::new(point.to_vec(), vec![0.0; 4], 2, 1);
        path.receive(&[weights.to_vec()]);
        for (one, other) in path
            .values()
            .iter()
            .zip(gradient_times_input(&weights, &point, 2))
        {
            assert!((one - other).abs() < 1e-15);
        }
        assert_eq!(gradient_norm(&weights, 2), [5.0_f64.sqrt(), 16.25_f64.sqrt()]);
    }
}
