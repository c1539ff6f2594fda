//! The head view as lines on a canvas, and over it real buttons for the tokens.

use std::rc::Rc;

use vitrine_picture::{HeadView, Metrics, Quantity};
use vitrine_record::{Drawing, Side};
use yew::prelude::*;

use super::{
    HeadPictureProps,
    column::Column,
    painter::{DrawingState, Painter},
};
use crate::{
    components::use_resizes,
    context::{Context, use_page},
    exhibits::attention::{interventions::SignedScale, marks::use_marks},
};

/// The picture.
#[component]
pub fn Lines(props: &HeadPictureProps) -> Html {
    let HeadPictureProps { slice, limit, text } = props;
    let page = use_page();
    let frame = use_node_ref();
    let canvas = use_node_ref();
    let resizes = use_resizes(&frame);
    let on_scroll = use_drawing(&page, props, &frame, &canvas, resizes);
    let is_across = page.link.drawing == Drawing::LinesAcross;
    let arrow = if is_across { "↓" } else { "→" };
    let view = HeadView::new(slice, &[], None, page.link.drawing, Metrics::EXPORT);
    let limit = view.with_limit(*limit).limit();
    html! {
        <>
        <div
            class={classes!("headview", is_across.then_some("headview--across"))}
            ref={frame} onscroll={on_scroll}
        >
            <div class="headview__sheet">
                <div class="headview__heads" aria-hidden="true">
                    <span class="headview__query">{ page.t("attention.query") }</span>
                    <span>{ arrow }</span>
                    <span class="headview__key">{ page.t("attention.key") }</span>
                </div>
                <div class="headview__view" aria-hidden="true">
                    <canvas class="headview__lines" ref={canvas} />
                </div>
                <div class="headview__columns">
                    <Column slice={slice.clone()} side={Side::Destination} text={*text} />
                    <Column slice={slice.clone()} side={Side::Source} text={*text} />
                </div>
            </div>
        </div>
        if slice.is_signed() {
            <SignedScale {limit} quantity={Quantity::of(slice)} />
        }
        </>
    }
}

/// What the canvas depends on: when none of it changed, it is right.
#[derive(PartialEq)]
struct Canvas {
    state: DrawingState,
    resizes: u32,
}

/// Keeps the canvas as the state has it; to be told when the picture is scrolled.
#[hook]
fn use_drawing(
    page: &Context,
    props: &HeadPictureProps,
    frame: &NodeRef,
    canvas: &NodeRef,
    resizes: u32,
) -> Callback<Event> {
    let state = DrawingState {
        slice: props.slice.clone(),
        limit: props.limit,
        selection: page.focus_in(props.text),
        drawing: page.link.drawing,
        theme: page.appearance.theme(),
        present: page.present,
    };
    let painter = use_mut_ref(Painter::default);
    let mark = use_marks(page);
    let on_scroll = {
        let (painter, frame, canvas) = (Rc::clone(&painter), frame.clone(), canvas.clone());
        let state = state.clone();
        Callback::from(move |_| {
            painter.borrow_mut().paint(&frame, &canvas, &state);
        })
    };
    let (frame, canvas) = (frame.clone(), canvas.clone());
    use_effect_with(Canvas { state, resizes }, move |Canvas { state, .. }| {
        if painter.borrow_mut().paint(&frame, &canvas, state).is_some() {
            mark.emit(());
        }
    });
    on_scroll
}
