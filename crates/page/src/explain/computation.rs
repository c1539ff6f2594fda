//! One explanation after the other, without the workers that evaluate its inputs.

use std::collections::VecDeque;

use vitrine_explain::{Evaluations, ExplainedText, RunStep};
use vitrine_record::{MaskedInput, message::Problem};

use super::{
    cadence::Cadence,
    pace::{Estimate, Pace},
    running::{Found, Running},
};
use crate::state::{ExplanationFailure, ExplanationNews, ExplanationOrder, ExplanationQuestion, Snapshot};

/// More than this is not kept of inputs, in bytes: the next explanation begins with none.
const MOST_BYTES_KEPT: usize = 64 << 20;

/// What would take too long goes on until there is something to be drawn, but no longer than this, in milliseconds.
const LONGEST_WITHOUT_PICTURE: f64 = 3_000.0;

/// Of a rough estimate only what is so many times as long as may be is taken for too long.
const DOUBT: f64 = 2.0;

/// The page does something else after so many milliseconds of computing.
const SLICE: f64 = 12.0;

/// What is computed, what is known of it, and what is still to be evaluated.
#[derive(Default)]
pub struct Computation {
    evaluations: Evaluations,
    current: Option<Current>,
    cadence: Cadence,
    pace: Pace,
    /// Number of tokens of the text that `pace` was measured with.
    tokens: usize,
}

struct Current {
    order: ExplanationOrder,
    run: Running,
    /// Of what the run needs next, what was not handed out yet.
    waiting: VecDeque<MaskedInput>,
    /// Inputs that are out.
    out: usize,
    /// Inputs that came since the run went on last: it goes on when all that it needs are there.
    arrived: usize,
    /// Inputs that were evaluated for it.
    computed: usize,
    /// Milliseconds in which some were out.
    milliseconds: f64,
    last_snapshot: Option<Snapshot>,
    /// Whether the run went on since the screen was told, and whether anything came at all.
    has_advanced: bool,
    has_news: bool,
    /// Whether what it has found is to be told in a slice of its own, the time for steps having been used up.
    owes_picture: bool,
    is_over: bool,
}

/// What is said of an explanation.
pub type News = (ExplanationQuestion, ExplanationNews);

/// What going on came to.
#[derive(Debug, Default)]
pub struct Progress {
    /// What is to be said.
    pub news: Option<News>,
    /// Whether it could go on at once, but lets the page do something else first.
    pub can_go_on: bool,
}

impl Computation {
    /// Turns to what is wanted now; what was under way for something else is no longer waited for. Says whether that was
    /// so, and what is to be said at once.
    pub fn turn_to(&mut self, order: Option<ExplanationOrder>) -> (bool, Option<News>) {
        // Two texts of a list may be the same: what is over is no answer to the next order. Nor is what is computed for a list
        // all that the screen shows.
        if let (Some(current), Some(order)) = (&mut self.current, &order)
            && current.order.question == order.question
            && current.order.text.is_listed() == order.text.is_listed()
            && !current.is_over
        {
            let is_halted = order.is_paused && current.out > 0;
            current.order = order.clone();
            if is_halted {
                // The run says anew what it needs when it goes on.
                current.out = 0;
                current.waiting.clear();
                self.pace.interrupted();
            }
            return (is_halted, None);
        }
        let was_busy = self.current.take().is_some_and(|before| !before.is_over);
        if was_busy {
            self.pace.interrupted();
        }
        let Some(order) = order else {
            return (was_busy, None);
        };
        let (question, tokens) = (&order.question, order.text.tokens());
        let output = &question.settings.target.output;
        if !self.evaluations.are_of(&question.model_hash, output)
            || self.evaluations.bytes() > MOST_BYTES_KEPT
        {
            self.evaluations = Evaluations::new(question.model_hash.clone(), output.clone());
        }
        if self.tokens != tokens.len() {
            self.tokens = tokens.len();
            self.pace = Pace::default();
        }
        let text = ExplainedText {
            model_hash: question.model_hash.clone(),
            input: question.input.clone(),
            tokens: tokens.to_vec(),
        };
        match Running::begin(question, text, !order.text.is_listed()) {
            Ok(run) => {
                self.cadence.begin();
                self.current = Some(Current {
                    order,
                    run,
                    waiting: VecDeque::new(),
                    out: 0,
                    arrived: 0,
                    computed: 0,
                    milliseconds: 0.0,
                    last_snapshot: None,
                    has_advanced: false,
                    has_news: false,
                    owes_picture: false,
                    is_over: false,
                });
                (was_busy, None)
            }
            Err(error) => {
                let failure = ExplanationFailure::Unsuited(error);
                (was_busy, Some((order.question, ExplanationNews::Failed(failure))))
            }
        }
    }

