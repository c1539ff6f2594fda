//! Which words are missing in the samples around a text.

use crate::{
    Coalition, NumpyRandom,
    subsets::{SubsetsOfSize, binomial},
};

/// The coalitions that the package draws, in its order: first how many words are missing in each sample, uniformly from 1
/// to all, then which. The first sample is the text itself, so that there is at least one; without a player there is
/// no other.
///
/// ```
/// use vitrine_explain::{Coalition, NumpyRandom, lime::sampled_coalitions};
/// let samples = sampled_coalitions(8, 3, &mut NumpyRandom::new(42));
/// assert_eq!(samples[0], Coalition::full(8));
/// assert_eq!(samples[1].iter().collect::<Vec<_>>(), [4]);
/// assert_eq!(samples[2].len(), 4);
/// ```
pub fn sampled_coalitions(players: usize, samples: usize, random: &mut NumpyRandom) -> Vec<Coalition> {
    let full = Coalition::full(players);
    let drawn = match u32::try_from(players) {
        Ok(1..) => samples.saturating_sub(1),
        _ => 0,
    };
    // No text has so many words that a number of 32 bits could not count them.
    let most = u32::try_from(players).unwrap_or(u32::MAX - 1);
    let missing: Vec<u32> = (0..drawn).map(|_| random.randint(1..most + 1)).collect();
    let mut coalitions = vec![full.clone()];
    for size in missing {
        let chosen = random.choice_without_replacement(players, size as usize);
        coalitions.push(chosen.into_iter().fold(full.clone(), Coalition::without));
    }
    coalitions
}

/// All coalitions, those with the fewest missing players first, each with how often it is drawn on average among that
/// many samples, the text itself counting once: (N − 1) / (n · C(n, k)) for k of n present.
pub(crate) fn expected_coalitions(players: usize, samples: usize) -> impl Iterator<Item = (Coalition, f64)> {
    let drawn = samples.saturating_sub(1) as f64;
    (0..=players).rev().flat_map(move |size| {
        let times = if size == players {
            1.0
        } else {
            drawn / (players as f64 * binomial(players, size))
        };
        SubsetsOfSize::new(players, size).map(move |coalition| (coalition, times))
    })
}
