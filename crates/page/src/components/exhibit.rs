//! The frame that all exhibits share: title and question, tokens, controls, picture, what it says, how far to
//! trust it, and one menu.

use std::{cell::Cell, rc::Rc};

use js_sys::Date;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDetailsElement};
use yew::prelude::*;

use super::{NoticeList, NoticeTopic, TokenStrip, input::OriginLine, kept_room::use_kept_room};
use crate::{browser, context::use_page};

/// A key and what it does.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// As it stands on the keyboard.
    pub key: AttrValue,
    /// What it does.
    pub does: AttrValue,
}

/// Properties of [`Exhibit`].
#[derive(Properties, PartialEq)]
pub struct ExhibitProps {
    /// Whether it is about the text on the screen, whose tokens then stand above it.
    #[prop_or(true)]
    pub is_of_text: bool,
    /// Its title.
    pub title: AttrValue,
    /// The question that it answers.
    pub question: AttrValue,
    /// The few controls that matter.
    pub controls: Html,
    /// The others, kept behind "what is shown"; none of them where it is empty.
    pub more: Option<Html>,
    /// The controls that change the run, behind "what if"; nothing where no run can be changed.
    #[prop_or_default]
    pub what_if: Option<Html>,
    /// A mark that the run is changed; nothing where it is not.
    pub run: Html,
    /// What they are set to, for where there is no room to show them all the time.
    pub choice: AttrValue,
    /// Its keys, listed behind "more".
    pub keys: Vec<Key>,
    /// Told of keys that are pressed inside.
    pub on_key: Callback<KeyboardEvent>,
    /// The picture.
    pub picture: Html,
    /// A sentence made from the data on the screen.
    pub reading: AttrValue,
    /// The check of the picture.
    pub trust: AttrValue,
    /// What must be said before the picture is believed, where something must be.
    pub warning: Option<AttrValue>,
    /// Table, export, link.
    pub menu: Html,
    /// The twin table, while it is open.
    pub table: Html,
}

/// An exhibit.
#[component]
pub fn Exhibit(props: &ExhibitProps) -> Html {
    let page = use_page();
    // The style sheet folds the controls away where there is no room for them, and only there.
    let sheet = use_state(|| false);
    let sheet_open = *sheet;
    let toggle_sheet = {
        let sheet = sheet.clone();
        Callback::from(move |_: MouseEvent| sheet.set(!*sheet))
    };
    let handle = use_node_ref();
    let content = use_node_ref();
    let section = use_node_ref();
    let keyed = use_keyed_focus(&section);
    let picture = use_node_ref();
    use_kept_room(&picture, page.is_explanation_to_come());
    {
        // Where the exhibit has only just come into sight, the sheet opens below it.
        let content = content.clone();
        use_effect_with(sheet_open, move |is_open| {
            if let Some(content) = content.cast::<Element>().filter(|_| *is_open) {
                content.scroll_into_view_with_bool(false);
            }
        });
    }
    let onkeydown = {
        let (handle, on_key) = (handle.clone(), props.on_key.clone());
        Callback::from(move |event: KeyboardEvent| {
            if *sheet && event.key() == "Escape" {
                sheet.set(false);
                // Where there is room for all controls there is no handle, which then takes no focus.
                if let Some(handle) = handle.cast::<Element>() {
                    browser::focus(&handle);
                }
            } else {
                // While Tab moves the focus nothing has it for a moment, which is no loss.
                let may_take_away = event.key() != "Tab";
                keyed.set(if may_take_away {
                    Date::now()
                } else {
                    f64::NEG_INFINITY
                });
                on_key.emit(event);
            }
        })
    };
    let keys = props.keys.iter().map(|Key { key, does }| {
        html! { <><dt><kbd>{ key }</kbd></dt><dd>{ does }</dd></> }
    });
    html! {
        // It takes the focus when it is clicked anywhere, so that its keys work from then on.
        <section ref={section} class="exhibit" aria-labelledby="exhibit-title" tabindex="-1" {onkeydown}>
            <div class="exhibit__head">
                <div class="exhibit__name">
                    <h2 id="exhibit-title">{ &props.title }</h2>
                    <p class="exhibit__question">{ &props.question }</p>
                </div>
                { props.menu.clone() }
            </div>
            if props.is_of_text {
                <OriginLine />
                <TokenStrip />
                <NoticeList about={NoticeTopic::Tokens} />
            }
            <div class={classes!("controls", sheet_open.then_some("controls--open"))}>
                <button
                    type="button" class="controls__handle" aria-expanded={sheet_open.to_string()}
                    aria-controls="controls" onclick={toggle_sheet} ref={handle}
                >
                    { &props.choice }
                </button>
                <div id="controls" class="controls__content" ref={content}>
                    { props.controls.clone() }
                    if let Some(more) = &props.more {
                        <details class="more more--options">
                            <summary>{ page.t("exhibit.options") }</summary>
                            { more.clone() }
                        </details>
                    }
                    if let Some(what_if) = &props.what_if {
                        <details class="more more--options more--what-if">
                            <summary>{ page.t("what_if.title") }</summary>
                            { what_if.clone() }
                        </details>
                    }
                    <details class="more more--keys">
                        <summary>{ page.t("exhibit.more") }</summary>
                        <p class="hint">{ page.t("exhibit.keys_where") }</p>
                        <dl class="keys">{ for keys }</dl>
                    </details>
                </div>
            </div>
            { props.run.clone() }
            <div class="exhibit__picture" ref={picture}>{ props.picture.clone() }</div>
            // It comes and goes with the numbers, and is not to move the picture.
            if let Some(warning) = &props.warning {
                <p class="warning" role="status">{ warning }</p>
            }
            <p class="reading">{ &props.reading }</p>
            <p class="trust">{ &props.trust }</p>
            { props.table.clone() }
        </section>
    }
}

