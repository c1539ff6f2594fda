//! How far an explanation is, and what can be done about it.

use vitrine_explain::ExplainError;
use vitrine_picture::explanation::parts;
use vitrine_record::{ExhibitName, ExplanationMethod, LimeChoice};
use yew::prelude::*;

use super::{method_key, missing_texts_key};
use crate::{
    components::ProgressLine,
    context::{Context, use_page},
    state::{
        Action, Engine, ExplanationChange, ExplanationFailure, ExplanationPhase, KnownExplanation, Origin,
    },
};

/// Numbers of evaluations that are offered where the exact result would take long.
const OFFERED_EVALUATIONS: [u32; 3] = [100, 500, 2_000];

/// What has run for so long is slow enough for a word about that, in milliseconds.
const SLOW: f64 = 500.0;

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
    let label = page.t("explain.progress");
    let Some(known) = open.or(all.first()) else {
        let said = waiting(&page);
        return html! { <ProgressLine {label} done={None} {said} phase={said} buttons={Html::default()} /> };
    };
    // A cost is that of all that waits.
    let is_costly = matches!(known.phase, ExplanationPhase::Costly { .. });
    let mut sentences = vec![match name(&page, known).filter(|_| !is_costly) {
        Some(name) => format!("{name}: {}", said(&page, &all, known)),
        None => said(&page, &all, known),
    }];
    if all.len() > 1 {
        let is_done = |known: &&KnownExplanation| known.phase == ExplanationPhase::Done;
        let done = all.iter().filter(is_done).count().to_string();
        let count = all.len().to_string();
        sentences.push(page.fill(several_key(&page), &[("done", &done), ("count", &count)]));
    }
    html! {
        <ProgressLine
            {label} done={done(known)} said={sentences.join(" ")} phase={page.t(phase_key(&page, known))}
            buttons={buttons(&page, known)}
        />
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
    match page.phase_with_path(&known.phase) {
        ExplanationPhase::Running if page.explaining.is_paused => "explain.phase_paused",
        ExplanationPhase::Running => "explain.phase_running",
        ExplanationPhase::Costly { .. } => "explain.phase_costly",
        ExplanationPhase::Cancelled => "explain.phase_cancelled",
        ExplanationPhase::Done => "explain.phase_done",
        ExplanationPhase::Failed(_) => "explain.phase_failed",
    }
}

/// Evaluations that what is known comes from, and those that the explanation will have asked for: the numbers that
/// files have.
fn evaluations(known: &KnownExplanation) -> Option<(usize, usize)> {
    let snapshot = known.snapshot.as_ref()?;
    let all = snapshot.planned?;
    Some((snapshot.explanation.evaluations.min(all), all))
}

/// How far its bar is: also what came since the values did.
fn done(known: &KnownExplanation) -> Option<(usize, usize)> {
    let arrived = known.snapshot.as_ref().map_or(0, |snapshot| snapshot.arrived);
    Some(match (&known.phase, evaluations(known)) {
        (ExplanationPhase::Done, _) => (1, 1),
        (_, Some((spent, all))) => (spent + arrived, all),
        (_, None) => (0, 1),
    })
}

fn said(page: &Context, of_all: &[KnownExplanation], known: &KnownExplanation) -> String {
    let numbers = page.language().numbers();
    let (spent, all) = evaluations(known).unwrap_or_default();
    let explanation = known.explanation();
    let computed = known.snapshot.as_ref().map_or(0, |snapshot| snapshot.computed);
    let exact_evaluations = explanation.and_then(|explanation| explanation.exact_evaluations);
    let is_by_chance = explanation.is_some_and(|explanation| explanation.is_by_chance());
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
        ExplanationPhase::Failed(failure) => {
            return said_failure(page, known.question.settings.method, failure);
        }
        ExplanationPhase::Costly { .. } => sentences.push(said_cost(page, of_all, known)),
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
    sentences.extend(said_time_left(page, known));
    sentences.join(" ")
}

/// How long what runs will still take, or that this is being found out.
fn said_time_left(page: &Context, known: &KnownExplanation) -> Option<String> {
    let snapshot = known.snapshot.as_ref()?;
    if known.phase != ExplanationPhase::Running || page.explaining.is_paused {
        return None;
    }
    match snapshot.seconds_left {
        Some(seconds) if seconds >= 1.0 => {
            Some(page.fill("explain.left", &[("time", &said_seconds(page, seconds))]))
        }
        None if snapshot.milliseconds >= SLOW => Some(page.t("explain.measuring").to_owned()),
        _ => None,
    }
}

