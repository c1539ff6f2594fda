//! How far an explanation is, and what can be done about it.

use vitrine_explain::ExplainError;
use vitrine_picture::explanation::parts;
use vitrine_record::ExhibitName;
use yew::prelude::*;

use super::{method_key, missing_texts_key};
use crate::{
    context::{Context, use_page},
    state::{
        Action, Engine, ExplanationChange, ExplanationFailure, ExplanationPhase, KnownExplanation, Origin,
    },
};

/// So many evaluations are offered where the exact result would take long.
const OFFERED_EVALUATIONS: u32 = 500;

/// Evaluations spent of those that the exact result needs, what is still grouped, and buttons to pause, go on and cancel.
#[component]
pub fn ExplanationProgress() -> Html {
    let page = use_page();
    let all = page.explanations();
    // The first that is not done is the one that is being computed, or that waits for someone's word.
    let is_open = |known: &&KnownExplanation| known.phase != ExplanationPhase::Done;
    let next = page.explanation_order().map(|order| order.question);
    let next = all.iter().find(|known| Some(&known.question) == next.as_ref());
    let open = next.or_else(|| all.iter().find(is_open));
    let Some(known) = open.or(all.first()) else {
        return html! { <p class="progress__none hint" role="status">{ waiting(&page) }</p> };
    };
    let more = all.len().saturating_sub(1);
    let done = all
        .iter()
        .filter(|known| known.phase == ExplanationPhase::Done)
        .count();
    html! {
        <div class="progress">
            { bar(&page, known) }
            <p class="progress__said number">
                if let Some(name) = name(&page, known) {
                    { name }
                    { ": " }
                }
                { said(&page, known) }
                if more > 0 {
                    { " " }
                    { page.fill(several_key(&page), &[("done", &done.to_string()), ("count", &all.len().to_string())]) }
                }
            </p>
            <div class="progress__buttons">{ buttons(&page, known) }</div>
            // What moves many times a second is not read aloud: only where it stands.
            <p class="visually-hidden" role="status">{ page.t(phase_key(&page, known)) }</p>
        </div>
    }
}

/// What is computed, where the exhibit is made of several things.
fn name(page: &Context, known: &KnownExplanation) -> Option<String> {
    if !matches!(page.link.exhibit, ExhibitName::Salience | ExhibitName::Agreement) {
        return None;
    }
    let question = &known.question;
    if question.checked.is_some() {
        return Some(page.t("agreement.faithfulness").to_owned());
    }
    let name = page.t(method_key(question.settings.method));
    let is_edited = question.input.text != page.link.text;
    Some(match is_edited {
        true => page.fill("agreement.of_edited", &[("method", name)]),
        false => name.to_owned(),
    })
}

/// The key of how many of several things are done.
fn several_key(page: &Context) -> &'static str {
    match page.link.exhibit {
        ExhibitName::Agreement => "agreement.parts_done",
        _ => "explain.seeds_done",
    }
}

/// Why nothing is computed.
fn waiting(page: &Context) -> &'static str {
    match page.engine {
        _ if page.explained_output().is_none() => page.t(missing_texts_key(page)),
        Engine::AskingConsent | Engine::Failed(_) => page.t("explain.needs_model"),
        _ if page.shown.origin == Origin::Recorded || !page.is_current() => page.t("explain.until"),
        _ => page.t("explain.no_words"),
    }
}

fn phase_key(page: &Context, known: &KnownExplanation) -> &'static str {
    match known.phase {
        ExplanationPhase::Running if page.explaining.is_paused => "explain.phase_paused",
        ExplanationPhase::Running => "explain.phase_running",
        ExplanationPhase::Costly { .. } => "explain.phase_costly",
        ExplanationPhase::Cancelled => "explain.phase_cancelled",
        ExplanationPhase::Done => "explain.phase_done",
        ExplanationPhase::Failed(_) => "explain.phase_failed",
    }
}

/// Evaluations so far, and those that the explanation will have asked for.
fn evaluations(known: &KnownExplanation) -> Option<(usize, usize)> {
    let snapshot = known.snapshot.as_ref()?;
    let all = snapshot.planned?;
    Some((snapshot.spent.min(all), all))
}

fn bar(page: &Context, known: &KnownExplanation) -> Html {
    let (value, max) = match (&known.phase, evaluations(known)) {
        (ExplanationPhase::Done, _) => (1, 1),
        (_, Some((spent, all))) => (spent, all.max(1)),
        (_, None) => (0, 1),
    };
    html! {
        <progress
            class="progress__bar" value={value.to_string()} max={max.to_string()}
            aria-label={page.t("explain.progress")}
        />
    }
}

