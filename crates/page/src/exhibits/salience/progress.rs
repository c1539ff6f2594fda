//! How far the path of integrated gradients is gone.

use vitrine_record::{ExplanationMethod, GradientPath};
use yew::prelude::*;

use crate::{
    components::ProgressLine,
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
    let actions = html! {
        <>
            if is_alone {
                { buttons(&page, &phase) }
            }
            { for offers(&page, &phase, done, steps) }
        </>
    };
    html! {
        <ProgressLine
            label={page.t("salience.progress")} done={Some((done, steps))} said={said(&page, &phase, done, steps)}
            phase={None::<AttrValue>} buttons={actions}
        />
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
        ExplanationPhase::Failed(failure) => {
            said_failure(page, ExplanationMethod::IntegratedGradients, failure)
        }
        ExplanationPhase::Costly { seconds, .. } => page.fill(
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

/// Buttons that begin a path of fewer steps, where that of all would take long.
fn offers(page: &Context, phase: &ExplanationPhase, done: usize, steps: usize) -> Vec<Html> {
    let ExplanationPhase::Costly { seconds, .. } = phase else {
        return Vec::new();
    };
    let a_step = seconds / steps.saturating_sub(done).max(1) as f64;
    // Much less is worth a choice.
    let fewer = GradientPath::STEPS
        .iter()
        .filter(|count| usize::from(**count) * 2 <= steps);
    let offer = |&count: &u16| {
        let mut choice = page.link.explanation.clone();
        choice.path.steps = count;
        let time = said_seconds(page, (f64::from(count) * a_step).max(1.0));
        let begins = page.sends::<MouseEvent>(Action::Explain(ExplanationChange::BeginWith(choice)));
        html! {
            <button type="button" class="button button--small" onclick={begins}>
                { page.fill("salience.begin_fewer", &[("count", &count.to_string()), ("time", &time)]) }
            </button>
        }
    };
    fewer.map(offer).collect()
}
