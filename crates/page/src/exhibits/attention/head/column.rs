//! The tokens at one end of the picture, as real buttons.

use vitrine_attention::AttentionSlice;
use vitrine_picture::{Focus, HeadView, Metrics, Quantity, Tile, unit_tiles, units_of};
use vitrine_record::{Drawing, Side};
use yew::prelude::*;

use crate::{
    components::{Pointing, Roving, RovingItem, pointing},
    context::use_page,
    state::{Action, Shared, State, WhichText},
};

/// Properties of [`Column`].
#[derive(Properties, PartialEq)]
pub struct ColumnProps {
    /// What is looked at.
    pub slice: Shared<AttentionSlice>,
    /// The end.
    pub side: Side,
    /// The text that its tokens are of.
    pub text: WhichText,
}

/// The tokens at one end, or the words that they are pieces of, with the numbers that stand at them.
#[component]
pub fn Column(ColumnProps { slice, side, text }: &ColumnProps) -> Html {
    let (page, side, text) = (use_page(), *side, *text);
    let tiles = unit_tiles(page.token_ends_of(text).at(side), units_of(slice, side));
    let count = tiles.len();
    let (label, class) = match side {
        Side::Destination => (page.t("attention.query_label"), "ends ends--destination"),
        Side::Source => (page.t("attention.key_label"), "ends ends--source"),
    };
    let render = {
        let (page, slice) = (page.clone(), slice.clone());
        Callback::from(move |items: Vec<RovingItem>| {
            let focus = page.focus_in(text);
            let view = HeadView::new(&slice, &[], focus.as_ref(), Drawing::Lines, Metrics::EXPORT);
            let numbers = view.numbers().filter(|(at, _)| *at == side);
            let style = page.language().numbers();
            let quantity = Quantity::of(&slice);
            let (selection, units) = (page.selection_in(text), units_of(&slice, side));
            items
                .into_iter()
                .filter_map(|item| {
                    let (tile, unit) = (tiles.get(item.index)?, units.get(item.index)?);
                    let number = numbers.as_ref().and_then(|(_, numbers)| numbers.get(item.index));
                    let is_in = |chosen: &Option<vitrine_picture::Selection>| {
                        chosen.as_ref().is_some_and(|chosen| {
                            chosen.side == side && chosen.positions.iter().any(|at| unit.contains(*at))
                        })
                    };
                    let focused = Focus { position: tile.position, side };
                    Some(html! {
                        <End
                            focus={focused} {text} corresponds={page.corresponds(text, focused)} tile={tile.clone()}
                            tab_index={item.tab_index}
                            number={number.map(|number| style.weight(*number, quantity)).unwrap_or_default()}
                            is_selected={is_in(&selection)} is_focused={is_in(&focus)}
                            dispatcher={page.state.dispatcher()}
                        />
                    })
                })
                .collect::<Html>()
        })
    };
    html! { <Roving {label} {class} {count} {render} on_leave={page.sends(text.action(Action::Hover(None)))} /> }
}

/// A component of its own, so that pointing at one token does not draw its whole side again.
#[derive(Properties, PartialEq)]
struct EndProps {
    focus: Focus,
    text: WhichText,
    corresponds: bool,
    tile: Tile,
    number: String,
    tab_index: &'static str,
    is_selected: bool,
    is_focused: bool,
    dispatcher: UseReducerDispatcher<State>,
}

#[component]
fn End(props: &EndProps) -> Html {
    let EndProps {
        focus,
        text,
        corresponds,
        tile,
        number,
        tab_index,
        is_selected,
        is_focused,
        dispatcher,
    } = props;
    let class = classes!(
        "end",
        tile.special.then_some("end--special"),
        (!corresponds).then_some("end--alone"),
        is_selected.then_some("end--selected"),
        is_focused.then_some("end--focused"),
    );
    let Pointing {
        onpointerenter,
        onfocus,
        onclick,
        onkeydown,
    } = pointing(dispatcher, *text, *focus);
    // What is chosen is chosen in the first text.
    let is_disabled = *text == WhichText::Other && !corresponds;
    html! {
        <button
            type="button" {class} data-roving="" tabindex={*tab_index}
            aria-pressed={is_selected.to_string()} aria-disabled={is_disabled.then_some("true")}
            {onclick} {onkeydown} {onpointerenter} {onfocus}
        >
            <span class="end__text" lang="en">{ &tile.text }</span>
            <span class="end__number number">{ number }</span>
        </button>
    }
}
