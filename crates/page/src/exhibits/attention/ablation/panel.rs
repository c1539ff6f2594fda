//! One of the two panels: a scatter, and two bars for each token or head.

use vitrine_picture::{
    Focus, HEAD_HUES,
    ablation::{Compared, Item, share},
    tiles,
};
use vitrine_record::{HeadIdx, LayerIdx, Position, Side};
use yew::prelude::*;

use super::words;
use crate::{
    components::{Pointing, Roving, RovingItem, pointing, share_bar, signed_bar},
    context::{Context, use_page},
    exhibits::attention::model::Place,
    state::{Action, WhichText},
};

/// Properties of [`TokenPanel`].
#[derive(Properties, PartialEq)]
pub struct TokenPanelProps {
    /// The tokens.
    pub compared: Compared<Position>,
}

/// Properties of [`HeadPanel`].
#[derive(Properties, PartialEq)]
pub struct HeadPanelProps {
    /// The heads.
    pub compared: Compared<(LayerIdx, HeadIdx)>,
}

/// What a row and a point of an item are drawn with.
struct Look {
    name: String,
    /// The name where there is little room.
    short: String,
    /// The name of a token is not of the page's language.
    language: Option<&'static str>,
    class: Classes,
    is_pressed: Option<bool>,
    pointing: Pointing,
}

/// Tokens: pointing and choosing are those of all views.
#[component]
pub fn TokenPanel(TokenPanelProps { compared }: &TokenPanelProps) -> Html {
    let page = use_page();
    let tiles = tiles(&page.shown.analysis.tokens);
    let look = {
        let page = page.clone();
        move |position: Position| {
            let tile = tiles.get(position.0);
            let is_special = tile.is_some_and(|tile| tile.special);
            let is_selected = page.link.tokens.contains(&position);
            let is_hovered = page.hover.is_some_and(|hover| hover.position == position);
            let focus = Focus {
                position,
                side: Side::Source,
            };
            let name = tile.map(|tile| tile.text.clone()).unwrap_or_default();
            Look {
                short: name.clone(),
                name,
                language: Some("en"),
                class: classes!(
                    is_special.then_some("ablation__item--special"),
                    is_selected.then_some("ablation__item--selected"),
                    is_hovered.then_some("ablation__item--hovered"),
                ),
                is_pressed: Some(is_selected),
                pointing: pointing(&page.state.dispatcher(), WhichText::First, focus),
            }
        }
    };
    let measure = words::measure(&page, page.link.ablation.measure);
    let on_leave = page.sends(Action::Hover(None));
    panel(
        &page,
        compared,
        ["ablation.tokens", "ablation.tokens_label"],
        measure,
        look,
        on_leave,
    )
}

/// Heads: choosing one leads to it in the head view.
#[component]
pub fn HeadPanel(HeadPanelProps { compared }: &HeadPanelProps) -> Html {
    let page = use_page();
    let pointed = use_state_eq(|| None::<(LayerIdx, HeadIdx)>);
    let look = {
        let (page, pointed) = (page.clone(), pointed.clone());
        move |(layer, head): (LayerIdx, HeadIdx)| {
            let point = {
                let pointed = pointed.setter();
                move || pointed.set(Some((layer, head)))
            };
            let on_focus = point.clone();
            Look {
                short: format!("{layer}.{head}"),
                name: Place { layer, head }.name(page.language()),
                language: None,
                class: classes!(
                    "ablation__item--head",
                    format!("head-{}", head.0 % HEAD_HUES),
                    (*pointed == Some((layer, head))).then_some("ablation__item--hovered"),
                ),
                is_pressed: None,
                pointing: Pointing {
                    onpointerenter: Callback::from(move |_| point()),
                    onfocus: Callback::from(move |_| on_focus()),
                    onclick: page.sends(Action::OpenHead { layer, head }),
                    onkeydown: Callback::noop(),
                },
            }
        }
    };
    let on_leave = {
        let pointed = pointed.setter();
        Callback::from(move |()| pointed.set(None))
    };
    let confidence = page.t("ablation.confidence").to_owned();
    panel(
        &page,
        compared,
        ["ablation.heads", "ablation.heads_label"],
        confidence,
        look,
        on_leave,
    )
}

