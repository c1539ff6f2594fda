//! A tile for each attention head, in its hue and with its number.

use vitrine_picture::HEAD_HUES;
use vitrine_record::HeadIdx;
use yew::prelude::*;

use super::{Roving, RovingItem};
use crate::{
    context::use_page,
    state::{Action, heads},
};

/// Switches heads on and off.
#[component]
pub fn HeadTiles() -> Html {
    let page = use_page();
    let count = page.heads();
    let are_joined = page.variant().joins_heads();
    let render = {
        let page = page.clone();
        Callback::from(move |items: Vec<RovingItem>| {
            items
                .into_iter()
                .map(|item| {
                    let head = HeadIdx(item.index);
                    let is_on = heads::is_on(&page.link.heads, head);
                    let dispatcher = page.state.dispatcher();
                    // The second click of a double click isolates; the first has toggled, and is refined.
                    let onclick = Callback::from(move |event: MouseEvent| {
                        let is_second = event.detail() > 0 && event.detail() % 2 == 0;
                        dispatcher.dispatch(match (event.shift_key(), is_second) {
                            (true, _) => Action::IsolateHead(head),
                            (false, true) => Action::IsolateToggledHead(head),
                            (false, false) => Action::ToggleHead(head),
                        });
                    });
                    let number = head.to_string();
                    let hue = format!("head-{}", head.0 % HEAD_HUES);
                    html! {
                        <button
                            type="button" class={classes!("head", hue)} data-roving="" tabindex={item.tab_index}
                            aria-pressed={is_on.to_string()} title={page.t("heads.tooltip")}
                            aria-label={page.fill("heads.head", &[("head", &number)])}
                            disabled={are_joined} {onclick}
                        >
                            { number }
                        </button>
                    }
                })
                .collect::<Html>()
        })
    };
    html! {
        <div class="heads">
            <span class="control__name" aria-hidden="true">{ page.t("heads.name") }</span>
            <Roving label={page.t("heads.label")} class="heads__tiles" {count} {render} />
            <button
                type="button" class="button button--small" title={page.t("heads.all_tooltip")}
                disabled={page.link.heads.is_none() || are_joined} onclick={page.sends(Action::AllHeads)}
            >
                { page.t("heads.all") }
            </button>
        </div>
    }
}
