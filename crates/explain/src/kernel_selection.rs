//! Which players Kernel SHAP gives values, where not all shall have one.
//!
//! Selected is by least squares of twice as many rows as there are samples: one says what the players who are present make
//! of nobody, the other what those who are missing take from everybody
//! (<https://github.com/shap/shap/blob/v0.51.0/shap/explainers/_kernel.py>, `solve`). The values are then fitted anew, to
//! the selected players only. Where it selects nobody, which is where the model always says the same but for rounding, all
//! have a value, for in the package the values would not sum to anything then.

use vitrine_record::KernelSelection;

use crate::{
    Coalition,
    least_angle::{LeastAngleMethod, least_angle_path},
    least_squares::{CentredSums, NormalEquations},
};

/// Corners of the lasso's path at most, as in scikit-learn.
const MOST_CORNERS: usize = 500;

/// Of what varies, less than this share is rounding.
const SMALLEST_NOISE: f64 = 1e-14;

/// The sums that a selection needs, gathered sample by sample.
#[derive(Clone, Debug)]
pub(crate) struct SelectionSums {
    selection: KernelSelection,
    rows: usize,
    /// Of a column of ones and one for each player.
    equations: NormalEquations,
}

impl SelectionSums {
    pub(crate) fn new(players: usize, selection: KernelSelection) -> SelectionSums {
        SelectionSums {
            selection,
            rows: 0,
            equations: NormalEquations::new(players + 1),
        }
    }

    /// Adds a sample: who is present, what it counts, what it is worth above nobody and above everybody.
    pub(crate) fn add(&mut self, present: &Coalition, weight: f64, above: (f64, f64)) {
        let players = present.players();
        let size = present.len();
        let to_nobody = (weight * (players - size) as f64).sqrt();
        let to_everybody = (weight * size as f64).sqrt();
        for (scale, above, of_present, of_missing) in
            [(to_nobody, above.0, 1.0, 0.0), (to_everybody, above.1, 0.0, -1.0)]
        {
            let of = |player| {
                if present.contains(player) {
                    of_present
                } else {
                    of_missing
                }
            };
            let row: Vec<f64> = std::iter::once(1.0)
                .chain((0..players).map(|player| scale * of(player)))
                .collect();
            self.equations.add(&row, scale * above, 1.0);
        }
        self.rows += 2;
    }

    /// The players that have a value, in their order; all where none stands out.
    pub(crate) fn select(&self, players: usize) -> Vec<usize> {
        let mut selected = match self.selection {
            KernelSelection::All => Vec::new(),
            KernelSelection::Features(features) => self.first_in(players, features.max(1)),
            KernelSelection::Aic => self.best_by_criterion(2.0),
            KernelSelection::Bic => self.best_by_criterion((self.rows as f64).ln()),
        };
        if selected.is_empty() {
            return (0..players).collect();
        }
        selected.sort_unstable();
        selected
    }

    fn first_in(&self, players: usize, features: usize) -> Vec<usize> {
        let gram: Vec<f64> = (1..=players)
            .flat_map(|row| (1..=players).map(move |column| self.equations.gram(row, column)))
            .collect();
        let products: Vec<f64> = (1..=players).map(|row| self.equations.product(row)).collect();
        least_angle_path(
            &gram,
            &products,
            self.rows,
            LeastAngleMethod::LeastAngle,
            features,
        )
        .active
    }

    /// The players in the corner of the lasso's path whose squares of what is not fitted, by the noise's variance, plus
    /// `price` for each player is lowest. The noise is what the fit of least squares leaves (Zou, Hastie & Tibshirani 2007,
    /// "On the degrees of freedom of the lasso", equation 2.16; scikit-learn's `LassoLarsIC`, of columns with a standard
    /// deviation of 1). With too few rows to tell noise from the fit nobody is.
    fn best_by_criterion(&self, price: f64) -> Vec<usize> {
        if self.rows == 0 {
            return Vec::new();
        }
        let sums = standardised(self.equations.centred(), self.rows);
        let all: Vec<usize> = (0..sums.columns()).collect();
        let Some(degrees) = self.rows.checked_sub(all.len() + 1).filter(|left| *left > 0) else {
            return Vec::new();
        };
        let path = least_angle_path(
            &sums.gram,
            &sums.products,
            self.rows,
            LeastAngleMethod::Lasso,
            MOST_CORNERS,
        );
        let in_corner = |corner: usize| -> Vec<usize> {
            let coefficients = &path.steps[corner].coefficients;
            let is_in = |player: &usize| coefficients[*player].abs() > f64::EPSILON;
            all.iter().copied().filter(is_in).collect()
        };
        let unfitted = |corner: usize| {
            let players = in_corner(corner);
            let coefficients: Vec<f64> = players
                .iter()
                .map(|player| path.steps[corner].coefficients[*player])
                .collect();
            sums.residual(&players, &coefficients)
        };
        let of_least_squares = match sums.ridge(&all, 0.0) {
            Some(coefficients) => sums.residual(&all, &coefficients),
            // Where several fits are best the path leads to one of them.
            None => unfitted(path.steps.len() - 1),
        };
        let noise = of_least_squares.max(SMALLEST_NOISE * sums.total) / degrees as f64;
        let criterion = |corner: &usize| unfitted(*corner) / noise + price * in_corner(*corner).len() as f64;
        (0..path.steps.len())
            .min_by(|one, other| criterion(one).total_cmp(&criterion(other)))
            .map(in_corner)
            .unwrap_or_default()
    }
}

/// The sums of columns each divided by its standard deviation; one that does not vary stays.
fn standardised(mut sums: CentredSums, rows: usize) -> CentredSums {
    let columns = sums.columns();
    let scales: Vec<f64> = (0..columns)
        .map(|column| sums.gram(column, column))
        .map(|squares| {
            if squares > 0.0 {
                (squares / rows as f64).sqrt()
            } else {
                1.0
            }
        })
        .collect();
    for (row, scale) in scales.iter().enumerate() {
        sums.products[row] /= scale;
        for (cell, other) in sums.gram[row * columns..][..columns].iter_mut().zip(&scales) {
            *cell /= scale * other;
        }
    }
    sums
}
