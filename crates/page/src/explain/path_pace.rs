//! How long the path of integrated gradients will still take.

use vitrine_record::message::{Request, RequestKind};
use yew::prelude::*;

use super::pace::Pace;
use crate::{
    browser,
    state::{Action, State},
};

/// How far a path is: what it was asked by, the steps done, and all.
type Path = (Request, usize, usize);

/// Measures the time between the steps of a path.
#[derive(Default)]
struct PathPace {
    /// What the path was asked by, and the steps that were done when it was heard of last.
    of: Option<(Request, usize)>,
    pace: Pace,
}

impl PathPace {
    /// Hears how far a path is at a time in milliseconds, and whether it is being gone. Says how many seconds the other steps
    /// will take, once that is known.
    fn hear(&mut self, (request, done, steps): &Path, is_being_gone: bool, now: f64) -> Option<f64> {
        let before = self
            .of
            .take()
            .filter(|(of, before)| of == request && before <= done);
        if before.is_none() {
            self.pace = Pace::default();
        }
        let new = before.map_or(0, |(_, before)| done - before);
        self.of = Some((request.clone(), *done));
        if new > 0 {
            self.pace.answered(new, now, done < steps);
        }
        if !is_being_gone {
            self.pace.interrupted();
            return None;
        }
        self.pace.handed_out(now);
        // One worker goes it alone.
        let estimate = self.pace.of(steps.saturating_sub(*done) as f64, 1.0);
        estimate.map(|estimate| estimate.seconds)
    }
}

/// Measures the time between the steps of the path that is shown, and tells the state how long the others will take.
#[hook]
pub fn use_salience_pace(state: &UseReducerHandle<State>) {
    let pace = use_mut_ref(PathPace::default);
    let asked = state.salience().filter(|(_, is_asked)| *is_asked);
    let path = asked.map(|(answer, _)| {
        let path = &answer.value;
        (answer.request.clone(), path.steps_done, path.steps)
    });
    let is_being_gone = state.wanted_besides(RequestKind::ComputeSalience).is_some();
    let dispatcher = state.dispatcher();
    use_effect_with((path, is_being_gone), move |(path, is_being_gone)| {
        let Some(path) = path else {
            return;
        };
        if let Some(seconds) = pace.borrow_mut().hear(path, *is_being_gone, browser::now()) {
            let request = Box::new(path.0.clone());
            dispatcher.dispatch(Action::SaliencePace { request, seconds });
        }
    });
}

#[cfg(test)]
mod tests {
    use vitrine_record::{ExplanationTarget, GradientBaseline, message::TextInput};

    use super::*;

    fn path(done: usize) -> Path {
        let request = Request::ComputeSalience {
            input: TextInput::default(),
            target: ExplanationTarget::default(),
            steps: 300,
            baseline: GradientBaseline::Pad,
        };
        (request, done, 300)
    }

    #[test]
    fn time_in_which_nobody_goes_the_path_does_not_count() {
        let mut pace = PathPace::default();
        assert_eq!(pace.hear(&path(0), true, 0.0), None);
        let seconds = pace.hear(&path(30), true, 3_000.0).expect("enough was measured");
        assert!((seconds - 27.0).abs() < 1e-9);
        assert_eq!(pace.hear(&path(30), false, 3_050.0), None);
        // After a minute the worker says how far it was, and then goes on.
        let same = pace
            .hear(&path(30), true, 63_000.0)
            .expect("it was measured before");
        assert!((same - 27.0).abs() < 1e-9);
        let seconds = pace.hear(&path(40), true, 64_000.0).expect("it is known");
        assert!((seconds - 26.0).abs() < 1e-9, "{seconds}");
    }
}
