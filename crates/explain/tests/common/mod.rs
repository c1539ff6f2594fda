//! What the tests of the methods share.

use std::convert::Infallible;

use vitrine_explain::{Coalition, CoalitionMethod, explain};

/// The outcome of a method over a value function.
pub fn values_of<M: CoalitionMethod>(method: M, mut value: impl FnMut(&Coalition) -> f64) -> M::Outcome {
    let outcome = explain(method, |coalitions| {
        assert!(coalitions.len() <= 300, "{} coalitions at once", coalitions.len());
        Ok::<_, Infallible>(coalitions.iter().map(&mut value).collect())
    });
    match outcome {
        Ok(outcome) => outcome,
        Err(never) => match never {},
    }
}

/// Holds numbers to others, each to within a tolerance.
pub fn assert_close(found: &[f64], expect: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expect.len(), "{what}");
    for (index, (found, expect)) in found.iter().zip(expect).enumerate() {
        assert!(
            (found - expect).abs() <= tolerance,
            "{what}, number {index}: {found} where {expect} is expected"
        );
    }
}
