//! How often the screen is told of progress: drawing it takes a core from the workers where they have all of them.

/// The screen is told of progress this often at most, in milliseconds.
const LEAST_BETWEEN: f64 = 67.0;

/// And this often at least, however slow it is.
const MOST_BETWEEN: f64 = 1_000.0;

/// Of the time, drawing takes one part in so many.
const SHARE: f64 = 32.0;

/// When the screen is told of progress again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cadence {
    between: f64,
    /// When it was told last, in milliseconds.
    told_at: f64,
}

impl Default for Cadence {
    fn default() -> Cadence {
        Cadence {
            between: LEAST_BETWEEN,
            told_at: f64::NEG_INFINITY,
        }
    }
}

impl Cadence {
    /// Something else is shown: its first picture need not wait.
    pub fn begin(&mut self) {
        self.told_at = f64::NEG_INFINITY;
    }

    /// Whether the screen is to be told at a time.
    pub fn is_time(&self, now: f64) -> bool {
        now - self.told_at >= self.between
    }

    /// It was told at a time.
    pub fn told(&mut self, now: f64) {
        self.told_at = now;
    }

    /// Drawing what it was told took so many milliseconds.
    pub fn drawn_in(&mut self, milliseconds: f64) {
        self.between = (milliseconds * SHARE).clamp(LEAST_BETWEEN, MOST_BETWEEN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_picture_does_not_wait() {
        let mut cadence = Cadence::default();
        assert!(cadence.is_time(0.0));
        cadence.told(0.0);
        assert!(!cadence.is_time(60.0));
        assert!(cadence.is_time(70.0));
        cadence.begin();
        assert!(cadence.is_time(1.0));
    }

    #[test]
    fn a_page_that_draws_slowly_is_told_seldom_but_is_told() {
        let mut cadence = Cadence::default();
        cadence.told(0.0);
        for (drawing, too_early, in_time) in
            [(1.0, 60.0, 67.0), (20.0, 600.0, 640.0), (900.0, 990.0, 1_000.0)]
        {
            cadence.drawn_in(drawing);
            assert!(
                !cadence.is_time(too_early) && cadence.is_time(in_time),
                "{drawing}"
            );
        }
    }
}
