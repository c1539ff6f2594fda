//! A picture whose parts are smaller than a finger: what is nearest to where someone points, taps or goes is meant.

use std::rc::Rc;

use vitrine_picture::{
    Point,
    explanation::{Measures, Picture, Target, TargetOf},
};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::picture::{PictureFrame, set_pixels};
use crate::{browser, components::step};

/// How near a part has to be, in pixels: as large as what can be tapped has to be (WCAG 2.2, 2.5.8).
const NEAR: f32 = 24.0;

/// Properties of [`NearestPicture`].
#[derive(Properties, PartialEq)]
pub struct NearestPictureProps {
    /// What is drawn; nothing before the room for it is known.
    pub picture: Rc<Option<Picture>>,
    /// What it is called.
    pub label: AttrValue,
    /// In which row each part stands, in their order.
    pub rows: Rc<[usize]>,
    /// Whether these rows stand upright, the first at the right and each from above to below.
    #[prop_or_default]
    pub is_upright: bool,
    /// What a part is called.
    pub name: Callback<TargetOf, String>,
    /// How parts are come by, said while none is meant.
    pub hint: AttrValue,
    /// What is done with a part, where something is.
    #[prop_or_default]
    pub does: Option<AttrValue>,
    /// Does it.
    #[prop_or_default]
    pub on_open: Callback<TargetOf>,
    /// Told which part is chosen.
    #[prop_or_default]
    pub on_choose: Callback<Option<TargetOf>>,
    /// Told how much room there is.
    pub on_measures: Callback<Option<Measures>>,
}

/// The picture with one button in it for the keyboard, which stands where the part is that was chosen: by a tap or a click
/// nearby, or by the arrow keys. What that is stands below, with a button for fingers and pointers that does the same.
#[component]
pub fn NearestPicture(props: &NearestPictureProps) -> Html {
    let chosen = use_state_eq(|| None::<TargetOf>);
    let pointed = use_state_eq(|| None::<TargetOf>);
    let button = use_node_ref();
    let ring = use_node_ref();
    let none = Vec::new();
    let targets = (*props.picture)
        .as_ref()
        .map_or(&none, |picture| &picture.targets);
    let place_of = |of: &Option<TargetOf>| targets.iter().position(|target| Some(&target.of) == of.as_ref());
    let (at, under) = (place_of(&chosen), place_of(&pointed));
    {
        let (button, ring) = (button.clone(), ring.clone());
        let places = (props.picture.clone(), at.unwrap_or(0), under);
        use_effect_with(places, move |(picture, at, under)| {
            let target = |at: &usize| (**picture).as_ref()?.targets.get(*at);
            lay_over(&button, target(at));
            lay_over(&ring, under.as_ref().and_then(target));
        });
    }
    let nearest = {
        let picture = props.picture.clone();
        move |at: Point| {
            let picture = (*picture).as_ref()?;
            let near = picture.nearest_target(at, NEAR)?;
            picture.targets.get(near).map(|target| target.of.clone())
        }
    };
    let on_point = {
        let (nearest, pointed) = (nearest.clone(), pointed.setter());
        Callback::from(move |at| pointed.set(nearest(at)))
    };
    let choose = {
        let (chosen, on_choose) = (chosen.setter(), props.on_choose.clone());
        Callback::from(move |of: Option<TargetOf>| {
            chosen.set(of.clone());
            on_choose.emit(of);
        })
    };
    let on_press = {
        let (choose, pointed, button) = (choose.clone(), pointed.setter(), button.clone());
        Callback::from(move |at| {
            let near = nearest(at);
            // From here the arrow keys go on. The focus alone would choose where the button still stands, so it comes first.
            if let Some(button) = near.as_ref().and_then(|_| button.cast::<HtmlElement>()) {
                browser::focus_in_place(&button);
            }
            pointed.set(None);
            choose.emit(near);
        })
    };
    let on_leave = {
        let pointed = pointed.setter();
        Callback::from(move |()| pointed.set(None))
    };
    let onkeydown = {
        let (picture, rows, choose) = (props.picture.clone(), props.rows.clone(), choose.clone());
        let (at, is_upright) = (at.unwrap_or(0), props.is_upright);
        Callback::from(move |event: KeyboardEvent| {
            let Some(picture) = (*picture).as_ref() else {
                return;
            };
            let next = step_in_rows(&event.key(), &picture.targets, (&rows, is_upright), at);
            let is_plain = !event.alt_key() && !event.ctrl_key() && !event.meta_key();
            if let Some(next) = next
                .and_then(|next| picture.targets.get(next))
                .filter(|_| is_plain)
            {
                event.prevent_default();
                choose.emit(Some(next.of.clone()));
            }
        })
    };
    let onfocus = {
        // Whoever comes by the keyboard is at the first part, or where they were.
        let first = targets.get(at.unwrap_or(0)).map(|target| target.of.clone());
        let choose = choose.clone();
        Callback::from(move |_: FocusEvent| choose.emit(first.clone()))
    };
    let opens = |of: &TargetOf| {
        let (on_open, of) = (props.on_open.clone(), of.clone());
        Callback::from(move |_: MouseEvent| on_open.emit(of.clone()))
    };
    let name = |at: usize| targets.get(at).map(|target| props.name.emit(target.of.clone()));
    let first = targets.get(at.unwrap_or(0));
    let over = html! {
        <>
            if under.is_some() && under != at {
                <span class="explained__near" aria-hidden="true" ref={ring} />
            }
            if let Some(first) = first {
                <div role="toolbar" aria-label={props.label.clone()}>
                    <button
                        type="button" ref={button} {onkeydown} {onfocus} onclick={opens(&first.of)}
                        class={classes!(
                            "explained__target", "explained__cursor",
                            at.is_some().then_some("explained__target--selected"),
                        )}
                        aria-label={name(at.unwrap_or(0)).map(|name| match &props.does {
                            Some(does) => format!("{name} {does}"),
                            None => name,
                        })}
                    />
                </div>
            }
        </>
    };
    let said = under.or(at).and_then(name);
    html! {
        <>
            <PictureFrame
                picture={props.picture.clone()} label={props.label.clone()} on_measures={props.on_measures.clone()}
                render={Callback::from(|_| Html::default())} {on_point} {on_press} {over} {on_leave}
            />
            <div class="explained__chosen">
                <p class="hint number">{ said.unwrap_or_else(|| props.hint.to_string()) }</p>
                if let Some((does, of)) = props.does.as_ref().zip(at.and_then(|at| targets.get(at))) {
                    <button type="button" class="button button--small" onclick={opens(&of.of)}>{ does }</button>
                }
            </div>
            <p class="visually-hidden" role="status">{ at.and_then(name) }</p>
        </>
    }
}

