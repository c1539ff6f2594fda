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
    state::{Action, State, WhichText},
};

/// What is shown of the tokens at the moment: of attention from one text to another, those of both.
#[component]
pub fn TokenStrip() -> Html {
    let page = use_page();
    if page.looked_at().is_within_text() {
        return html! { <Strip side={Side::Destination} label={page.t("strip.label")} has_both_sides={true} /> };
    }
    html! {
        <div class="token-strips">
            <Strip side={Side::Destination} label={page.t("import.strip_queries")} has_both_sides={false} />
            <Strip side={Side::Source} label={page.t("import.strip_keys")} has_both_sides={false} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct StripProps {
    /// The end that the tokens are taken from, and that one is looked at from when it is chosen.
    side: Side,
    label: AttrValue,
    /// Whether the tokens at the other end are the same.
    has_both_sides: bool,
}

#[component]
fn Strip(props: &StripProps) -> Html {
    let page = use_page();
    let (side, has_both_sides) = (props.side, props.has_both_sides);
    let tiles = tiles(page.tokens(side));
    let count = tiles.len();
    let render = {
        let page = page.clone();
        Callback::from(move |items: Vec<RovingItem>| {
            let tokens = page.tokens(side);
            words(tokens)
                .into_iter()
                .map(|word| {
                    let tiles = word.positions().map(|index| {
                        let focus = Focus {
                            position: tiles[index].position,
                            side,
                        };
                        tile(
                            &page,
                            &tiles[index],
                            &tokens[index],
                            focus,
                            has_both_sides,
                            items[index],
                        )
                    });
                    html! { <span class="word">{ for tiles }</span> }
                })
                .collect::<Html>()
        })
    };
    html! {
        <>
            if !has_both_sides {
                <span class="control__name" aria-hidden="true">{ &props.label }</span>
            }
            <Roving
                label={props.label.clone()} class="strip" {count} {render}
                on_leave={page.sends(Action::Hover(None))}
            />
        </>
    }
}

fn tile(
    page: &Context,
    tile: &Tile,
    token: &Token,
    focus: Focus,
    has_both_sides: bool,
    item: RovingItem,
) -> Html {
    let position = tile.position.to_string();
    let id = token.id.0.to_string();
    let key = match page.imported() {
        Some(_) => "import.tooltip",
        None => "strip.tooltip",
    };
    let title = page.fill(
        key,
        &[("position", &position), ("piece", &token.piece), ("id", &id)],
    );
    let is_here = |side: Side| has_both_sides || side == focus.side;
    html! {
        <TokenTile
            tile={tile.clone()} {focus} {title} tab_index={item.tab_index}
            is_selected={page.link.tokens.contains(&tile.position) && is_here(page.link.side)}
            is_hovered={
                page.is_hovered(tile.position) && page.hover.is_some_and(|hover| is_here(hover.side))
            }
            hidden={page.is_hidden(tile.position).then(|| page.t("strip.hidden"))} language={page.language()}
            dispatcher={page.state.dispatcher()}
        />
    }
}

/// A component of its own, so that pointing at one tile does not draw all the others again.
#[derive(Properties, PartialEq)]
struct TokenTileProps {
    tile: Tile,
    focus: Focus,
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
        focus,
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
    let Pointing {
        onpointerenter,
        onfocus,
        onclick,
        onkeydown,
    } = pointing(dispatcher, WhichText::First, *focus);
    html! {
        <button
            type="button" {class} title={title.clone()} data-roving="" tabindex={*tab_index} lang="en"
            aria-pressed={is_selected.to_string()} {onclick} {onkeydown} {onpointerenter} {onfocus}
        >
            { &tile.text }
            if let Some(hidden) = hidden {
                <span class="visually-hidden" lang={language.tag()}>{ format!(" ({hidden})") }</span>
            }
        </button>
    }
}
