//! The neuron view: how one head comes to what it adds for one token, step by step, with every number.

mod card;
mod cells;
mod table;
mod words;

pub use words::{figure, trust};

use vitrine_picture::{
    Theme, Tile,
    neuron_view::{Step, grids},
    tiles,
};
use vitrine_record::{Analysis, HeadComputation, Position};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::{
    components::{Key, Roving, RovingItem},
    i18n::Language,
    state::Shared,
};
use card::{Card, Pointed};
use table::NeuronTable;

/// Properties of [`NeuronView`].
#[derive(Properties, PartialEq)]
pub struct NeuronViewProps {
    /// The numbers, once they are there.
    pub computation: Option<Shared<HeadComputation>>,
    /// The text that they were computed for.
    pub analysis: Shared<Analysis>,
    /// The language of the page.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// A token that is pointed at elsewhere on the page.
    #[prop_or_default]
    pub highlighted: Option<Position>,
    /// Whether the numbers of the step stand below as a table.
    #[prop_or_default]
    pub shows_table: bool,
    /// Told which token is to ask.
    pub on_destination: Callback<Position>,
    /// Told which token is pointed at here.
    #[prop_or_default]
    pub on_hover: Callback<Option<Position>>,
}

/// The keys that the view listens to.
pub fn keys(language: Language) -> Vec<Key> {
    [
        ("key.step_next", "keys.step_next"),
        ("key.step_previous", "keys.step_previous"),
        ("key.steps_open", "keys.steps_open"),
    ]
    .map(|(key, does)| Key {
        key: language.t(key).into(),
        does: language.t(does).into(),
    })
    .into()
}

/// The view. All steps are open at first; one of them is explained.
#[component]
pub fn NeuronView(props: &NeuronViewProps) -> Html {
    let fits = |computation: &Shared<HeadComputation>| {
        computation.is_consistent() && computation.tokens() == props.analysis.tokens.len()
    };
    match props.computation.clone().filter(fits) {
        Some(computation) => html! {
            <Steps
                {computation} analysis={props.analysis.clone()} language={props.language} theme={props.theme}
                highlighted={props.highlighted} shows_table={props.shows_table}
                on_destination={props.on_destination.clone()} on_hover={props.on_hover.clone()}
            />
        },
        None => html! { <p class="hint neuron__none">{ props.language.t("neuron.none") }</p> },
    }
}

#[derive(Properties, PartialEq)]
struct StepsProps {
    computation: Shared<HeadComputation>,
    analysis: Shared<Analysis>,
    language: Language,
    theme: Theme,
    highlighted: Option<Position>,
    shows_table: bool,
    on_destination: Callback<Position>,
    on_hover: Callback<Option<Position>>,
}

#[component]
fn Steps(props: &StepsProps) -> Html {
    let StepsProps {
        computation,
        language,
        theme,
        ..
    } = props;
    let root = use_node_ref();
    let current = use_state(|| Step::Query);
    let all_open = use_state(|| true);
    let pointed = use_state(|| None::<Pointed>);
    let named = use_state(|| None::<Position>);
    let steps = use_memo(computation.clone(), |computation| {
        Step::ALL.map(|step| Shared::new(grids(computation, step)))
    });
    let tiles = use_memo(props.analysis.clone(), |analysis| {
        Shared::new(tiles(&analysis.tokens))
    });
    let here = pointed.as_ref().map_or(*named, |pointed| pointed.token);
    use_marks(&root, computation, pointed.as_ref(), here.or(props.highlighted));
    {
        let on_hover = props.on_hover.clone();
        use_effect_with(here, move |here| on_hover.emit(*here));
    }
    let on_current = use_callback((), {
        let current = current.setter();
        move |step, ()| current.set(step)
    });
    let on_point = use_callback((), {
        let pointed = pointed.setter();
        move |place, ()| pointed.set(place)
    });
    let on_name = use_callback((), {
        let named = named.setter();
        move |token, ()| named.set(token)
    });
    let onkeydown = {
        let (current, all_open) = (current.clone(), all_open.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            match event.key().as_str() {
                "n" => current.set(current.next().unwrap_or(*current)),
                "p" => current.set(current.previous().unwrap_or(*current)),
                "o" => all_open.set(!*all_open),
                _ => {}
            }
        })
    };
    let cards = |is_within_head: bool| {
        let steps = Step::ALL.into_iter().zip(steps.iter());
        steps
            .filter(move |(step, _)| step.is_within_head() == is_within_head)
            .map(|(step, grids)| {
                html! {
                    <Card
                        key={step.number()} {step} computation={computation.clone()} grids={grids.clone()}
                        tiles={(*tiles).clone()} language={*language} theme={*theme}
                        is_current={step == *current} is_open={*all_open || step <= *current}
                        on_current={on_current.clone()} on_point={on_point.clone()}
                    />
                }
            })
            .collect::<Html>()
    };
    html! {
        <div class="neuron" ref={root} tabindex="-1" {onkeydown}>
            { stepper(*language, &current, &all_open) }
            <p class="neuron__reading" aria-live="polite">
                { words::reading(*language, computation, &tiles, *current) }
            </p>
            <div class="neuron__flow">
                <Askers
                    tiles={(*tiles).clone()} destination={computation.destination} language={*language}
                    on_destination={props.on_destination.clone()} {on_name}
                />
                { cards(true) }
            </div>
            { cards(false) }
            if props.shows_table {
                <NeuronTable
                    step={*current} computation={computation.clone()} grids={steps[*current as usize].clone()}
                    tiles={(*tiles).clone()} language={*language}
                />
            }
            <div class={classes!("neuron__cell", pointed.is_some().then_some("neuron__cell--shown"))} aria-hidden="true" />
            <p class={classes!("neuron__tip", pointed.is_some().then_some("neuron__tip--shown"))} role="status">
                if let Some(pointed) = pointed.as_ref() {
                    <span class="neuron__tip-name">{ &pointed.name }</span>
                    <span class="number">{ &pointed.text }</span>
                }
            </p>
        </div>
    }
}

