//! How far the path of integrated gradients is gone.

use yew::prelude::*;

use crate::{
    context::{Context, use_page},
    exhibits::explanation::{said_failure, said_seconds},
    state::{Action, ExplanationChange, ExplanationPhase},
};

/// Steps done of all, and, where nothing else is computed, buttons to pause, go on, cancel and begin again. It is gone when
/// the path is.
#[component]
pub fn PathProgress() -> Html {
    let page = use_page();
    let phase = page
        .salience_phase()
        .filter(|phase| *phase != ExplanationPhase::Done);
    let Some(phase) = phase else {
        return Html::default();
    };
    let (done, steps) = steps(&page);
    let is_alone = page
        .explanations()
        .iter()
        .all(|known| known.phase == ExplanationPhase::Done);
    html! {
        <div class="progress">
            <progress
                class="progress__bar" value={done.to_string()} max={steps.max(1).to_string()}
                aria-label={page.t("salience.progress")}
            />
            <p class="progress__said number">{ said(&page, &phase, done, steps) }</p>
            <div class="progress__buttons">
                if is_alone {
                    { buttons(&page, &phase) }
                }
            </div>
        </div>
    }
}

fn steps(page: &Context) -> (usize, usize) {
    let asked = page.salience().filter(|(_, is_asked)| *is_asked);
    let chosen = page.link.explanation.path.steps.into();
    asked.map_or((0, chosen), |(answer, _)| {
        (answer.value.steps_done, answer.value.steps)
    })
}

fn said(page: &Context, phase: &ExplanationPhase, done: usize, steps: usize) -> String {
    let numbers = page.language().numbers();
    let (done_said, steps_said) = (numbers.count(done), numbers.count(steps));
    let arguments = [("done", done_said.as_str()), ("steps", &steps_said)];
    match phase {
        ExplanationPhase::Failed(failure) => said_failure(page, failure),
        ExplanationPhase::Costly { seconds } => page.fill(
            "salience.costly",
            &[("steps", &steps_said), ("time", &said_seconds(page, *seconds))],
        ),
        ExplanationPhase::Cancelled => page.fill("salience.cancelled", &arguments),
        _ => {
            let mut sentence = page.fill("salience.spent", &arguments);
            let left = page.salience_seconds_left();
            if let Some(seconds) = left.filter(|seconds| *seconds >= 1.0 && !page.explaining.is_paused) {
                let time = said_seconds(page, seconds);
                sentence = format!("{sentence} {}", page.fill("explain.left", &[("time", &time)]));
            }
            sentence
        }
    }
}

fn buttons(page: &Context, phase: &ExplanationPhase) -> Html {
    let stops = [("explain.cancel", ExplanationChange::Cancel)];
    let changes = match phase {
        ExplanationPhase::Costly { .. } => vec![("explain.begin", ExplanationChange::Begin)],
        ExplanationPhase::Cancelled => vec![("explain.again", ExplanationChange::Begin)],
        ExplanationPhase::Failed(_) => vec![("explain.retry", ExplanationChange::Begin)],
        _ if page.explaining.is_paused => [[("explain.resume", ExplanationChange::Resume)], stops].concat(),
        _ => [[("explain.pause", ExplanationChange::Pause)], stops].concat(),
    };
    let button = |(key, change): (&'static str, ExplanationChange)| {
        html! {
            <button type="button" class="button button--small" onclick={page.sends(Action::Explain(change))}>
                { page.t(key) }
            </button>
        }
    };
    html! { { for changes.into_iter().map(button) } }
}
