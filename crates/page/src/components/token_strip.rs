//! The tokens as tiles: the same everywhere, in the same order, with the same selection.

use vitrine_attention::words;
use vitrine_picture::{Focus, Tile, tiles};
use vitrine_record::{Side, Token};
use yew::prelude::*;

use super::{
    Roving, RovingItem,
    pointing::{Pointing, pointing},
};
use crate::{
    context::{Context, use_page},
    i18n::Language,
    state::{Action, State},
};

/// What is shown of the tokens at the moment.
#[component]
pub fn TokenStrip() -> Html {
    let page = use_page();
    let analysis = page.shown.analysis.clone();
    let tiles = tiles(&analysis.tokens);
    let count = tiles.len();
    let render = {
        let page = page.clone();
        Callback::from(move |items: Vec<RovingItem>| {
            words(&analysis.tokens)
                .into_iter()
                .map(|word| {
                    let tiles = word
                        .positions()
                        .map(|index| tile(&page, &tiles[index], &analysis.tokens[index], items[index]));
                    html! { <span class="word">{ for tiles }</span> }
                })
                .collect::<Html>()
        })
    };
    html! {
        <Roving
            label={page.t("strip.label")} class="strip" {count} {render}
            on_leave={page.sends(Action::Hover(None))}
        />
    }
}

fn tile(page: &Context, tile: &Tile, token: &Token, item: RovingItem) -> Html {
    let position = tile.position.to_string();
    let id = token.id.0.to_string();
    let title = page.fill(
        "strip.tooltip",
        &[("position", &position), ("piece", &token.piece), ("id", &id)],
    );
    html! {
        <TokenTile
            tile={tile.clone()} {title} tab_index={item.tab_index}
            is_selected={page.link.tokens.contains(&tile.position)}
            is_hovered={page.hover.is_some_and(|hover| hover.position == tile.position)}
            hidden={page.is_hidden(tile.position).then(|| page.t("strip.hidden"))} language={page.language()}
            dispatcher={page.state.dispatcher()}
        />
    }
}

/// A component of its own, so that pointing at one tile does not draw all the others again.
#[derive(Properties, PartialEq)]
struct TokenTileProps {
    tile: Tile,
    title: String,
    tab_index: &'static str,
    is_selected: bool,
    is_hovered: bool,
    /// What is said of a token that is hidden from the model's queries.
    hidden: Option<&'static str>,
    language: Language,
    dispatcher: UseReducerDispatcher<State>,
}

#[component]
fn TokenTile(props: &TokenTileProps) -> Html {
    let TokenTileProps {
        tile,
        title,
        tab_index,
        is_selected,
        is_hovered,
        hidden,
        language,
        dispatcher,
    } = props;
    let class = classes!(
        "tile",
        tile.continues.then_some("tile--continues"),
        tile.special.then_some("tile--special"),
        is_selected.then_some("tile--selected"),
        is_hovered.then_some("tile--hovered"),
        hidden.map(|_| "tile--hidden"),
    );
    let focus = Focus {
        position: tile.position,
        side: Side::Destination,
    };
    let Pointing {
        onpointerenter,
        onfocus,
        onclick,
    } = pointing(dispatcher, focus);
    html! {
        <button
            type="button" {class} title={title.clone()} data-roving="" tabindex={*tab_index} lang="en"
            aria-pressed={is_selected.to_string()} {onclick} {onpointerenter} {onfocus}
        >
            { &tile.text }
            if let Some(hidden) = hidden {
                <span class="visually-hidden" lang={language.tag()}>{ format!(" ({hidden})") }</span>
            }
        </button>
    }
}
