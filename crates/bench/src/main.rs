//! Measures on this machine and writes a JSON array to standard output.

use std::time::Instant;

use anyhow::Result;
use vitrine_bench::{Peers, measure};

const MILLISECONDS_PER_SHAPE: f64 = 4_000.0;

fn main() -> Result<()> {
    let begun = Instant::now();
    let timings = measure(&Peers::new()?, MILLISECONDS_PER_SHAPE, || {
        begun.elapsed().as_secs_f64() * 1e3
    })?;
    println!("{}", serde_json::to_string(&timings)?);
    Ok(())
}