/// What would be computed if someone asked for it, and how long that would take.
fn said_cost(page: &Context, of_all: &[KnownExplanation], known: &KnownExplanation) -> String {
    let (evaluations, seconds) = cost(of_all);
    let is_repeated = page.link.exhibit == ExhibitName::Lime && of_all.len() > 1;
    let features = known
        .explanation()
        .map_or(0, |explanation| explanation.features.len());
    let key = match (page.link.exhibit, features) {
        (ExhibitName::Lime, _) if is_repeated => "explain.costly_seeds",
        (ExhibitName::Shap, 1..) => "explain.costly_tokens",
        _ => "explain.costly",
    };
    let cost = page.fill(
        key,
        &[
            ("exact", &page.language().numbers().count(evaluations)),
            ("time", &said_seconds(page, seconds)),
            ("tokens", &features.to_string()),
            ("count", &of_all.len().to_string()),
        ],
    );
    // What several methods are compared by is drawn once it is all there.
    let is_drawn = page.link.exhibit == ExhibitName::Shap && known.snapshot.is_some();
    match is_drawn {
        true => format!("{cost} {}", page.t("explain.costly_drawn")),
        false => cost,
    }
}

/// Evaluations and seconds of all that waits for someone's word. What is repeated with another seed, and was not begun,
/// counts like what it repeats.
fn cost(all: &[KnownExplanation]) -> (usize, f64) {
    let mut repeated = None;
    let costs = all.iter().filter_map(|known| {
        let is_lime = known.question.settings.method == ExplanationMethod::Lime;
        match known.phase {
            ExplanationPhase::Costly { evaluations, seconds } => {
                repeated = is_lime.then_some((evaluations, seconds));
                Some((evaluations, seconds))
            }
            ExplanationPhase::Running => repeated.filter(|_| is_lime),
            _ => None,
        }
    });
    costs.fold((0, 0.0), |sum, cost| (sum.0 + cost.0, sum.1 + cost.1))
}

/// What could not be done, and what to do: in the page's words where it is to be expected.
pub fn said_failure(page: &Context, method: ExplanationMethod, failure: &ExplanationFailure) -> String {
    match failure {
        ExplanationFailure::Unsuited(ExplainError::TooManyPlayers { players, most }) => page.fill(
            match method {
                // Its players are words, and samples stand for all of their combinations.
                ExplanationMethod::Lime => "lime.too_many",
                _ => "explain.too_many",
            },
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

/// A time as people say it: seconds to a minute and a half, then minutes to an hour and a half, then hours.
pub fn said_seconds(page: &Context, seconds: f64) -> String {
    let (key, count) = match seconds {
        ..90.0 => ("time.seconds", seconds.ceil()),
        ..5_400.0 => ("time.minutes", (seconds / 60.0).round()),
        _ => ("time.hours", (seconds / 3_600.0).round()),
    };
    // A number that is not negative, and that nobody waits for where it is large.
    page.fill(
        key,
        &[("count", &page.language().numbers().count(count as usize))],
    )
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
            html! { <>{ button("explain.begin", ExplanationChange::Begin) }{ for offers(page, known) }</> }
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

/// Buttons that begin with fewer evaluations, where the method can do with them and has not been given so few already.
fn offers(page: &Context, known: &KnownExplanation) -> Vec<Html> {
    let settings = &known.question.settings;
    let ExplanationPhase::Costly {
        evaluations: all,
        seconds,
    } = known.phase
    else {
        return Vec::new();
    };
    let (spent, _) = evaluations(known).unwrap_or_default();
    let is_lime = settings.method == ExplanationMethod::Lime;
    let players = known
        .explanation()
        .map_or(0, |explanation| explanation.features.len());
    // Walks there and back need so many, and Kernel SHAP fewer. Groups can be stopped at any time.
    let least = match settings.method {
        ExplanationMethod::Owen => 2,
        _ => 2 * players + 1,
    };
    let (key, counts): (_, &[u32]) = match is_lime {
        true => ("lime.begin_fewer", &LimeChoice::SAMPLES),
        false if settings.method.takes_budget() => ("explain.begin_fewer", &OFFERED_EVALUATIONS),
        false => return Vec::new(),
    };
    let offer = |&count: &u32| {
        let evaluations = count as usize;
        // Much less is worth a choice.
        if evaluations * 2 > all || !is_lime && evaluations < least {
            return None;
        }
        let mut choice = page.link.explanation.clone();
        match is_lime {
            true => choice.lime.samples = Some(count),
            false => choice.most_evaluations = Some(count),
        }
        let left = evaluations.saturating_sub(spent) as f64;
        let time = said_seconds(
            page,
            (seconds * left / all.saturating_sub(spent).max(1) as f64).max(1.0),
        );
        let count = page.language().numbers().count(evaluations);
        let begins = page.sends::<MouseEvent>(Action::Explain(ExplanationChange::BeginWith(choice)));
        Some(html! {
            <button type="button" class="button button--small" onclick={begins}>
                { page.fill(key, &[("count", &count), ("time", &time)]) }
            </button>
        })
    };
    counts.iter().filter_map(offer).collect()
}
