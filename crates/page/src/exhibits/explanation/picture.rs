//! A picture of an explanation on a canvas, with a button over each thing in it that can be pointed at.

use std::{collections::BTreeSet, rc::Rc};

use gloo::utils::window;
use vitrine_picture::{
    Focus, Point,
    explanation::{Measures, Picture, Target},
};
use vitrine_record::{Explanation, Position, Side};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement, HtmlElement};
use yew::prelude::*;

use super::draw::{Drawn, DrawnAs, about_sample_at, name_of_target, picture};
use crate::{
    components::{Pointing, Roving, RovingItem, pointing, use_resizes},
    context::{Context, use_page},
    exhibits::canvas::{draw, resize, scale_for},
    state::{Action, WhichText},
};

/// Properties of [`ExplanationPicture`].
#[derive(Properties, PartialEq)]
pub struct ExplanationPictureProps {
    /// What is drawn.
    pub drawn: Drawn,
    /// What it is called.
    pub label: AttrValue,
}

/// The picture, as wide as there is room for.
#[component]
pub fn ExplanationPicture(ExplanationPictureProps { drawn, label }: &ExplanationPictureProps) -> Html {
    let page = use_page();
    let measures = use_state_eq(|| None::<Measures>);
    let on_measures = {
        let measures = measures.setter();
        Callback::from(move |room| measures.set(room))
    };
    let words = (page.language(), page.explained_class(), page.shown.model.clone());
    let picture = use_memo((drawn.clone(), *measures, words), |(drawn, measures, _)| {
        Some(picture(&page, drawn, (*measures)?))
    });
    let render = {
        let (page, explanation) = (page.clone(), drawn.explanation.clone());
        Callback::from(move |(target, item): (Target, RovingItem)| button(&page, &explanation, &target, item))
    };
    let on_leave = page.sends(Action::Hover(None));
    let about = use_state_eq(|| None::<String>);
    let has_points = drawn.drawn_as == DrawnAs::Samples;
    let on_point = has_points.then(|| {
        let (page, drawn, measures, about) = (page.clone(), drawn.clone(), *measures, about.setter());
        Callback::from(move |at: Point| {
            about.set(measures.and_then(|measures| about_sample_at(&page, &drawn, measures, at)));
        })
    });
    html! {
        <>
            <PictureFrame {picture} label={label.clone()} {on_measures} {render} {on_leave} {on_point} />
            if has_points {
                <p class="explained__about hint number">
                    { (*about).clone().unwrap_or_else(|| page.t("lime.samples_pointing").to_owned()) }
                </p>
            }
        </>
    }
}

/// Where in a picture the pointer is.
fn place(event: PointerEvent) -> Point {
    // Places in a picture are far below what an f32 holds exactly.
    Point {
        x: event.offset_x() as f32,
        y: event.offset_y() as f32,
    }
}

/// Properties of [`PictureFrame`].
#[derive(Properties, PartialEq)]
pub struct PictureFrameProps {
    /// What is drawn; nothing before the room for it is known.
    pub picture: Rc<Option<Picture>>,
    /// What it is called.
    pub label: AttrValue,
    /// Told how much room there is.
    pub on_measures: Callback<Option<Measures>>,
    /// Makes the button of a target, with the attribute `data-roving`.
    pub render: Callback<(Target, RovingItem), Html>,
    /// Told where the pointer is, of a picture without targets.
    #[prop_or_default]
    pub on_point: Option<Callback<Point>>,
    /// Told when pointer or focus leave the picture.
    #[prop_or_default]
    pub on_leave: Callback<()>,
}

/// A canvas with what is drawn, and buttons over what of it can be pointed at.
#[component]
pub fn PictureFrame(props: &PictureFrameProps) -> Html {
    let page = use_page();
    let (frame, canvas) = (use_node_ref(), use_node_ref());
    let resizes = use_resizes(&frame);
    {
        let (frame, on_measures) = (frame.clone(), props.on_measures.clone());
        use_effect_with((resizes, page.present), move |_| on_measures.emit(room(&frame)));
    }
    {
        let (canvas, picture) = (canvas.clone(), props.picture.clone());
        use_effect_with((picture, page.appearance.theme()), move |(picture, theme)| {
            if let Some(picture) = &**picture {
                paint(&canvas, picture, *theme);
            }
        });
    }
    {
        let (frame, picture) = (frame.clone(), props.picture.clone());
        use_effect_with(picture, move |picture| {
            if let Some(picture) = &**picture {
                put_buttons(&frame, picture);
            }
        });
    }
    let targets = (*props.picture)
        .as_ref()
        .map(|picture| picture.targets.clone())
        .unwrap_or_default();
    let count = targets.len();
    let render = props.render.clone();
    let render = Callback::from(move |items: Vec<RovingItem>| {
        let buttons = targets.iter().cloned().zip(items);
        buttons.map(|button| render.emit(button)).collect::<Html>()
    });
    html! {
        <div class="explained" ref={frame}>
            if let Some(on_point) = &props.on_point {
                <canvas ref={canvas} aria-hidden="true" onpointermove={on_point.reform(place)} />
            } else {
                <canvas ref={canvas} aria-hidden="true" />
                <Roving
                    label={props.label.clone()} class="explained__targets" {count} {render}
                    on_leave={props.on_leave.clone()}
                />
            }
        </div>
    }
}

