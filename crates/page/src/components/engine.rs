//! How far the model is, and what to do when something went wrong.

use vitrine_record::message::{Problem, ProblemKind, WeightsSource};
use yew::prelude::*;

use crate::{
    context::{Context, use_page},
    state::Engine,
};

/// Roughly what the weights weigh: said before any byte of them, or of their description, has been fetched.
const WEIGHTS_BYTES_ABOUT: u64 = 24_000_000;

/// Asks for the weights, or says how far they are and what they are for.
#[component]
pub fn WeightsProgress() -> Html {
    let page = use_page();
    let status = match &page.engine {
        Engine::Starting => page.t("weights.starting"),
        Engine::Loading { retried: true, .. } => page.t("weights.retried"),
        Engine::Ready {
            source: WeightsSource::Network,
        } => page.t("weights.ready_network"),
        Engine::Ready {
            source: WeightsSource::Cache,
        } => page.t("weights.ready_cache"),
        Engine::AskingConsent | Engine::Loading { retried: false, .. } | Engine::Failed(_) => "",
    };
    // The region is always there, so that what appears in it is announced; amounts would be announced too often.
    html! {
        <div class="engine">
            { ask_or_progress(&page) }
            <p role="status">{ status }</p>
        </div>
    }
}

fn ask_or_progress(page: &Context) -> Html {
    let style = page.language().numbers();
    match &page.engine {
        Engine::AskingConsent => {
            let about = style.fixed(WEIGHTS_BYTES_ABOUT as f32 / 1e6, 0);
            let onclick = page.consent.reform(|_: MouseEvent| ());
            html! {
                <>
                    <p>{ page.fill("weights.ask", &[("megabytes", &about)]) }</p>
                    <button type="button" class="button" {onclick}>{ page.t("weights.consent") }</button>
                </>
            }
        }
        Engine::Loading {
            received,
            total,
            source,
            ..
        } => {
            let amounts = [style.megabytes(*received), style.megabytes(*total)];
            let arguments = [("received", amounts[0].as_str()), ("total", amounts[1].as_str())];
            let text = match source {
                WeightsSource::Network => page.fill("weights.loading", &arguments),
                WeightsSource::Cache => page.fill("weights.from_cache", &arguments),
            };
            let value = if *total == 0 {
                0.0
            } else {
                *received as f64 / *total as f64
            };
            html! {
                <>
                    <progress max="1" value={format!("{value:.3}")} aria-label={page.t("weights.label")} />
                    <p class="engine__amount">{ text }</p>
                </>
            }
        }
        Engine::Starting | Engine::Ready { .. } | Engine::Failed(_) => Html::default(),
    }
}

/// Says what went wrong and offers what helps. What was typed and shown stays.
#[component]
pub fn ProblemBanner() -> Html {
    let page = use_page();
    // The region is always there, so that what appears in it is announced.
    html! {
        <div role="alert">
            if let Engine::Failed(problem) = &page.engine {
                { banner(&page, problem, true) }
            } else if let Some(problem) = &page.request_problem {
                { banner(&page, problem, false) }
            }
        </div>
    }
}

fn banner(page: &Context, problem: &Problem, is_lost: bool) -> Html {
    let (title, advice) = match problem.kind {
        ProblemKind::WorkerMissing => ("problem.worker_missing", "advice.worker_missing"),
        ProblemKind::WorkerOutdated => ("problem.worker_outdated", "advice.worker_outdated"),
        ProblemKind::WorkerStopped => ("problem.worker_stopped", "advice.worker_stopped"),
        ProblemKind::WorkerSilent => ("problem.worker_silent", "advice.worker_silent"),
        ProblemKind::OutOfMemory => ("problem.out_of_memory", "advice.out_of_memory"),
        ProblemKind::WeightsUnreachable => ("problem.weights_unreachable", "advice.weights_unreachable"),
        ProblemKind::WeightsDamaged => ("problem.weights_damaged", "advice.weights_damaged"),
        ProblemKind::ModelUnreadable => ("problem.model_unreadable", "advice.model_unreadable"),
        ProblemKind::RequestFailed => ("problem.request_failed", "advice.request_failed"),
    };
    let onclick = page.restart.reform(|_: MouseEvent| ());
    html! {
        <div class="problem">
            <p class="problem__title">{ page.t(title) }</p>
            <p>{ page.t(advice) }</p>
            if is_lost {
                <button type="button" class="button" {onclick}>{ page.t("problem.restart") }</button>
            }
            if !problem.detail.is_empty() {
                <details>
                    <summary>{ page.t("problem.detail") }</summary>
                    <p class="problem__detail" lang="en">{ &problem.detail }</p>
                </details>
            }
        </div>
    }
}
