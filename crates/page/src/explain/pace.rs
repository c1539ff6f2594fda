//! How fast inputs are run, and so how long an explanation will take.

/// Each time that something is measured, what was measured before counts so much less. Times and inputs fade alike, since
/// workers that answer at the same moment have waited together: the first of them seems slow, and the others quick.
const FADING: f64 = 0.85;

/// So many inputs have to be measured before it is known what many take.
const LEAST_MEASURED: usize = 24;

/// What inputs took that were measured for so long, in milliseconds, says roughly what many take: of long texts a few
/// inputs take that long.
const LEAST_TIME: f64 = 1_000.0;

/// How long inputs will take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// In seconds.
    pub seconds: f64,
    /// Whether only few were measured, and perhaps not by all workers: it can be wrong by a factor.
    pub is_rough: bool,
}

/// How fast inputs of one length are run by all workers together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    /// Milliseconds for which inputs were waited for, those long ago for less, and so many inputs they were.
    recent: (f64, f64),
    measured: usize,
    /// Milliseconds for which inputs were measured.
    measured_for: f64,
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
            let (milliseconds, inputs) = self.recent;
            self.recent = (milliseconds * FADING + waited, inputs * FADING + count as f64);
            self.measured += count;
            self.measured_for += waited;
        }
        self.since = others_are_out.then_some(now);
        waited
    }

    /// How long so many more inputs will take; nothing before enough were measured. Of those who will run them such a
    /// share does already: more than in proportion nobody is quicker than some.
    pub fn of(&self, inputs: f64, share_at_work: f64) -> Option<Estimate> {
        let is_known = self.measured >= LEAST_MEASURED;
        let (milliseconds, recent) = self.recent;
        (is_known || self.measured_for >= LEAST_TIME).then(|| Estimate {
            seconds: inputs * milliseconds / recent * share_at_work / 1000.0,
            is_rough: !is_known || share_at_work < 1.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(pace: &Pace, inputs: f64) -> f64 {
        let seconds = pace.of(inputs, 1.0).unwrap().seconds;
        (seconds * 1e6).round() / 1e6
    }

    #[test]
    fn nothing_is_said_before_enough_was_measured() {
        let mut pace = Pace::default();
        pace.handed_out(0.0);
        pace.answered(23, 230.0, true);
        assert_eq!(pace.of(100.0, 1.0), None);
        pace.answered(1, 240.0, false);
        assert_eq!(seconds(&pace, 100.0), 1.0);
    }

    #[test]
    fn a_second_says_roughly_what_others_take() {
        let mut pace = Pace::default();
        pace.handed_out(0.0);
        pace.answered(2, 1_000.0, false);
        let estimate = pace.of(100.0, 1.0);
        assert_eq!(
            estimate,
            Some(Estimate {
                seconds: 50.0,
                is_rough: true
            })
        );
    }

    #[test]
    fn workers_that_answer_together_are_no_slow_and_quick_ones() {
        let mut pace = Pace::default();
        pace.handed_out(0.0);
        for round in 1..=3 {
            let now = f64::from(round) * 1_000.0;
            pace.answered(4, now, true);
            pace.answered(4, now, true);
            let said = seconds(&pace, 800.0);
            assert!((said - 100.0).abs() < 10.0, "round {round}: {said}");
        }
    }

    #[test]
    fn who_is_yet_to_come_will_share_the_work() {
        let mut pace = Pace::default();
        pace.handed_out(0.0);
        pace.answered(40, 400.0, false);
        let [alone, all] = [0.25, 1.0].map(|share| pace.of(400.0, share).unwrap());
        assert_eq!((alone.seconds, alone.is_rough), (1.0, true));
        assert_eq!((all.seconds, all.is_rough), (4.0, false));
    }

    #[test]
    fn time_without_work_does_not_count() {
        let mut pace = Pace::default();
        pace.handed_out(0.0);
        pace.answered(20, 200.0, false);
        pace.handed_out(10_000.0);
        pace.handed_out(10_050.0);
        pace.answered(10, 10_100.0, false);
        assert_eq!(seconds(&pace, 1.0), 0.01);
    }

    #[test]
    fn time_after_an_interruption_does_not_count() {
        let mut pace = Pace::default();
        pace.handed_out(0.0);
        pace.answered(30, 300.0, true);
        pace.interrupted();
        pace.handed_out(60_300.0);
        assert_eq!(pace.answered(10, 60_400.0, false), 100.0);
        assert_eq!(seconds(&pace, 1.0), 0.01);
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
        assert!((seconds(&pace, 1000.0) - 2.0).abs() < 0.1);
    }
}