/// Lays an element over a part, as large as what can be tapped at least.
fn lay_over(node: &NodeRef, target: Option<&Target>) {
    let Some((element, target)) = node.cast::<HtmlElement>().zip(target) else {
        return;
    };
    let (width, height) = (target.width.max(NEAR), target.height.max(NEAR));
    set_pixels(
        &element,
        [
            ("left", target.corner.x + (target.width - width) / 2.0),
            ("top", target.corner.y + (target.height - height) / 2.0),
            ("width", width),
            ("height", height),
        ],
    );
}

/// Where a key leads from a part: to the one beside it, or to that of the next row which is nearest along the rows.
fn step_in_rows(
    key: &str,
    targets: &[Target],
    (rows, are_upright): (&[usize], bool),
    at: usize,
) -> Option<usize> {
    let last = targets.len().min(rows.len()).checked_sub(1)?;
    let at = at.min(last);
    let middle = |at: usize| {
        let target = &targets[at];
        if are_upright {
            target.corner.y + target.height / 2.0
        } else {
            target.corner.x + target.width / 2.0
        }
    };
    let nearest_of = |row: usize| {
        let of_row = (0..=last).filter(|other| rows[*other] == row);
        let apart = |other: usize| (middle(other) - middle(at)).abs();
        of_row.min_by(|one, other| apart(*one).total_cmp(&apart(*other)))
    };
    // Rows that stand upright are gone along from above to below, and the next one is at the left.
    let key = match key {
        "ArrowDown" if are_upright => "ArrowRight",
        "ArrowUp" if are_upright => "ArrowLeft",
        "ArrowLeft" if are_upright => "ArrowDown",
        "ArrowRight" if are_upright => "ArrowUp",
        key => key,
    };
    match key {
        "ArrowDown" => {
            let next = rows[at..=last].iter().find(|row| **row != rows[at]);
            Some(next.and_then(|row| nearest_of(*row)).unwrap_or(at))
        }
        "ArrowUp" => {
            let before = rows[..at].iter().rev().find(|row| **row != rows[at]);
            Some(before.and_then(|row| nearest_of(*row)).unwrap_or(at))
        }
        _ => step(key, at, last + 1, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lead_along_rows_and_from_row_to_row() {
        let target = |(text, x): (usize, f32)| Target {
            of: TargetOf::Text(text),
            corner: Point { x, y: 0.0 },
            width: 4.0,
            height: 4.0,
        };
        let targets: Vec<Target> = [0.0, 10.0, 50.0, 8.0, 60.0, 30.0]
            .into_iter()
            .enumerate()
            .map(target)
            .collect();
        let rows = [0, 0, 0, 1, 1, 2];
        let check = |key: &str, at: usize, expect: usize| {
            assert_eq!(
                step_in_rows(key, &targets, (&rows, false), at),
                Some(expect),
                "{key} from {at}"
            );
        };
        check("ArrowRight", 0, 1);
        check("ArrowRight", 5, 5);
        check("ArrowLeft", 0, 0);
        check("ArrowDown", 1, 3);
        check("ArrowDown", 2, 4);
        check("ArrowDown", 5, 5);
        check("ArrowUp", 4, 2);
        check("ArrowUp", 5, 3);
        check("ArrowUp", 0, 0);
        check("Home", 4, 0);
        check("End", 1, 5);
        assert_eq!(step_in_rows("a", &targets, (&rows, false), 1), None);
        assert_eq!(step_in_rows("End", &[], (&[], false), 0), None);
    }

    #[test]
    fn rows_that_stand_upright_turn_the_keys() {
        let target = |(text, (x, y)): (usize, (f32, f32))| Target {
            of: TargetOf::Text(text),
            corner: Point { x, y },
            width: 4.0,
            height: 4.0,
        };
        let places = [
            (90.0, 20.0),
            (50.0, 0.0),
            (50.0, 30.0),
            (50.0, 60.0),
            (10.0, 50.0),
        ];
        let targets: Vec<Target> = places.into_iter().enumerate().map(target).collect();
        let rows = [0, 1, 1, 1, 2];
        let check = |key: &str, at: usize, expect: usize| {
            assert_eq!(
                step_in_rows(key, &targets, (&rows, true), at),
                Some(expect),
                "{key} from {at}"
            );
        };
        check("ArrowLeft", 0, 2);
        check("ArrowDown", 2, 3);
        check("ArrowUp", 2, 1);
        check("ArrowLeft", 2, 4);
        check("ArrowRight", 4, 3);
        check("ArrowRight", 3, 0);
        check("Home", 4, 0);
        check("End", 0, 4);
    }
}
