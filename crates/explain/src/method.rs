//! What all methods have in common.

use crate::Coalition;

/// Coalitions that methods ask for at once, at most.
pub(crate) const BATCH: usize = 256;

/// How many coalitions a method asks for next: as many as it has been told of, so that a first picture is soon there.
pub(crate) fn next_batch(told: usize) -> usize {
    const FIRST: usize = 16;
    told.clamp(FIRST, BATCH)
}

/// Holds whoever drives a method to its part: a value for each wanted coalition.
#[track_caller]
pub(crate) fn assert_one_each(wanted: &[Coalition], values: &[f64]) {
    assert_eq!(values.len(), wanted.len(), "a value for each wanted coalition");
}

/// A method that computes something from the values of coalitions, and says which values it needs next.
///
/// What it computes depends on the values alone: not on how many of them are computed at once, nor by whom. The same
/// coalition may be wanted more than once; whoever computes values keeps those it has.
pub trait CoalitionMethod {
    /// What is computed.
    type Outcome;

    /// The coalitions whose values come next, at most a few hundred; none once the outcome is final.
    fn wanted(&self) -> &[Coalition];

    /// Takes the values of the wanted coalitions, in their order.
    ///
    /// # Panics
    /// If there are not as many values as wanted coalitions, which is a mistake of the caller.
    fn receive(&mut self, values: &[f64]);

    /// What is known so far.
    fn outcome(&self) -> Self::Outcome;
}

/// Drives a method to its end over a value function on batches of coalitions.
///
/// # Errors
/// Those of the value function.
pub fn explain<M: CoalitionMethod, E>(
    mut method: M,
    mut values: impl FnMut(&[Coalition]) -> Result<Vec<f64>, E>,
) -> Result<M::Outcome, E> {
    while !method.wanted().is_empty() {
        let values = values(method.wanted())?;
        method.receive(&values);
    }
    Ok(method.outcome())
}