fn panel<Of: Copy + PartialEq + 'static>(
    page: &Context,
    compared: &Compared<Of>,
    [title, label]: [&'static str; 2],
    attention: String,
    look: impl Fn(Of) -> Look + 'static,
    on_leave: Callback<()>,
) -> Html {
    let order = compared.order(page.link.ablation.order);
    let points = scatter(page, compared, &attention, &look, &on_leave);
    let count = order.len();
    let heading = html! {
        <div class="ablation__row ablation__row--heading" aria-hidden="true">
            <span />
            <span>{ &attention }</span>
            <span class="number">{ page.language().numbers().percent(compared.attention_limit) }</span>
            <span>{ page.t(words::effect(compared.measure)) }</span>
            <span class="number">{ words::limits(page, compared) }</span>
            <span />
        </div>
    };
    let render = {
        let (page, compared) = (page.clone(), compared.clone());
        Callback::from(move |items: Vec<RovingItem>| {
            let rows = order.iter().zip(items).map(|(&at, roving)| {
                let item = &compared.items[at];
                row(&page, &compared, item, &attention, look(item.of), roving)
            });
            rows.collect::<Html>()
        })
    };
    html! {
        <section class="ablation__panel" aria-labelledby={title}>
            <h3 id={title}>{ page.t(title) }</h3>
            <p class="ablation__tau">{ words::correlation(page, compared) }</p>
            { points }
            { heading }
            <div class="ablation__rows" tabindex="-1">
                <Roving label={page.t(label)} {count} {render} {on_leave} />
            </div>
        </section>
    }
}

fn row<Of: Copy + PartialEq>(
    page: &Context,
    compared: &Compared<Of>,
    item: &Item<Of>,
    attention: &str,
    look: Look,
    roving: RovingItem,
) -> Html {
    let numbers = page.language().numbers();
    let Pointing {
        onpointerenter,
        onfocus,
        onclick,
        onkeydown,
    } = look.pointing;
    let effect = item.change.map(|change| {
        let by = change.by(compared.measure);
        html! {
            <>
                { signed_bar(by, compared.effect_limit) }
                <span class="number" aria-hidden="true">{ words::change(page, compared.measure, by) }</span>
            </>
        }
    });
    html! {
        <button
            type="button" class={classes!("ablation__row", "ablation__item", look.class)} data-roving=""
            tabindex={roving.tab_index} aria-pressed={look.is_pressed.map(|is_pressed| is_pressed.to_string())}
            {onpointerenter} {onfocus} {onclick} {onkeydown}
        >
            <span class="ablation__name" lang={look.language}>{ look.name }</span>
            <span class="visually-hidden">{ words::row(page, attention, compared.measure, item) }</span>
            { share_bar(share(item.attention, compared.attention_limit), None) }
            <span class="number" aria-hidden="true">{ numbers.percent(item.attention) }</span>
            { effect.unwrap_or_else(|| html! { <><span /><span class="number" aria-hidden="true">{ "…" }</span></> }) }
            <span class="ablation__mark" aria-hidden="true">{ item.mark.map(|mark| page.t(words::mark(mark))).unwrap_or_default() }</span>
        </button>
    }
}

/// Attention to the right, effects up and down. What it says stands in the rows too.
fn scatter<Of: Copy + PartialEq>(
    page: &Context,
    compared: &Compared<Of>,
    attention: &str,
    look: &impl Fn(Of) -> Look,
    on_leave: &Callback<()>,
) -> Html {
    let numbers = page.language().numbers();
    let percent = |number: f32| format!("{number:.2}%");
    let named = compared.named_in_scatter();
    let points = compared.items.iter().enumerate().filter_map(|(at, item)| {
        let by = item.change?.by(compared.measure);
        // Points at an end of a scale lie within the picture.
        let x = 3.0 + share(item.attention, compared.attention_limit) * 94.0;
        let y = 50.0 - share(by, compared.effect_limit) * 44.0;
        let Look {
            short,
            class,
            pointing,
            ..
        } = look(item.of);
        let is_marked = item.mark.is_some();
        let (onpointerenter, onclick) = (pointing.onpointerenter, pointing.onclick);
        let is_left = x > 50.0;
        let shift = if is_left { "-8" } else { "8" };
        Some(html! {
            <g
                class={classes!("ablation__point", named.contains(&at).then_some("ablation__point--named"), class)}
                {onpointerenter} {onclick}
            >
                <circle cx={percent(x)} cy={percent(y)} r={if is_marked { "6" } else { "4" }} />
                <text
                    x={percent(x)} y={percent(y)} dx={shift} dy="4"
                    text-anchor={if is_left { "end" } else { "start" }}
                >
                    { short }
                </text>
            </g>
        })
    });
    let limit = |sign: f32| words::change(page, compared.measure, sign * compared.effect_limit);
    let leave = on_leave.reform(|_: PointerEvent| ());
    html! {
        <div class="ablation__scatter" aria-hidden="true">
            <p class="ablation__limits">
                <span>{ limit(1.0) }</span>
                <span>{ page.t(words::effect(compared.measure)) }</span>
                <span>{ limit(-1.0) }</span>
            </p>
            <svg width="100%" height="100%" onpointerleave={leave}>
                <line class="bar__zero" x1="0" x2="100%" y1="50%" y2="50%" />
                { for points }
            </svg>
            <p class="ablation__limits ablation__limits--attention">
                <span>{ numbers.percent(0.0) }</span>
                <span>{ attention }</span>
                <span>{ numbers.percent(compared.attention_limit) }</span>
            </p>
        </div>
    }
}