fn said(page: &Context, known: &KnownExplanation) -> String {
    let numbers = page.language().numbers();
    let (spent, all) = evaluations(known).unwrap_or_default();
    let computed = known.snapshot.as_ref().map_or(0, |snapshot| snapshot.computed);
    let exact_evaluations = known
        .explanation()
        .and_then(|explanation| explanation.exact_evaluations);
    let is_by_chance = known
        .explanation()
        .is_some_and(|explanation| explanation.is_by_chance());
    let counts = [spent, all, computed, exact_evaluations.unwrap_or(all)];
    let [spent_said, all_said, computed, exact] = counts.map(|count| numbers.count(count));
    let arguments = [
        ("spent", spent_said.as_str()),
        ("all", &all_said),
        ("computed", &computed),
        ("exact", &exact),
    ];
    let mut sentences = Vec::new();
    match &known.phase {
        ExplanationPhase::Failed(failure) => return said_failure(page, failure),
        ExplanationPhase::Costly { seconds } => {
            let seconds = said_seconds(page, *seconds);
            sentences.push(page.fill("explain.costly", &[("exact", &all_said), ("time", &seconds)]));
        }
        _ if known.snapshot.is_none() => sentences.push(page.t("explain.begins").to_owned()),
        ExplanationPhase::Done => sentences.push(page.fill(
            match exact_evaluations {
                Some(exact) if exact <= all && !is_by_chance => "explain.done",
                Some(exact) if exact <= all => "explain.done_by_chance",
                Some(_) => "explain.budget_spent",
                None => "explain.done_sampled",
            },
            &arguments,
        )),
        _ if all == 0 => {}
        _ => sentences.push(page.fill("explain.spent", &arguments)),
    }
    sentences.extend(grouped(page, known));
    let left = known.snapshot.as_ref().and_then(|snapshot| snapshot.seconds_left);
    if let (ExplanationPhase::Running, Some(seconds), false) = (&known.phase, left, page.explaining.is_paused)
        && seconds >= 1.0
    {
        sentences.push(page.fill("explain.left", &[("time", &said_seconds(page, seconds))]));
    }
    sentences.join(" ")
}

/// What could not be done, and what to do: in the page's words where it is to be expected.
pub fn said_failure(page: &Context, failure: &ExplanationFailure) -> String {
    match failure {
        ExplanationFailure::Unsuited(ExplainError::TooManyPlayers { players, most }) => page.fill(
            "explain.too_many",
            &[("count", &players.to_string()), ("most", &most.to_string())],
        ),
        ExplanationFailure::Unsuited(ExplainError::TooFewEvaluations { allowed, needed }) => page.fill(
            "explain.too_few",
            &[("count", &allowed.to_string()), ("least", &needed.to_string())],
        ),
        ExplanationFailure::Unsuited(ExplainError::NoWords) => page.t("explain.no_lime_words").to_owned(),
        ExplanationFailure::Unsuited(ExplainError::NothingToExplain) => page.t("explain.no_words").to_owned(),
        ExplanationFailure::Unsuited(error) => page.fill("explain.failed", &[("detail", &error.to_string())]),
        ExplanationFailure::Problem(problem) => page.fill("explain.failed", &[("detail", &problem.detail)]),
    }
}

/// How many tokens share a value because their group was not told apart yet.
fn grouped(page: &Context, known: &KnownExplanation) -> Option<String> {
    let explanation = known.explanation()?;
    let open: Vec<_> = parts(explanation)
        .into_iter()
        .filter(|part| !part.is_resolved)
        .collect();
    let tokens: usize = open.iter().map(|part| part.features.len()).sum();
    let (groups, tokens) = (open.len().to_string(), tokens.to_string());
    let key = if open.len() == 1 {
        "explain.grouped_one"
    } else {
        "explain.grouped"
    };
    (!open.is_empty()).then(|| page.fill(key, &[("groups", &groups), ("tokens", &tokens)]))
}

/// A time as people say it: seconds to a minute and a half, then minutes.
pub fn said_seconds(page: &Context, seconds: f64) -> String {
    // Both are small and not negative.
    if seconds < 90.0 {
        page.fill("time.seconds", &[("count", &(seconds.ceil() as u32).to_string())])
    } else {
        page.fill(
            "time.minutes",
            &[("count", &((seconds / 60.0).round() as u32).to_string())],
        )
    }
}

fn buttons(page: &Context, known: &KnownExplanation) -> Html {
    let button = |key: &'static str, change: ExplanationChange| {
        html! {
            <button type="button" class="button button--small" onclick={page.sends(Action::Explain(change))}>
                { page.t(key) }
            </button>
        }
    };
    let cancel = || button("explain.cancel", ExplanationChange::Cancel);
    match &known.phase {
        ExplanationPhase::Running if page.explaining.is_paused => {
            html! { <>{ button("explain.resume", ExplanationChange::Resume) }{ cancel() }</> }
        }
        ExplanationPhase::Running => {
            html! { <>{ button("explain.pause", ExplanationChange::Pause) }{ cancel() }</> }
        }
        ExplanationPhase::Costly { .. } => {
            html! {
                <>
                    { button("explain.begin", ExplanationChange::Begin) }
                    { offer(page, known, button) }
                </>
            }
        }
        ExplanationPhase::Cancelled => button("explain.again", ExplanationChange::Begin),
        ExplanationPhase::Failed(ExplanationFailure::Problem(_)) => {
            button("explain.retry", ExplanationChange::Begin)
        }
        // The same text and method would fail again.
        ExplanationPhase::Failed(ExplanationFailure::Unsuited(_)) => Html::default(),
        ExplanationPhase::Done => Html::default(),
    }
}

/// Fewer evaluations, where the method can do with them and has not been given so few already.
fn offer(
    page: &Context,
    known: &KnownExplanation,
    button: impl Fn(&'static str, ExplanationChange) -> Html,
) -> Html {
    let settings = &known.question.settings;
    let can_do_with_fewer = settings.method.takes_budget() && !settings.interactions;
    let has_more = settings
        .most_evaluations
        .is_none_or(|most| most > OFFERED_EVALUATIONS as usize);
    if !can_do_with_fewer || !has_more {
        return Html::default();
    }
    let mut choice = page.link.explanation.clone();
    choice.most_evaluations = Some(OFFERED_EVALUATIONS);
    button("explain.begin_fewer", ExplanationChange::Choose(choice))
}
