//! The controls behind "what if": which heads are scaled, which tokens are hidden, and the ranking.

use vitrine_picture::tiles;
use vitrine_record::{AttentionView, HeadIdx, LayerIdx, Percent, Position, RunChanges};
use yew::prelude::*;

use crate::{
    components::Slider,
    context::{Context, use_page},
    exhibits::attention::model::Place,
    state::{Action, Origin, RunChange, heads, heads::HeadsOn},
};

/// By how much an arrow key changes a factor, in hundredths.
const STEP: u16 = 5;

/// The controls.
#[component]
pub fn WhatIf() -> Html {
    let page = use_page();
    let changes = &page.link.changes;
    let heads = changes
        .heads
        .iter()
        .map(|(&(layer, head), &factor)| scaled_head(&page, layer, head, factor));
    let tokens = changes
        .hidden_keys
        .iter()
        .filter(|position| page.is_hidden(**position))
        .map(|&position| hidden_token(&page, position));
    let can_rank = page.is_current()
        && page.shown.origin != Origin::Recorded
        && page.shown.analysis.prediction.is_some()
        // There the ranking stands already.
        && page.link.view != AttentionView::Ablation;
    html! {
        <div class="what-if">
            <p class="hint">{ page.t("what_if.about") }</p>
            <div class="what-if__buttons">
                <button
                    type="button" class="button button--small" disabled={are_off(&page)}
                    onclick={page.sends(Action::ChangeRun(RunChange::AblateHeadsOn))}
                >
                    { ablate(&page) }
                </button>
                <button
                    type="button" class="button button--small" disabled={page.link.tokens.is_empty()}
                    title={page.t("what_if.hide_hint")}
                    onclick={page.sends(Action::ChangeRun(RunChange::HideSelection))}
                >
                    { page.t("what_if.hide") }
                </button>
                <button
                    type="button" class="button button--small" disabled={!can_rank}
                    title={page.t("what_if.rank_hint")} onclick={page.sends(Action::RankHeads)}
                >
                    { page.t("what_if.rank") }
                </button>
                <button
                    type="button" class="button button--small" disabled={changes.is_empty()}
                    onclick={page.sends(Action::ChangeRun(RunChange::Clear))}
                >
                    { page.t("what_if.clear") }
                </button>
            </div>
            if !changes.heads.is_empty() {
                <ul class="what-if__heads" aria-label={page.t("what_if.heads")}>{ for heads }</ul>
            }
            if !changes.hidden_keys.is_empty() {
                <p class="control__name" id="hidden-tokens">{ page.t("what_if.tokens") }</p>
                <ul class="what-if__tokens" aria-labelledby="hidden-tokens">{ for tokens }</ul>
            }
        </div>
    }
}

/// Whether the heads that would be switched off are off already.
fn are_off(page: &Context) -> bool {
    let layer = page.link.layer;
    (0..page.shown.model.heads)
        .map(HeadIdx)
        .filter(|head| heads::is_on(&page.link.heads, *head))
        .all(|head| page.link.changes.heads.get(&(layer, head)) == Some(&RunChanges::ABLATED))
}

fn ablate(page: &Context) -> String {
    let layer = page.link.layer.to_string();
    let (key, number) = match page.heads_on() {
        HeadsOn::One(head) => ("what_if.ablate_one", head.0),
        HeadsOn::Some(count) => ("what_if.ablate_some", count),
        HeadsOn::All(count) => ("what_if.ablate_all", count),
    };
    let number = number.to_string();
    page.fill(key, &[("layer", &layer), ("head", &number), ("count", &number)])
}

fn scaled_head(page: &Context, layer: LayerIdx, head: HeadIdx, factor: Percent) -> Html {
    let name = Place { layer, head }.name(page.language());
    let on_change = {
        let dispatcher = page.state.dispatcher();
        Callback::from(move |factor| {
            let factor = Percent(factor);
            dispatcher.dispatch(Action::ChangeRun(RunChange::ScaleHead { layer, head, factor }));
        })
    };
    let restore = page.fill("what_if.restore", &[("head", &name)]);
    html! {
        <li key={format!("{layer}.{head}")}>
            <Slider
                name={name} hint={page.t("what_if.factor_hint")} value={factor.0} range={RunChanges::FACTORS}
                step={STEP} said={page.language().numbers().percent_fixed(factor.share(), 0)} {on_change}
            />
            { removes(page, RunChange::RestoreHead { layer, head }, restore) }
        </li>
    }
}

fn hidden_token(page: &Context, position: Position) -> Html {
    let text = tiles(&page.shown.analysis.tokens)
        .into_iter()
        .find(|tile| tile.position == position)
        .map(|tile| tile.text)
        .unwrap_or_default();
    let show = page.fill("what_if.show", &[("token", &text)]);
    html! {
        <li key={position.0}>
            <span class="what-if__token" lang="en">{ text }</span>
            { removes(page, RunChange::ShowToken(position), show) }
        </li>
    }
}

/// A button that takes a change back.
fn removes(page: &Context, change: RunChange, name: String) -> Html {
    html! {
        <button
            type="button" class="button button--small what-if__remove" title={name.clone()} aria-label={name}
            onclick={page.sends(Action::ChangeRun(change))}
        >
            <span aria-hidden="true">{ "×" }</span>
        </button>
    }
}
