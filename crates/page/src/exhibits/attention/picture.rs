//! The head view on the screen: lines on a canvas, and over it real buttons for the tokens.

use std::rc::Rc;

use vitrine_picture::{Focus, HeadView, Metrics, Tile, tiles};
use vitrine_record::{Analysis, Position, Side};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

use super::painter::{DrawingState, Painter};
use crate::{
    browser,
    components::{Pointing, Roving, RovingItem, pointing},
    context::{Context, use_page},
    state::{Action, Origin, Shared, State},
};

/// The picture.
#[component]
pub fn Picture() -> Html {
    let page = use_page();
    let frame = use_node_ref();
    let canvas = use_node_ref();
    let resizes = use_resizes(&frame);
    let on_scroll = use_drawing(&page, &frame, &canvas, resizes);

    let analysis = page.shown.analysis.clone();
    let heads = page.link.heads.as_ref();
    let view = HeadView::new(
        &analysis,
        page.drawn_layer(),
        heads,
        page.focus(),
        Metrics::EXPORT,
    );
    let Some(view) = view else {
        return html! { <p class="hint">{ page.t("attention.none") }</p> };
    };
    let numbers = view.numbers();
    let on_side = |side| {
        numbers
            .as_ref()
            .filter(|(at, _)| *at == side)
            .map(|(_, numbers)| numbers.clone())
    };
    html! {
        <div class="headview" ref={frame} onscroll={on_scroll}>
            <div class="headview__heads" aria-hidden="true">
                <span class="headview__query">{ page.t("attention.query") }</span>
                <span>{ "→" }</span>
                <span class="headview__key">{ page.t("attention.key") }</span>
            </div>
            <div class="headview__view" aria-hidden="true">
                <canvas class="headview__lines" ref={canvas} />
            </div>
            <div class="headview__columns">
                { column(&page, Side::Destination, on_side(Side::Destination)) }
                { column(&page, Side::Source, on_side(Side::Source)) }
            </div>
        </div>
    }
}

fn column(page: &Context, side: Side, numbers: Option<Vec<f32>>) -> Html {
    let tiles = tiles(&page.shown.analysis.tokens);
    let count = tiles.len();
    let (label, class) = match side {
        Side::Destination => (page.t("attention.query_label"), "ends ends--destination"),
        Side::Source => (page.t("attention.key_label"), "ends ends--source"),
    };
    let render = {
        let page = page.clone();
        Callback::from(move |items: Vec<RovingItem>| {
            items
                .into_iter()
                .map(|item| {
                    let number = numbers
                        .as_ref()
                        .and_then(|numbers| numbers.get(item.index).copied());
                    end(&page, side, &tiles[item.index], number, item)
                })
                .collect::<Html>()
        })
    };
    html! { <Roving {label} {class} {count} {render} on_leave={page.sends(Action::Hover(None))} /> }
}

fn end(page: &Context, side: Side, tile: &Tile, number: Option<f32>, item: RovingItem) -> Html {
    let focus = Focus {
        position: Position(item.index),
        side,
    };
    html! {
        <End
            {focus} tile={tile.clone()} tab_index={item.tab_index}
            number={number.map(|number| page.language().numbers().percent(number)).unwrap_or_default()}
            is_selected={page.selection() == Some(focus)} is_focused={page.focus() == Some(focus)}
            dispatcher={page.state.dispatcher()}
        />
    }
}

/// A component of its own, so that pointing at one token does not draw its whole side again.
#[derive(Properties, PartialEq)]
struct EndProps {
    focus: Focus,
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
        is_selected.then_some("end--selected"),
        is_focused.then_some("end--focused"),
    );
    let Pointing {
        onpointerenter,
        onfocus,
        onclick,
    } = pointing(dispatcher, *focus);
    html! {
        <button
            type="button" {class} data-roving="" tabindex={*tab_index}
            aria-pressed={is_selected.to_string()} {onclick} {onpointerenter} {onfocus}
        >
            <span class="end__text" lang="en">{ &tile.text }</span>
            <span class="end__number number">{ number }</span>
        </button>
    }
}

/// Counts how often an element's size has changed.
#[hook]
fn use_resizes(node: &NodeRef) -> u32 {
    let resizes = use_state(|| 0);
    let setter = resizes.setter();
    let node = node.clone();
    use_effect_with((), move |()| {
        let mut count = 0;
        let on_resize = Closure::<dyn FnMut()>::new(move || {
            count += 1;
            setter.set(count);
        });
        let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(element)) = (&observer, node.cast::<Element>()) {
            observer.observe(&element);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(on_resize);
        }
    });
    *resizes
}

/// What the drawing depends on: when none of it changed, the canvas is right.
#[derive(PartialEq)]
struct Drawing {
    state: DrawingState,
    resizes: u32,
}

fn drawing_state(state: &State) -> DrawingState {
    DrawingState {
        analysis: state.shown.analysis.clone(),
        layer: state.drawn_layer(),
        heads: state.link.heads.clone(),
        focus: state.focus(),
        theme: state.appearance.theme(),
        present: state.present,
    }
}

/// Keeps the canvas as the state has it; to be told when the picture is scrolled.
#[hook]
fn use_drawing(page: &Context, frame: &NodeRef, canvas: &NodeRef, resizes: u32) -> Callback<Event> {
    let drawing = Drawing {
        state: drawing_state(page),
        resizes,
    };
    let painter = use_mut_ref(Painter::default);
    let is_live = page.shown.origin != Origin::Recorded;
    let marked = use_mut_ref(|| None::<Shared<Analysis>>);
    let on_scroll = {
        let (painter, frame, canvas) = (Rc::clone(&painter), frame.clone(), canvas.clone());
        let state = drawing.state.clone();
        Callback::from(move |_| {
            painter.borrow_mut().paint(&frame, &canvas, &state);
        })
    };
    let (frame, canvas) = (frame.clone(), canvas.clone());
    use_effect_with(drawing, move |drawing| {
        if painter
            .borrow_mut()
            .paint(&frame, &canvas, &drawing.state)
            .is_none()
        {
            return;
        }
        let analysis = &drawing.state.analysis;
        let is_first = marked.borrow().is_none();
        if marked.borrow().as_ref() != Some(analysis) {
            marked.replace(Some(analysis.clone()));
            if is_first {
                browser::mark("vitrine:first-picture");
            }
            if is_live {
                browser::mark("vitrine:reply");
            }
        }
    });
    on_scroll
}
