//! How long the path of integrated gradients will still take.

use vitrine_record::message::Request;
use yew::prelude::*;

use super::pace::Pace;
use crate::{
    browser,
    state::{Action, State},
};

struct Measured {
    request: Request,
    steps_done: usize,
    pace: Pace,
}

/// Measures the time between the steps of the path that is shown, and tells the state how long the others will take.
#[hook]
pub fn use_salience_pace(state: &UseReducerHandle<State>) {
    let measured = use_mut_ref(|| None::<Measured>);
    let asked = state.salience().filter(|(_, is_asked)| *is_asked);
    let path = asked.map(|(answer, _)| {
        let path = &answer.value;
        (answer.request.clone(), path.steps_done, path.steps)
    });
    let dispatcher = state.dispatcher();
    use_effect_with(path, move |path| {
        let Some((request, done, steps)) = path else {
            return;
        };
        let now = browser::now();
        let mut measured = measured.borrow_mut();
        let before = measured
            .take()
            .filter(|before| before.request == *request && before.steps_done <= *done);
        let is_new = before.is_none();
        let mut next = before.unwrap_or_else(|| Measured {
            request: request.clone(),
            steps_done: *done,
            pace: Pace::default(),
        });
        if is_new {
            next.pace.handed_out(now);
        } else {
            next.pace.answered(done - next.steps_done, now, done < steps);
            next.steps_done = *done;
        }
        // One worker goes the path alone.
        if let Some(estimate) = next.pace.of(steps.saturating_sub(*done) as f64, 1.0) {
            let (request, seconds) = (Box::new(request.clone()), estimate.seconds);
            dispatcher.dispatch(Action::SaliencePace { request, seconds });
        }
        *measured = Some(next);
    });
}
