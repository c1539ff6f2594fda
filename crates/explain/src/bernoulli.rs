//! How far the share of successes that was seen can be from the one that is true.

/// How well one chance of success tells outcomes of another apart: the Kullback–Leibler divergence of two Bernoulli
/// distributions.
fn divergence(one: f64, other: f64) -> f64 {
    let part = |one: f64, other: f64| if one == 0.0 { 0.0 } else { one * (one / other).ln() };
    part(one, other) + part(1.0 - one, 1.0 - other)
}

/// The lowest and the highest chance whose divergence from the share that was seen is at most `level / trials`: each holds
/// with probability 1 − exp(−level) (Chernoff; Garivier & Cappé 2011, "The KL-UCB Algorithm"). Everything is possible
/// without a trial.
pub(crate) fn confidence_bounds(successes: usize, trials: usize, level: f64) -> (f64, f64) {
    let bound = |outside| confidence_bound(successes, trials, level, outside);
    (bound(0.0), bound(1.0))
}

/// The one of the two that lies towards `outside`, 0 or 1.
pub(crate) fn confidence_bound(successes: usize, trials: usize, level: f64, mut outside: f64) -> f64 {
    if trials == 0 {
        return outside;
    }
    let mean = successes as f64 / trials as f64;
    let most = level / trials as f64;
    let mut inside = mean;
    for _ in 0..50 {
        let middle = (inside + outside) / 2.0;
        if divergence(mean, middle) <= most {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_that_can_be_written_down() {
        // Of successes alone: trials · ln(1 / low) = level.
        let (low, high) = confidence_bounds(10, 10, 2.0);
        assert!(
            (low - (-0.2_f64).exp()).abs() < 1e-12 && high == 1.0,
            "{low}, {high}"
        );
        let (low, high) = confidence_bounds(0, 10, 2.0);
        assert!(
            (high - (1.0 - (-0.2_f64).exp())).abs() < 1e-12 && low == 0.0,
            "{low}, {high}"
        );
        assert_eq!(confidence_bounds(0, 0, 2.0), (0.0, 1.0));
    }

    #[test]
    fn bounds_lie_on_the_level_and_close_in_on_the_share() {
        let mut before = (0.0, 1.0);
        for trials in [10, 40, 160, 640] {
            let (low, high) = confidence_bounds(trials * 7 / 10, trials, 3.0);
            for bound in [low, high] {
                assert!((divergence(0.7, bound) * trials as f64 - 3.0).abs() < 1e-9);
            }
            assert!(before.0 < low && low < 0.7 && 0.7 < high && high < before.1);
            before = (low, high);
        }
    }
}
