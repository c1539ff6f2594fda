//! Which texts, what explaining them costs, how far that is, and what can be done about it.

use vitrine_record::{SentenceSet, message::RequestKind};
use yew::prelude::*;

use super::does;
use crate::{
    components::{ProgressLine, SentencePicker, sentence_set_key, use_kept_focus},
    context::{Context, use_page},
    exhibits::explanation::{missing_texts_key, said_seconds},
    state::{Action, AskedDataSet, DataSetChange, DataSetPhase, Engine},
};

/// The choice of texts, the button that begins, and its progress.
#[component]
pub fn Run() -> Html {
    let page = use_page();
    let (region, onfocusin) = use_kept_focus();
    let on_choose = {
        let (dispatcher, choice) = (page.state.dispatcher(), page.link.data_set);
        Callback::from(move |set| {
            let choice = vitrine_record::DataSetChoice { set, ..choice };
            dispatcher.dispatch(Action::DataSet(DataSetChange::Choose(choice)));
        })
    };
    html! {
        <div class="data-set" ref={region} {onfocusin}>
            <SentencePicker
                group="data-set" chosen={page.link.data_set.set} count={page.data_set.listed.len()} {on_choose}
            />
            if page.link.data_set.set == SentenceSet::Own {
                <p class="hint">{ page.t("dataset.labels_about") }</p>
            }
            { before(&page) }
            { page.data_set.asked.as_ref().map(|asked| progress(&page, asked)) }
        </div>
    }
}

/// What it would cost, and the button; nothing where what is chosen is computed, or can go on where it was.
fn before(page: &Context) -> Html {
    if page.data_set.asked.is_some() && page.is_data_set_asked() {
        return Html::default();
    }
    let can_begin = page.data_set.texts.is_some()
        && page.data_set_settings().is_some()
        && matches!(page.engine, Engine::Ready { .. });
    html! {
        <>
            <p class="hint" role="status">{ estimate(page) }</p>
            <div class="data-set__buttons">
                <button
                    type="button" class="button" disabled={!can_begin}
                    onclick={does::<MouseEvent>(page, DataSetChange::Begin)}
                >
                    { page.t("dataset.begin") }
                </button>
            </div>
        </>
    }
}

/// What it would cost, or why nothing can begin.
fn estimate(page: &Context) -> String {
    let failed = page
        .besides(RequestKind::Tokenize)
        .and_then(|request| Some(page.answers.problem(&request)?.detail.clone()));
    if let Some(detail) = failed {
        return page.fill("explain.failed", &[("detail", &detail)]);
    }
    if page.explained_output().is_none() {
        return page.t(missing_texts_key(page)).to_owned();
    }
    if page.data_set.listed.is_empty() {
        return page.t("dataset.no_texts").to_owned();
    }
    let Some(work) = page.data_set_work() else {
        return page.t("explain.needs_model").to_owned();
    };
    match page.data_set.milliseconds_per_token {
        Some(milliseconds) => {
            let seconds = work * milliseconds / 1000.0;
            let time = said_seconds(page, seconds.max(1.0));
            page.fill("dataset.estimate", &[("time", &time)])
        }
        None => page.t("dataset.measuring").to_owned(),
    }
}

fn progress(page: &Context, asked: &AskedDataSet) -> Html {
    let numbers = page.language().numbers();
    let (done, all) = (
        numbers.count(asked.behind()),
        numbers.count(asked.sentences.len()),
    );
    let mut said = vec![page.fill(
        "dataset.progress",
        &[
            ("done", &done),
            ("count", &all),
            ("set", page.t(sentence_set_key(asked.set))),
        ],
    )];
    match &asked.phase {
        DataSetPhase::Running | DataSetPhase::Paused | DataSetPhase::Cancelled => {
            if let Some(seconds) = asked.seconds_left() {
                let time = said_seconds(page, seconds.max(1.0));
                said.push(page.fill("explain.left", &[("time", &time)]));
            }
        }
        DataSetPhase::Failed(problem) => {
            said.push(page.fill("explain.failed", &[("detail", &problem.detail)]));
        }
        DataSetPhase::Done => {}
    }
    if !page.is_data_set_asked() {
        said.push(page.t("dataset.other_texts").to_owned());
    }
    let is_open = matches!(asked.phase, DataSetPhase::Running | DataSetPhase::Paused);
    // A thousandth is more than a bar can show.
    let share = (asked.share() * 1000.0).round() as usize;
    html! {
        <>
            <ProgressLine
                label={page.t("dataset.progress_label")} done={Some((share, 1_000))} said={said.join(" ")}
                phase={page.t(phase_key(&asked.phase))} buttons={buttons(page, asked)}
            />
            if is_open {
                <p class="hint data-set__besides">{ page.t("dataset.goes_on") }</p>
            }
        </>
    }
}

fn phase_key(phase: &DataSetPhase) -> &'static str {
    match phase {
        DataSetPhase::Running => "dataset.phase_running",
        DataSetPhase::Paused => "dataset.phase_paused",
        DataSetPhase::Cancelled => "dataset.phase_cancelled",
        DataSetPhase::Done => "dataset.phase_done",
        DataSetPhase::Failed(_) => "dataset.phase_failed",
    }
}

fn buttons(page: &Context, asked: &AskedDataSet) -> Html {
    let button = |key: &'static str, change: DataSetChange| {
        html! {
            <button type="button" class="button button--small" onclick={does::<MouseEvent>(page, change)}>
                { page.t(key) }
            </button>
        }
    };
    let cancel = || button("explain.cancel", DataSetChange::Cancel);
    match asked.phase {
        DataSetPhase::Running => html! { <>{ button("explain.pause", DataSetChange::Pause) }{ cancel() }</> },
        DataSetPhase::Paused => {
            html! { <>{ button("explain.resume", DataSetChange::Resume) }{ cancel() }</> }
        }
        DataSetPhase::Failed(_) => button("explain.retry", DataSetChange::Resume),
        DataSetPhase::Cancelled if page.is_data_set_asked() => {
            button("explain.resume", DataSetChange::Resume)
        }
        DataSetPhase::Cancelled | DataSetPhase::Done => Html::default(),
    }
}