/// Milliseconds after a key in which what it took away is missed.
const MISSED_FOR: f64 = 500.0;

/// A key may take away what had the focus, as another view does; the exhibit then keeps it, so that its keys go on
/// working. Returned is what says when a key was last pressed.
#[hook]
fn use_keyed_focus(section: &NodeRef) -> Rc<Cell<f64>> {
    let keyed = use_memo((), |()| Cell::new(f64::NEG_INFINITY));
    let (section, pressed) = (section.clone(), keyed.clone());
    use_effect(move || {
        if Date::now() - pressed.get() < MISSED_FOR
            && browser::is_focus_lost(None)
            && let Some(section) = section.cast::<Element>()
        {
            browser::focus_in_place(&section);
        }
    });
    keyed
}

/// An entry of a [`Menu`].
#[derive(Clone, Debug, PartialEq)]
pub struct MenuItem {
    /// Its name.
    pub name: AttrValue,
    /// Told when it is chosen.
    pub on_choose: Callback<()>,
}

/// Properties of [`Menu`].
#[derive(Properties, PartialEq)]
pub struct MenuProps {
    /// Its name.
    pub name: AttrValue,
    /// Its entries.
    pub items: Vec<MenuItem>,
}

/// A small menu that closes when something was chosen, when the focus leaves it, and on Escape.
#[component]
pub fn Menu(props: &MenuProps) -> Html {
    let node = use_node_ref();
    let close = {
        let node = node.clone();
        move || {
            if let Some(details) = node.cast::<HtmlDetailsElement>() {
                details.set_open(false);
            }
        }
    };
    let items = props.items.iter().map(|item| {
        let (close, on_choose) = (close.clone(), item.on_choose.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            close();
            on_choose.emit(());
        });
        html! { <li><button type="button" class="menu__item" {onclick}>{ &item.name }</button></li> }
    });
    let onfocusout = {
        let (node, close) = (node.clone(), close.clone());
        Callback::from(move |event: FocusEvent| {
            let to = event
                .related_target()
                .and_then(|target| target.dyn_into::<Element>().ok());
            let stays = node
                .cast::<Element>()
                .zip(to)
                .is_some_and(|(menu, to)| menu.contains(Some(&to)));
            if !stays {
                close();
            }
        })
    };
    let onkeydown = {
        let node = node.clone();
        Callback::from(move |event: KeyboardEvent| {
            let details = node.cast::<HtmlDetailsElement>().filter(HtmlDetailsElement::open);
            if let Some(details) = details.filter(|_| event.key() == "Escape") {
                event.stop_propagation();
                details.set_open(false);
                if let Ok(Some(summary)) = details.query_selector("summary") {
                    browser::focus(&summary);
                }
            }
        })
    };
    html! {
        <details ref={node} class="menu" {onfocusout} {onkeydown}>
            <summary>{ &props.name }</summary>
            <ul>{ for items }</ul>
        </details>
    }
}
