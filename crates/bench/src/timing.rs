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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Who.
    pub peer: Peer,
    /// What.
    #[serde(flatten)]
    pub shape: Shape,
    /// The milliseconds of each round, in the order of the rounds, so that peers can be compared within each.
    pub times_ms: Vec<f64>,
    /// Operations of a forward pass; [`Peers::operations`] says what counts.
    pub operations: f64,
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
        timings.extend(times.map(|(peer, times_ms)| Timing {
            peer,
            shape,
            times_ms,
            operations: peers.operations(shape),
        }));
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
