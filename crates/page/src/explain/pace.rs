//! How fast inputs are run, and so how long an explanation will take.

/// Of what was measured before and what is measured now, so much is now.
const WEIGHT_OF_NEWEST: f64 = 0.3;

/// So many inputs have to be measured before anything is said of what many would take.
const LEAST_MEASURED: usize = 24;

/// How fast inputs of one length are run by all workers together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    /// Milliseconds between inputs.
    milliseconds: Option<f64>,
    measured: usize,
    /// When the last ones came, or the first ones were handed out.
    since: Option<f64>,
}

impl Pace {
    /// Inputs are handed out at a time, in milliseconds: if none were out, waiting ends here.
    pub fn handed_out(&mut self, now: f64) {
        self.since.get_or_insert(now);
    }

    /// What is out is no longer waited for: until something is handed out again, time does not count.
    pub fn interrupted(&mut self) {
        self.since = None;
    }

    /// So many inputs were answered at a time; whether others are still out. Says for how many milliseconds they were
    /// waited for alone.
    pub fn answered(&mut self, count: usize, now: f64, others_are_out: bool) -> f64 {
        let waited = self.since.map_or(0.0, |since| (now - since).max(0.0));
        if self.since.is_some() && count > 0 {
            let newest = waited / count as f64;
            let before = self.milliseconds;
            self.milliseconds =
                Some(before.map_or(newest, |before| before + (newest - before) * WEIGHT_OF_NEWEST));
            self.measured += count;
        }
        self.since = others_are_out.then_some(now);
        waited
    }

    /// Seconds that so many more inputs will take; nothing before enough were measured.
    pub fn seconds_for(&self, inputs: f64) -> Option<f64> {
        let milliseconds = self.milliseconds.filter(|_| self.measured >= LEAST_MEASURED)?;
        Some(inputs * milliseconds / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_before_enough_was_measured() {
        let mut pace = Pace::default();
        pace.handed_out(0.0);
        pace.answered(23, 230.0, true);
        assert_eq!(pace.seconds_for(100.0), None);
        pace.answered(1, 240.0, false);
        assert!((pace.seconds_for(100.0).unwrap() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn time_without_work_does_not_count() {
        let mut pace = Pace::default();
        pace.handed_out(0.0);
        pace.answered(20, 200.0, false);
        pace.handed_out(10_000.0);
        pace.handed_out(10_050.0);
        pace.answered(10, 10_100.0, false);
        assert!((pace.seconds_for(1.0).unwrap() - 0.01).abs() < 1e-9);
    }

    #[test]
    fn time_after_an_interruption_does_not_count() {
        let mut pace = Pace::default();
        pace.handed_out(0.0);
        pace.answered(30, 300.0, true);
        pace.interrupted();
        pace.handed_out(60_300.0);
        assert_eq!(pace.answered(10, 60_400.0, false), 100.0);
        assert!((pace.seconds_for(1.0).unwrap() - 0.01).abs() < 1e-9);
    }

    #[test]
    fn what_is_measured_now_counts_more_and_more() {
        let mut pace = Pace::default();
        pace.handed_out(0.0);
        pace.answered(10, 100.0, true);
        let mut now = 100.0;
        for _ in 0..20 {
            now += 20.0;
            pace.answered(10, now, true);
        }
        assert!((pace.seconds_for(1000.0).unwrap() - 2.0).abs() < 0.1);
    }
}
