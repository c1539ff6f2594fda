// What the times of many rounds come to.

/** Of each peer and shape: best and median time, speed at the best, and how much quicker it is than other peers. */
export function summary(timings) {
  return timings.map(timing => {
    const { peer, batch, tokens, times_ms, operations } = timing;
    const best_ms = Math.min(...times_ms);
    const against = {};
    for (const other of timings.filter(other => other.batch === batch && other.tokens === tokens)) {
      // Times of one round lie close together, and a machine that is busy meanwhile is busy for both.
      against[other.peer] = {
        median: median(other.times_ms.map((time, round) => time / times_ms[round])),
        best: Math.min(...other.times_ms) / best_ms,
      };
    }
    const gflop_per_s = operations / best_ms / 1e6;
    return { peer, batch, tokens, rounds: times_ms.length, best_ms, median_ms: median(times_ms), gflop_per_s, against };
  });
}

/** The upper median. */
export function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}
