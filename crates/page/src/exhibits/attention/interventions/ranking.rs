//! All heads by what becomes of the prediction without each of them, as the answers come.

use vitrine_picture::{RankedHead, ranked_heads, ranking_csv};
use vitrine_record::{
    HeadEffects, HeadIdx, LayerIdx, RunChanges,
    message::{Request, RequestKind},
};
use yew::prelude::*;

use super::words;
use crate::{
    components::{TableFrame, label_name, signed_bar, use_focus_while_shown},
    context::{Context, use_page},
    exhibits::attention::model::Place,
    export,
    state::{Action, RunChange},
};

/// The ranking, while one is asked for.
#[component]
pub fn Ranking() -> Html {
    let page = use_page();
    match page.ranking {
        // It is of the typed text.
        Some(_) if page.imported().is_none() => html! { <Shown /> },
        _ => Html::default(),
    }
}

#[component]
fn Shown() -> Html {
    let page = use_page();
    let region = use_focus_while_shown();
    let pointed = use_state_eq(|| None::<(LayerIdx, HeadIdx)>);
    let not_saved = use_state_eq(|| false);
    let answer = page.ranking();
    let effects = answer.map(|answer| &*answer.value);
    let class = effects.and_then(|effects| effects.prediction.top());
    let ranked = effects
        .zip(class)
        .map(|(effects, class)| ranked_heads(effects, class));
    let ranked = ranked.unwrap_or_default();
    let label = class
        .and_then(|class| page.shown.model.labels.get(class))
        .map(|label| label_name(page.language(), label))
        .unwrap_or_default();
    let largest = ranked
        .iter()
        .map(|head| head.probability_change.abs())
        .fold(0.0, f32::max);
    let looked_at = pointed
        .and_then(|place| ranked.iter().find(|head| (head.layer, head.head) == place))
        .or(ranked.first());
    let sentence = looked_at
        .zip(effects)
        .map(|(head, effects)| about(&page, head, &label, effects, class.unwrap_or_default()));
    let on_point = {
        let pointed = pointed.setter();
        Callback::from(move |place| pointed.set(Some(place)))
    };
    let rows = ranked.iter().map(|head| row(&page, head, largest, &on_point));
    let save = {
        let (page, not_saved) = (page.clone(), not_saved.setter());
        Callback::from(move |_: MouseEvent| {
            not_saved.set(false);
            let on_failed = {
                let not_saved = not_saved.clone();
                Callback::from(move |()| not_saved.set(true))
            };
            if let Some(answer) = page.ranking() {
                let (model, effects) = (&page.shown.model, &*answer.value);
                let table = ranking_csv(effects, &model.labels, &answer.analysis.model_hash);
                export::csv_table("vitrine-head-ranking", table, &on_failed);
            }
        })
    };
    html! {
        <section class="ranking" aria-labelledby="ranking-title">
            <div class="ranking__head">
                <h3 id="ranking-title">{ page.t("ranking.title") }</h3>
                <button type="button" class="button button--small" disabled={!is_whole(&page)} onclick={save}>
                    { page.t("menu.csv") }
                </button>
                if is_of_another_run(&page) {
                    <button type="button" class="button button--small" onclick={page.sends(Action::RankHeads)}>
                        { page.t("ranking.again") }
                    </button>
                }
                <button type="button" class="button button--small" onclick={page.sends(Action::ForgetRanking)}>
                    { page.t(if is_whole(&page) { "ranking.close" } else { "ranking.cancel" }) }
                </button>
            </div>
            <p class="ranking__progress hint" role="status">{ progress(&page, effects) }</p>
            if is_of_another_run(&page) {
                <p class="hint">{ page.t("ranking.other_run") }</p>
            }
            if *not_saved {
                <p class="hint" role="status">{ page.t("menu.not_saved") }</p>
            }
            <p class="ranking__about">{ sentence.unwrap_or_default() }</p>
            <TableFrame {region} caption={page.fill("ranking.caption", &[("label", &label)])} caption_id="ranking-caption">
                <table aria-labelledby="ranking-caption">
                    <thead>
                        <tr>
                            <th scope="col">{ page.t("ranking.head") }</th>
                            <th scope="col">{ page.t("ranking.probability") }</th>
                            <th scope="col">{ page.t("ranking.logit") }</th>
                            <th scope="col">{ page.t("ranking.switch") }</th>
                        </tr>
                    </thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </TableFrame>
        </section>
    }
}

fn is_whole(page: &Context) -> bool {
    page.ranking().is_some_and(|answer| answer.is_whole)
}

/// Whether the run was changed since the ranking was asked for.
fn is_of_another_run(page: &Context) -> bool {
    matches!(&page.ranking, Some(Request::RankHeads { interventions, .. })
        if *interventions != page.interventions())
}

fn progress(page: &Context, effects: Option<&HeadEffects>) -> String {
    let model = &page.shown.model;
    let done = effects.map_or(0, |effects| effects.effects.len());
    match words::failure(page, RequestKind::RankHeads) {
        Some(failure) => failure,
        None if is_whole(page) => page.fill("ranking.done", &[("count", &done.to_string())]),
        None => page.fill(
            "ranking.progress",
            &[
                ("done", &done.to_string()),
                ("count", &(model.layers * model.heads).to_string()),
            ],
        ),
    }
}

fn about(page: &Context, head: &RankedHead, label: &str, effects: &HeadEffects, class: usize) -> String {
    let style = page.language().numbers();
    let before = effects
        .prediction
        .probabilities
        .get(class)
        .copied()
        .unwrap_or(0.0);
    page.fill(
        "ranking.about",
        &[
            ("layer", &head.layer.to_string()),
            ("head", &head.head.to_string()),
            ("label", label),
            ("before", &style.percent_fixed(before, 1)),
            ("after", &style.percent_fixed(head.probability, 1)),
        ],
    )
}

fn row(page: &Context, ranked: &RankedHead, largest: f32, on_point: &Callback<(LayerIdx, HeadIdx)>) -> Html {
    let RankedHead { layer, head, .. } = *ranked;
    let style = page.language().numbers();
    let name = Place { layer, head }.name(page.language());
    let factor = page.link.changes.heads.get(&(layer, head));
    let is_off = factor == Some(&RunChanges::ABLATED);
    let change = if is_off {
        RunChange::RestoreHead { layer, head }
    } else {
        let factor = RunChanges::ABLATED;
        RunChange::ScaleHead { layer, head, factor }
    };
    let points = page.fill(
        "prediction.points",
        &[("points", &style.points(ranked.probability_change))],
    );
    html! {
        <tr
            key={format!("{layer}.{head}")} onpointerenter={on_point.reform(move |_| (layer, head))}
            onfocusin={on_point.reform(move |_| (layer, head))}
        >
            <th scope="row">
                <button
                    type="button" class="button button--small ranking__place"
                    onclick={page.sends(Action::ChooseHead { layer, head })}
                >
                    { &name }
                </button>
            </th>
            <td>
                <span class="ranking__change">
                    { signed_bar(ranked.probability_change, largest) }
                    <span class="number">{ points }</span>
                </span>
            </td>
            <td class="number">{ style.signed(ranked.logit_change, 2) }</td>
            <td>
                <button
                    type="button" class="button button--small ranking__switch" aria-pressed={is_off.to_string()}
                    aria-label={page.fill("ranking.switch_off", &[("head", &name)])}
                    onclick={page.sends(Action::ChangeRun(change))}
                >
                    { page.t("ranking.off") }
                </button>
            </td>
        </tr>
    }
}
