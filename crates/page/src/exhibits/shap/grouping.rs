//! The tree of groups that Owen values are computed over, regrouped by hand.

use vitrine_explain::propose_gap_levels;
use vitrine_picture::tiles;
use vitrine_record::{GapLevel, Grouping};
use yew::prelude::*;

use crate::{
    components::{Choice, ChoiceItem, Roving, RovingItem},
    context::{Context, use_page},
    exhibits::explanation::{after, chooses},
};

/// The groups: as the shap package scores them, as the text suggests them, or as a person says, gap by gap.
#[component]
pub fn GroupingPicker() -> Html {
    let page = use_page();
    let grouping = &page.link.explanation.grouping;
    let item = |key: &'static str, is_chosen: bool, value: Grouping| ChoiceItem {
        name: page.t(key).into(),
        is_chosen,
        on_choose: chooses(&page, move |choice, _: Event| choice.grouping = value.clone()),
    };
    let levels = levels(&page);
    let is_own = matches!(grouping, Grouping::Chosen(_));
    let items = vec![
        item(
            "shap.grouping_scores",
            *grouping == Grouping::Scores,
            Grouping::Scores,
        ),
        item(
            "shap.grouping_proposed",
            *grouping == Grouping::Proposed,
            Grouping::Proposed,
        ),
        item("shap.grouping_chosen", is_own, Grouping::Chosen(levels.clone())),
    ];
    html! {
        <>
            <Choice name={page.t("shap.grouping")} group="shap-grouping" {items} />
            if is_own {
                <p class="hint">{ page.t("shap.grouping_about") }</p>
                { gaps(&page, levels) }
            }
        </>
    }
}

/// The levels that a person chose, if they are of as many tokens as the text has, else those that the text suggests.
fn levels(page: &Context) -> Vec<GapLevel> {
    let tokens = &page.shown.analysis.tokens;
    match &page.link.explanation.grouping {
        Grouping::Chosen(levels) if levels.len() + 1 == tokens.len() => levels.clone(),
        _ => propose_gap_levels(tokens),
    }
}

fn gaps(page: &Context, levels: Vec<GapLevel>) -> Html {
    let count = levels.len();
    let render = {
        let page = page.clone();
        Callback::from(move |items: Vec<RovingItem>| {
            let tiles = tiles(&page.shown.analysis.tokens);
            let text = |at: usize| tiles.get(at).map(|tile| tile.text.clone()).unwrap_or_default();
            let gap = |(at, item): (usize, &RovingItem)| {
                let level = levels[at];
                let name = page.fill(
                    "shap.gap",
                    &[
                        ("left", &text(at)),
                        ("right", &text(at + 1)),
                        ("level", page.t(level_key(level))),
                    ],
                );
                let onclick = {
                    let levels = levels.clone();
                    chooses(&page, move |choice, _: MouseEvent| {
                        let mut levels = levels.clone();
                        levels[at] = after(&GapLevel::ALL, level);
                        choice.grouping = Grouping::Chosen(levels);
                    })
                };
                html! {
                    <>
                        <button
                            type="button" class={classes!("gap", level_class(level))} data-roving=""
                            tabindex={item.tab_index} aria-label={name.clone()} title={name} {onclick}
                        >
                            <span class="gap__bar" aria-hidden="true" />
                        </button>
                        <span lang="en">{ text(at + 1) }</span>
                    </>
                }
            };
            html! {
                <>
                    <span lang="en">{ text(0) }</span>
                    { for items.iter().enumerate().map(gap) }
                </>
            }
        })
    };
    html! { <Roving label={page.t("shap.gaps_label")} class="gaps" {count} {render} /> }
}

fn level_key(level: GapLevel) -> &'static str {
    match level {
        GapLevel::WithinWord => "gap.word",
        GapLevel::WithinPhrase => "gap.phrase",
        GapLevel::BetweenPhrases => "gap.phrases",
        GapLevel::BetweenSentences => "gap.sentences",
        GapLevel::BetweenTexts => "gap.texts",
    }
}

fn level_class(level: GapLevel) -> &'static str {
    match level {
        GapLevel::WithinWord => "gap--word",
        GapLevel::WithinPhrase => "gap--phrase",
        GapLevel::BetweenPhrases => "gap--phrases",
        GapLevel::BetweenSentences => "gap--sentences",
        GapLevel::BetweenTexts => "gap--texts",
    }
}
