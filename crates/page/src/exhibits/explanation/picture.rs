//! A picture of an explanation on a canvas, with a button over each thing in it that can be pointed at.

use std::{collections::BTreeSet, rc::Rc};

use gloo::utils::window;
use vitrine_picture::{
    Focus, Point,
    explanation::{Measures, Picture, Target, TargetValues},
};
use vitrine_record::{Explanation, Position, Side};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement, HtmlElement};
use yew::prelude::*;

use super::{
    arrows::step_between,
    draw::{Drawn, name_of_target, picture},
};
use crate::{
    components::{Pointing, Roving, RovingItem, pointing_by, use_resizes},
    context::{Context, use_page},
    exhibits::canvas::{draw, resize, scale_for},
    state::{Action, Shared, WhichText},
};

/// A picture that fits itself into any measures, and what can be pointed at in it.
pub struct Layout {
    /// Lays it out.
    pub picture: Box<dyn Fn(Measures) -> Picture>,
    /// Says what a part of it stands for.
    pub pointed: Box<dyn Fn(&Target) -> Pointed>,
}

/// What a part of a picture stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Pointed {
    /// The tokens that are looked at and chosen with it; none of what no token stands for.
    pub tokens: BTreeSet<Position>,
    /// What it is called.
    pub name: String,
}

impl Pointed {
    /// What cannot be pointed at.
    pub fn nothing() -> Pointed {
        Pointed {
            tokens: BTreeSet::new(),
            name: String::new(),
        }
    }
}

/// Properties of [`ExplanationPicture`].
#[derive(Properties, PartialEq)]
pub struct ExplanationPictureProps {
    /// What is drawn.
    pub drawn: Drawn,
    /// What it is called.
    pub label: AttrValue,
}

/// The picture of one explanation.
#[component]
pub fn ExplanationPicture(ExplanationPictureProps { drawn, label }: &ExplanationPictureProps) -> Html {
    let page = use_page();
    let words = (page.language(), page.explained_target(), page.shown.model.clone());
    let layout = use_memo((drawn.clone(), words), |(drawn, _)| {
        Shared::new(layout(&page, drawn))
    });
    html! { <PointedPicture layout={(*layout).clone()} label={label.clone()} /> }
}

fn layout(page: &Context, drawn: &Drawn) -> Layout {
    let both = || (page.clone(), drawn.clone());
    let (of_picture, of_names) = (both(), both());
    let values = TargetValues::new(&drawn.explanation);
    Layout {
        picture: Box::new(move |measures| {
            let (page, drawn) = &of_picture;
            picture(page, drawn, measures)
        }),
        pointed: Box::new(move |target| {
            let (page, drawn) = &of_names;
            Pointed {
                tokens: positions(&drawn.explanation, target),
                name: name_of_target(page, &drawn.explanation, &values, target),
            }
        }),
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

/// Properties of [`PointedPicture`].
#[derive(Properties, PartialEq)]
pub struct PointedPictureProps {
    /// What is drawn.
    pub layout: Shared<Layout>,
    /// What it is called.
    pub label: AttrValue,
}

/// A picture, as wide as there is room for.
#[component]
pub fn PointedPicture(props: &PointedPictureProps) -> Html {
    let page = use_page();
    let measures = use_state_eq(|| None::<Measures>);
    let on_measures = {
        let measures = measures.setter();
        Callback::from(move |room| measures.set(room))
    };
    let picture = use_memo((props.layout.clone(), *measures), |(layout, measures)| {
        Some((layout.picture)((*measures)?))
    });
    // Whatever else changes on the page, and that is each time that something is looked at, the parts stay what they are.
    let pointed = use_memo((props.layout.clone(), *measures), |(layout, _)| {
        let targets = (*picture).iter().flat_map(|picture| &picture.targets);
        targets.map(|target| (layout.pointed)(target)).collect::<Vec<_>>()
    });
    let render = {
        let (page, pointed) = (page.clone(), pointed.clone());
        Callback::from(move |(_, item): (Target, RovingItem)| {
            let pointed = pointed.get(item.index).cloned();
            button(&page, pointed.unwrap_or_else(Pointed::nothing), item)
        })
    };
    html! {
        <PictureFrame
            {picture} label={props.label.clone()} {on_measures} {render}
            on_leave={page.sends(Action::Hover(None))}
        />
    }
}

/// Where in a picture the pointer is.
fn place(event: &MouseEvent) -> Point {
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
    /// Told where the pointer is, of a picture whose parts have no buttons.
    #[prop_or_default]
    pub on_point: Option<Callback<Point>>,
    /// Told where such a picture is clicked or tapped.
    #[prop_or_default]
    pub on_press: Callback<Point>,
    /// What lies over such a picture.
    #[prop_or_default]
    pub over: Html,
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
    let next = {
        let picture = props.picture.clone();
        Callback::from(move |(key, at): (String, usize)| {
            let targets = (*picture).as_ref().map(|picture| &picture.targets[..]);
            step_between(&key, at, targets.unwrap_or_default())
        })
    };
    let render = props.render.clone();
    let render = Callback::from(move |items: Vec<RovingItem>| {
        let buttons = targets.iter().cloned().zip(items);
        buttons.map(|button| render.emit(button)).collect::<Html>()
    });
    // A picture without anything in it that can be pointed at is one thing.
    let is_image = count == 0;
    html! {
        <div
            class="explained" ref={frame} role={is_image.then_some("img")}
            aria-label={is_image.then(|| props.label.clone())}
        >
            if let Some(on_point) = &props.on_point {
                <canvas
                    ref={canvas} aria-hidden="true" onpointermove={on_point.reform(|event: PointerEvent| place(&event))}
                    onclick={props.on_press.reform(|event: MouseEvent| place(&event))}
                    onpointerleave={props.on_leave.reform(|_: PointerEvent| ())}
                />
                { props.over.clone() }
            } else if is_image {
                <canvas ref={canvas} aria-hidden="true" />
            } else {
                <canvas ref={canvas} aria-hidden="true" />
                <Roving
                    label={props.label.clone()} class="explained__targets" {count} {next} {render}
                    on_leave={props.on_leave.clone()}
                />
            }
        </div>
    }
}

fn button(page: &Context, Pointed { tokens, name }: Pointed, item: RovingItem) -> Html {
    let is_selected = !tokens.is_empty() && tokens.is_subset(&page.link.tokens);
    let is_hovered = tokens.iter().any(|token| page.is_hovered(*token));
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
    } = pointing_by(
        &page.state.dispatcher(),
        WhichText::First,
        focus,
        Action::HoverTogether(tokens.clone()),
    );
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

pub fn set_pixels<const N: usize>(element: &HtmlElement, lengths: [(&str, f32); N]) {
    for (name, length) in lengths {
        // A length that cannot be set leaves the one that the style sheet gives.
        let _ = element.style().set_property(name, &format!("{length}px"));
    }
}