    /// Goes as far as what is known leads, a few milliseconds at most by a clock of milliseconds. Of the workers that will
    /// run the inputs such a share does already.
    pub fn go_on(&mut self, clock: impl Fn() -> f64, share_at_work: f64) -> Progress {
        let Some(current) = self.current.as_mut().filter(|current| current.goes_on()) else {
            return Progress::default();
        };
        let begun = clock();
        let owed_picture = std::mem::take(&mut current.owes_picture);
        while !owed_picture && current.waiting.is_empty() && current.out == 0 {
            match current.run.step(&self.evaluations) {
                Ok(RunStep::Missing(inputs)) => current.waiting = inputs.into(),
                Ok(RunStep::Advanced) => {
                    current.arrived = 0;
                    current.has_advanced = true;
                    current.has_news = true;
                }
                Err(error) => {
                    current.is_over = true;
                    return current.says(ExplanationNews::Failed(ExplanationFailure::Unsuited(error)));
                }
                Ok(RunStep::Finished) if current.run.look(&self.evaluations) => {}
                Ok(RunStep::Finished) => {
                    current.is_over = true;
                    let snapshot = current.snapshot(&self.evaluations, Some(0.0));
                    return current.says(ExplanationNews::Done(snapshot));
                }
            }
            if clock() - begun > SLICE {
                break;
            }
        }
        let left = current.inputs_left();
        let estimate = left.and_then(|left| self.pace.of(left, share_at_work));
        let seconds = estimate.map(|estimate| estimate.seconds);
        if let (Some(Estimate { seconds, is_rough }), Some(longest)) =
            (estimate, current.order.longest_seconds)
            && seconds > longest * if is_rough { DOUBT } else { 1.0 }
            && (current.last_snapshot.is_some() || current.milliseconds > LONGEST_WITHOUT_PICTURE)
        {
            current.is_over = true;
            current.waiting.clear();
            let evaluations = current.run.planned_evaluations().unwrap_or_default();
            return current.says(ExplanationNews::Costly { seconds, evaluations });
        }
        let is_time = self.cadence.is_time(clock());
        let mut progress = Progress::default();
        // Before its first step a run knows nothing that could be drawn.
        let has_picture = current.has_advanced || current.last_snapshot.is_some();
        if current.has_news && has_picture && is_time {
            // Of a long text it takes about as long as steps may.
            if !owed_picture && clock() - begun > SLICE {
                current.owes_picture = true;
                progress.can_go_on = true;
                return progress;
            }
            let snapshot = current.snapshot(&self.evaluations, seconds);
            self.cadence.told(clock());
            progress = current.says(ExplanationNews::Progress(snapshot));
        }
        progress.can_go_on = current.waiting.is_empty() && current.out == 0;
        progress
    }

    /// The next inputs to be evaluated, so many at most.
    pub fn hand_out(&mut self, most: usize, now: f64) -> Vec<MaskedInput> {
        let Some(current) = self.current.as_mut().filter(|current| current.goes_on()) else {
            return Vec::new();
        };
        let count = most.min(current.waiting.len());
        let inputs: Vec<MaskedInput> = current.waiting.drain(..count).collect();
        if count > 0 {
            current.out += count;
            self.pace.handed_out(now);
        }
        inputs
    }

    /// How many inputs are out.
    pub fn out(&self) -> usize {
        self.current.as_ref().map_or(0, |current| current.out)
    }

    /// How many tokens the text has.
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// What is read off the model for what is computed now.
    pub fn question(&self) -> Option<&ExplanationQuestion> {
        self.current.as_ref().map(|current| &current.order.question)
    }

    /// Inputs of the current explanation were evaluated.
    pub fn answered(&mut self, inputs: Vec<MaskedInput>, outputs: Vec<Vec<f32>>, now: f64) {
        let count = inputs.len();
        for (input, output) in inputs.into_iter().zip(outputs) {
            self.evaluations.insert(input, output);
        }
        if let Some(current) = &mut self.current {
            current.out = current.out.saturating_sub(count);
            current.arrived += count;
            current.computed += count;
            current.has_news = true;
            current.milliseconds += self.pace.answered(count, now, current.out > 0);
        }
    }

    /// What was handed out is lost. The run says anew what it needs.
    pub fn ask_again(&mut self) {
        if let Some(current) = &mut self.current {
            current.out = 0;
            current.waiting.clear();
        }
    }

    /// An input cannot be evaluated.
    pub fn fail(&mut self, problem: Problem) -> Option<News> {
        let current = self.current.as_mut()?;
        current.is_over = true;
        current.waiting.clear();
        let failure = ExplanationFailure::Problem(problem);
        current.says(ExplanationNews::Failed(failure)).news
    }

    /// Drawing what was said last took so many milliseconds.
    pub fn drawn_in(&mut self, milliseconds: f64) {
        self.cadence.drawn_in(milliseconds);
    }

    /// Other workers do the work from now on: what was measured of those before does not hold of them.
    pub fn forget_pace(&mut self) {
        self.pace = Pace::default();
    }
}

impl Current {
    fn goes_on(&self) -> bool {
        !self.order.is_paused && !self.is_over
    }

    fn says(&self, news: ExplanationNews) -> Progress {
        Progress {
            news: Some((self.order.question.clone(), news)),
            can_go_on: false,
        }
    }

    /// Inputs that are still to be evaluated, if of those to come as many are known already as of those so far.
    fn inputs_left(&self) -> Option<f64> {
        let planned = self.run.planned_evaluations()? as f64;
        let asked = self.run.evaluations() as f64;
        let new = match asked {
            0.0 => 1.0,
            asked => (self.computed as f64 / asked).min(1.0),
        };
        let unasked = self.run.most_unasked().max(self.waiting.len() as f64);
        Some(((planned - asked).max(0.0) * new).min(unasked))
    }

    fn snapshot(&mut self, evaluations: &Evaluations, seconds_left: Option<f64>) -> Snapshot {
        let before = self.last_snapshot.take().filter(|_| !self.has_advanced);
        let found = match before {
            Some(before) => Found {
                explanation: before.explanation,
                masked: before.masked,
                faithfulness: before.faithfulness,
            },
            None => self.run.found(evaluations),
        };
        let snapshot = Snapshot {
            explanation: found.explanation,
            masked: found.masked,
            faithfulness: found.faithfulness,
            arrived: self.arrived,
            planned: self.run.planned_evaluations(),
            computed: self.computed,
            outputs: self.run.outputs(evaluations),
            milliseconds: self.milliseconds,
            seconds_left,
        };
        self.last_snapshot = Some(snapshot.clone());
        self.has_advanced = false;
        self.has_news = false;
        snapshot
    }
}

#[cfg(test)]
#[path = "computation_tests.rs"]
mod tests;
