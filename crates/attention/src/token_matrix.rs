//! A number for each destination and source.

use vitrine_record::{LayerAttention, LayerIdx};

/// `[destination, source]` in row-major order, in double precision.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenMatrix {
    tokens: usize,
    values: Vec<f64>,
}

impl TokenMatrix {
    /// Takes `tokens × tokens` values, or nothing if their number differs.
    ///
    /// ```
    /// # use vitrine_attention::TokenMatrix;
    /// assert!(TokenMatrix::new(2, vec![1.0, 0.0, 0.0, 1.0]).is_some());
    /// assert!(TokenMatrix::new(2, vec![1.0]).is_none());
    /// ```
    pub fn new(tokens: usize, values: Vec<f64>) -> Option<TokenMatrix> {
        (values.len() == tokens * tokens).then_some(TokenMatrix { tokens, values })
    }

    /// Asks for the value of each destination and source.
    pub fn from_fn(tokens: usize, value: impl Fn(usize, usize) -> f64) -> TokenMatrix {
        let values = (0..tokens * tokens).map(|index| value(index / tokens, index % tokens));
        TokenMatrix {
            tokens,
            values: values.collect(),
        }
    }

    /// Number of tokens.
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// All values.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The row of one destination; empty outside the matrix.
    pub fn row(&self, destination: usize) -> &[f64] {
        if destination >= self.tokens {
            return &[];
        }
        &self.values[destination * self.tokens..][..self.tokens]
    }

    /// The same with rows that sum to 1; a row of zeros stays one.
    pub fn with_normalised_rows(mut self) -> TokenMatrix {
        for row in self.values.chunks_exact_mut(self.tokens.max(1)) {
            let sum: f64 = row.iter().sum();
            if sum > 0.0 {
                row.iter_mut().for_each(|value| *value /= sum);
            }
        }
        self
    }

    /// The matrix product with another matrix of the same size.
    pub(crate) fn times(&self, right: &TokenMatrix) -> TokenMatrix {
        let mut values = vec![0.0; self.values.len()];
        for (destination, row) in values.chunks_exact_mut(self.tokens.max(1)).enumerate() {
            for (middle, &weight) in self.row(destination).iter().enumerate() {
                for (value, factor) in row.iter_mut().zip(right.row(middle)) {
                    *value += weight * factor;
                }
            }
        }
        TokenMatrix {
            tokens: self.tokens,
            values,
        }
    }

    /// The same as attention of one head, for views that show attention. Rows are taken as they are.
    #[expect(
        clippy::expect_used,
        reason = "a matrix has as many values as attention of one head, by its construction"
    )]
    pub fn to_attention(&self, layer: LayerIdx) -> LayerAttention {
        let probabilities = self.values.iter().map(|&value| value as f32).collect();
        LayerAttention::new(layer, 1, self.tokens, probabilities).expect("tokens × tokens values")
    }
}