/// The tokens of what a button is of.
fn positions(explanation: &Explanation, target: &Target) -> BTreeSet<Position> {
    let features = target.of.features().iter();
    let features = features.filter_map(|feature| explanation.features.get(*feature));
    features
        .flat_map(|feature| feature.tokens.clone())
        .map(Position)
        .collect()
}

fn button(page: &Context, explanation: &Explanation, target: &Target, item: RovingItem) -> Html {
    let tokens = positions(explanation, target);
    let name = name_of_target(page, explanation, target);
    let is_selected = !tokens.is_empty() && tokens.is_subset(&page.link.tokens);
    let is_hovered = page.hover.is_some_and(|hover| tokens.contains(&hover.position));
    let class = classes!(
        "explained__target",
        is_selected.then_some("explained__target--selected"),
        is_hovered.then_some("explained__target--hovered"),
    );
    let first = tokens.first().copied().map(|position| Focus {
        position,
        side: Side::Destination,
    });
    let Some(focus) = first else {
        // What no token stands for, as the sum of what is left over, is read but cannot be chosen.
        return html! {
            <button
                type="button" {class} data-roving="" tabindex={item.tab_index} aria-label={name.clone()}
                title={name} aria-disabled="true"
            />
        };
    };
    let Pointing {
        onpointerenter,
        onfocus,
        onclick,
        onkeydown,
    } = pointing(&page.state.dispatcher(), WhichText::First, focus);
    let onclick = match tokens.len() {
        1 => onclick,
        _ => page.sends(Action::SelectTogether(tokens)),
    };
    html! {
        <button
            type="button" {class} data-roving="" tabindex={item.tab_index} aria-label={name.clone()} title={name}
            aria-pressed={is_selected.to_string()} {onclick} {onkeydown} {onpointerenter} {onfocus}
        />
    }
}

/// The room that there is, and the size of the page's type.
fn room(frame: &NodeRef) -> Option<Measures> {
    let frame = frame.cast::<Element>()?;
    let style = window().get_computed_style(&frame).ok()??;
    let size = style.get_property_value("font-size").ok()?;
    let type_size = size.trim_end_matches("px").parse::<f32>().ok()?;
    let width = frame.client_width() as f32;
    (width > 0.0).then_some(Measures { width, type_size })
}

fn paint(canvas: &NodeRef, picture: &Picture, theme: vitrine_picture::Theme) -> Option<()> {
    let canvas = canvas.cast::<HtmlCanvasElement>()?;
    let (width, height) = (picture.measures.width, picture.height.max(1.0));
    let scale = scale_for(width, height, window().device_pixel_ratio() as f32);
    let context = resize(&canvas, width, height, scale)?;
    set_pixels(&canvas, [("width", width), ("height", height)]);
    draw(&context, &picture.shapes, theme);
    Some(())
}

/// Lays the buttons over what they stand for. The page's policy forbids style attributes, but not this.
fn put_buttons(frame: &NodeRef, picture: &Picture) -> Option<()> {
    let buttons = frame
        .cast::<Element>()?
        .query_selector_all("[data-roving]")
        .ok()?;
    for (at, target) in picture.targets.iter().enumerate() {
        let button = u32::try_from(at).ok().and_then(|at| buttons.get(at));
        if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            set_pixels(
                &button,
                [
                    ("left", target.corner.x),
                    ("top", target.corner.y),
                    ("width", target.width),
                    ("height", target.height),
                ],
            );
        }
    }
    Some(())
}

fn set_pixels<const N: usize>(element: &HtmlElement, lengths: [(&str, f32); N]) {
    for (name, length) in lengths {
        // A length that cannot be set leaves the one that the style sheet gives.
        let _ = element.style().set_property(name, &format!("{length}px"));
    }
}
