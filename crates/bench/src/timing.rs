//! Takes turns and keeps the times.

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

use crate::peers::{Input, Peer, Peers};

/// Fewer turns than this say little about the best time.
const FEWEST_ROUNDS: usize = 9;
/// More turns than this say nothing new.
const MOST_ROUNDS: usize = 60;

/// How much is computed at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Sequences.
    pub batch: usize,
    /// Tokens in each.
    pub tokens: usize,
}

/// The shapes that are measured, from a short sentence to the batches of an explanation.
pub const SHAPES: [Shape; 5] = [
    Shape { batch: 1, tokens: 8 },
    Shape { batch: 1, tokens: 32 },
    Shape {
        batch: 1,
        tokens: 128,
    },
    Shape { batch: 8, tokens: 32 },
    Shape {
        batch: 32,
        tokens: 32,
    },
];

/// What one peer needed for one shape.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Who.
    pub peer: Peer,
    /// What.
    #[serde(flatten)]
    pub shape: Shape,
    /// How many times.
    pub rounds: usize,
    /// The shortest time in milliseconds.
    pub best_ms: f64,
    /// The median time in milliseconds.
    pub median_ms: f64,
    /// 10⁹ operations in a second at the shortest time; [`Peers::operations`] says what counts.
    pub gflop_per_s: f64,
    /// The time of candle's own encoder divided by this peer's: the median over the rounds, since times of one
    /// round lie close together and a machine that is busy meanwhile is busy for both.
    pub speed_against_candle: f64,
}

/// Measures every shape for about so many milliseconds, all peers together. `clock` gives milliseconds.
///
/// # Errors
/// If a peer fails, or the peers do not compute the same.
pub fn measure(peers: &Peers, milliseconds_per_shape: f64, clock: impl Fn() -> f64) -> Result<Vec<Timing>> {
    let mut timings = Vec::new();
    for shape in SHAPES {
        let input = peers.input(shape)?;
        // This also warms up every peer.
        peers.check_agreement(&input)?;
        let mut times = Peer::ALL.map(|peer| (peer, Vec::new()));
        let begun = clock();
        loop {
            for (peer, times) in &mut times {
                times.push(time(peers, *peer, &input, &clock)?);
            }
            // Whoever runs after another finds other things in the processor's caches: all take all places.
            times.rotate_left(1);
            let rounds = times[0].1.len();
            if rounds >= MOST_ROUNDS || (rounds >= FEWEST_ROUNDS && clock() - begun > milliseconds_per_shape)
            {
                break;
            }
        }
        times.sort_by_key(|(peer, _)| *peer);
        let reference: Vec<f64> = times
            .iter()
            .filter(|(peer, _)| *peer == Peer::Candle)
            .flat_map(|(_, times)| times.clone())
            .collect();
        for (peer, times) in times {
            let best_ms = times.iter().copied().fold(f64::INFINITY, f64::min);
            timings.push(Timing {
                peer,
                shape,
                rounds: times.len(),
                best_ms,
                median_ms: median(times.clone()),
                gflop_per_s: peers.operations(shape) / best_ms / 1e6,
                speed_against_candle: median(
                    reference
                        .iter()
                        .zip(&times)
                        .map(|(candle, own)| candle / own)
                        .collect(),
                ),
            });
        }
    }
    Ok(timings)
}

fn time(peers: &Peers, peer: Peer, input: &Input, clock: &impl Fn() -> f64) -> Result<f64> {
    let begun = clock();
    let output = peers.forward(peer, input)?;
    let time = clock() - begun;
    drop(output);
    ensure!(time > 0.0, "the clock stood still during a forward pass");
    Ok(time)
}

/// The upper median; of nothing, not a number.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![9.0, 1.0, 2.0]), 2.0);
        assert!(median(Vec::new()).is_nan());
    }
}
