//! The masked inputs that say most about a text.

use std::collections::HashSet;

use vitrine_explain::{Coalition, Evaluations, ExplanationRun, target_score};
use vitrine_record::{MaskedRun, message::TextInput};

/// So many are shown.
const SHOWN: usize = 40;

/// So many of those that a run asked for are looked at: it begins with what matters most.
const LOOKED_AT: usize = 4_000;

/// So many are looked at in one go, which takes a few milliseconds.
const AT_ONCE: usize = 400;

/// Reads them off a run, a few at a time.
#[derive(Default)]
pub struct MaskedRuns {
    /// How many of those that the run asked for were looked at.
    looked_at: usize,
    /// The most telling first.
    best: Vec<MaskedRun>,
    seen: HashSet<TextInput>,
}

impl MaskedRuns {
    /// Looks at some that are new. Whether any were.
    pub fn look(&mut self, run: &ExplanationRun, evaluations: &Evaluations) -> bool {
        let target = &run.settings().target;
        let explained = evaluations.get(&run.input(&full(run)));
        let Some(whole) = explained.and_then(|output| target_score(output, target)) else {
            return false;
        };
        let end = run.asked().len().min(LOOKED_AT).min(self.looked_at + AT_ONCE);
        let new = &run.asked()[self.looked_at.min(end)..end];
        let has_new = !new.is_empty();
        for present in new {
            // What was asked last may not be answered yet: it is looked at again.
            let known = evaluations.get(&run.input(present));
            let Some(score) = known.and_then(|output| target_score(output, target)) else {
                break;
            };
            self.looked_at += 1;
            let shown = run.shown(present);
            let missing = present.players() - present.len();
            if missing > 0 && self.seen.insert(shown.clone()) {
                self.best.push(MaskedRun {
                    shown,
                    missing,
                    score,
                });
            }
        }
        self.best
            .sort_by(|one, other| telling(other, whole).total_cmp(&telling(one, whole)));
        self.best.truncate(SHOWN);
        has_new
    }

    /// The most telling ones so far.
    pub fn best(&self) -> Vec<MaskedRun> {
        self.best.clone()
    }
}

/// A large change by little that is missing tells most.
fn telling(run: &MaskedRun, whole: f64) -> f64 {
    (run.score - whole).abs() / run.missing as f64
}

fn full(run: &ExplanationRun) -> Coalition {
    let players = run.asked().first().map_or(0, Coalition::players);
    Coalition::full(players)
}
