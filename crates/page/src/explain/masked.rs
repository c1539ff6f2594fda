//! The masked inputs that say most about a text.

use std::collections::HashSet;

use vitrine_explain::{Coalition, Evaluations, ExplanationRun, target_score};
use vitrine_record::{MaskedRun, message::TextInput};

use crate::state::MaskedList;

/// So many are listed at most, besides those in which one feature is missing.
const LISTED: usize = 1_000;

/// So many of those that a run asked for are looked at, since it begins with what matters most; of the others only those
/// in which one feature is missing.
const LOOKED_AT: usize = 4_000;

/// So many are looked at in one go, which takes a few milliseconds.
const AT_ONCE: usize = 400;

/// And of long texts no more than have about so many characters together.
const CHARACTERS_AT_ONCE: usize = 100_000;

/// Reads them off a run, a few at a time.
#[derive(Default)]
pub struct MaskedRuns {
    /// How many of those that the run asked for are behind.
    behind: usize,
    /// In the order of the list.
    listed: Vec<MaskedRun>,
    seen: HashSet<TextInput>,
    /// How many were the same as others.
    repeated: usize,
}

impl MaskedRuns {
    /// Looks at some that are new. Whether any were.
    pub fn look(&mut self, run: &ExplanationRun, evaluations: &Evaluations) -> bool {
        let target = &run.settings().target;
        let score = |present: &Coalition| target_score(evaluations.get(&run.input(present))?, target);
        let full = Coalition::full(run.asked().first().map_or(0, Coalition::players));
        let Some(whole) = score(&full) else {
            return false;
        };
        let text = &run.text().input;
        let characters = text.text.len() + text.pair.as_ref().map_or(0, String::len);
        let at_once = CHARACTERS_AT_ONCE / characters.max(1);
        let (before, mut left) = (self.behind, at_once.clamp(1, AT_ONCE));
        for present in run.asked().get(before..).unwrap_or_default() {
            let missing = present.players() - present.len();
            if missing > 0 && (missing == 1 || self.behind < LOOKED_AT) {
                // What was asked last may not be answered yet: it is looked at again.
                let Some(score) = score(present).filter(|_| left > 0) else {
                    break;
                };
                left -= 1;
                self.add(run.shown(present), missing, score);
            }
            self.behind += 1;
        }
        self.put_in_order(whole);
        self.behind > before
    }

    fn add(&mut self, shown: TextInput, missing: usize, score: f64) {
        if self.seen.insert(shown.clone()) {
            self.listed.push(MaskedRun {
                shown,
                missing,
                score,
            });
        } else {
            self.repeated += 1;
        }
    }

    /// Those in which one feature is missing first; of these, and of the others, the most telling first.
    fn put_in_order(&mut self, whole: f64) {
        // A large change by little that is missing tells most.
        let telling = |run: &MaskedRun| (run.score - whole).abs() / run.missing as f64;
        self.listed.sort_by(|one, other| {
            let is_alone = |run: &MaskedRun| run.missing == 1;
            let by_number = is_alone(other).cmp(&is_alone(one));
            by_number.then(telling(other).total_cmp(&telling(one)))
        });
        let alone = self.listed.partition_point(|run| run.missing == 1);
        self.listed.truncate(alone + LISTED);
    }

    /// Those to be listed so far, and how many were run.
    pub fn list(&self, run: &ExplanationRun) -> MaskedList {
        // The text itself is asked for too.
        let asked = run.asked().len().saturating_sub(1);
        MaskedList {
            listed: self.listed.clone(),
            count: asked.saturating_sub(self.repeated).max(self.listed.len()),
        }
    }
}