fn stepper(language: Language, current: &UseStateHandle<Step>, all_open: &UseStateHandle<bool>) -> Html {
    let goes = |to: Option<Step>| {
        let current = current.setter();
        Callback::from(move |_: MouseEvent| current.set(to.unwrap_or(Step::Query)))
    };
    let (previous, next) = (current.previous(), current.next());
    let toggle = {
        let all_open = all_open.clone();
        Callback::from(move |_: MouseEvent| all_open.set(!*all_open))
    };
    let place = language.fill(
        "neuron.step",
        &[
            ("number", &current.number().to_string()),
            ("count", &Step::ALL.len().to_string()),
            ("name", words::step_name(language, **current)),
        ],
    );
    html! {
        <div class="stepper">
            <button type="button" class="button" disabled={previous.is_none()} onclick={goes(previous)}>
                { language.t("neuron.previous") }
            </button>
            <button type="button" class="button" disabled={next.is_none()} onclick={goes(next)}>
                { language.t("neuron.next") }
            </button>
            <p class="stepper__place">{ place }</p>
            <button
                type="button" class="switch stepper__all" aria-pressed={all_open.to_string()} onclick={toggle}
            >
                { language.t("neuron.all") }
            </button>
        </div>
    }
}

/// Tells the style sheet where what is pointed at lies, and which row the token that asks has. A mark is set on the
/// elements that show it alone: if all could inherit it, a browser would style thousands of them anew.
#[hook]
fn use_marks(
    root: &NodeRef,
    computation: &Shared<HeadComputation>,
    pointed: Option<&Pointed>,
    row: Option<Position>,
) {
    {
        let root = root.clone();
        use_effect_with(computation.destination, move |asks| {
            mark(&root, ".step--query", "--asks", &asks.to_string());
        });
    }
    {
        let root = root.clone();
        use_effect_with(row, move |row| {
            // Above all rows a mark is cut off.
            let row = row.map_or_else(|| "-9".to_owned(), |row| row.to_string());
            mark(&root, ".step__row", "--marked", &row);
        });
    }
    let root = root.clone();
    use_effect_with(pointed.map(|pointed| pointed.at), move |at| {
        let corner = root.cast::<Element>().map(|root| root.get_bounding_client_rect());
        if let Some((at, corner)) = at.zip(corner) {
            for (name, length) in [
                ("--left", at.left - corner.left()),
                ("--top", at.top - corner.top()),
                ("--width", at.width),
                ("--height", at.height),
            ] {
                mark(&root, ".neuron__tip, .neuron__cell", name, &format!("{length}px"));
            }
        }
    });
}

/// Sets a custom property on what a selector finds within an element.
fn mark(root: &NodeRef, selector: &str, name: &str, value: &str) {
    let Some(found) = root
        .cast::<Element>()
        .and_then(|root| root.query_selector_all(selector).ok())
    else {
        return;
    };
    for index in 0..found.length() {
        if let Some(element) = found
            .get(index)
            .and_then(|node| node.dyn_into::<HtmlElement>().ok())
        {
            // A mark that cannot be set is only not seen.
            let _ = element.style().set_property(name, value);
        }
    }
}

/// A component of its own, so that pointing at a cell does not draw all tokens anew.
#[derive(Properties, PartialEq)]
struct AskersProps {
    tiles: Shared<Vec<Tile>>,
    destination: Position,
    language: Language,
    on_destination: Callback<Position>,
    on_name: Callback<Option<Position>>,
}

/// The tokens, one of which asks.
#[component]
fn Askers(props: &AskersProps) -> Html {
    let render = {
        let (tiles, asks) = (props.tiles.clone(), props.destination);
        let (on_destination, on_name) = (props.on_destination.clone(), props.on_name.clone());
        Callback::from(move |items: Vec<RovingItem>| {
            let button = |item: RovingItem| {
                let tile = &tiles[item.index];
                let token = Position(item.index);
                let class = classes!(
                    "asker",
                    tile.special.then_some("asker--special"),
                    (token == asks).then_some("asker--asks")
                );
                html! {
                    <button
                        key={item.index} type="button" {class} data-roving="" tabindex={item.tab_index} lang="en"
                        aria-pressed={(token == asks).to_string()}
                        onclick={on_destination.reform(move |_: MouseEvent| token)}
                        onpointerenter={on_name.reform(move |_: PointerEvent| Some(token))}
                        onfocus={on_name.reform(move |_: FocusEvent| Some(token))}
                    >
                        <span>{ &tile.text }</span>
                    </button>
                }
            };
            let buttons = items.into_iter().map(button).collect::<Html>();
            html! { <>{ buttons }<div class="step__row" aria-hidden="true"></div></> }
        })
    };
    html! {
        <Roving
            label={props.language.t("neuron.asks")} class="askers" count={props.tiles.len()} {render}
            on_leave={props.on_name.reform(|()| None)}
        />
    }
}
