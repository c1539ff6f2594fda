//! The mark that the run is changed, in sight in every view.

use vitrine_record::{AttentionView, Run, message::RequestKind};
use yew::prelude::*;

use super::words::summary;
use crate::{
    components::{Choice, ChoiceItem},
    context::use_page,
    state::{Action, RunChange},
};

/// What is changed, which of the runs is shown, and the way back. Nothing while the run is the model's own.
#[component]
pub fn RunStrip() -> Html {
    let page = use_page();
    if !page.is_changed() {
        return Html::default();
    }
    let shows_one = matches!(page.link.view, AttentionView::Neuron | AttentionView::Ablation);
    let run = match page.link.run {
        // These views show one run at a time.
        Run::Difference if shows_one => Run::Changed,
        run => run,
    };
    let items = Run::ALL
        .into_iter()
        .filter(|run| !shows_one || *run != Run::Difference)
        .map(|item| ChoiceItem {
            name: page.t(run_key(item)).into(),
            is_chosen: item == run,
            on_choose: page.sends(Action::SetRun(item)),
        })
        .collect::<Vec<_>>();
    let problem = page
        .besides(RequestKind::Intervene)
        .and_then(|request| page.answers.problem(&request).cloned());
    let state = match &problem {
        Some(problem) => page.fill("run.failed", &[("detail", &problem.detail)]),
        None if page.is_changing() => page.t("origin.computing").to_owned(),
        None => String::new(),
    };
    html! {
        <div class="run" role="group" aria-label={page.t("run.label")}>
            <p class="run__about">
                <strong>{ page.t("run.label") }</strong>
                { " " }
                { summary(&page) }
                { " " }
                <span class="run__state" role="status">{ state }</span>
            </p>
            <Choice name={page.t("run.name")} group="run" {items} />
            <button
                type="button" class="button button--small" onclick={page.sends(Action::ChangeRun(RunChange::Clear))}
            >
                { page.t("run.clear") }
            </button>
        </div>
    }
}

fn run_key(run: Run) -> &'static str {
    match run {
        Run::Untouched => "run.untouched",
        Run::Changed => "run.changed",
        Run::Difference => "run.difference",
    }
}
