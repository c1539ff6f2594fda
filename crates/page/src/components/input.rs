//! Where the sentence is typed.

use std::{cell::RefCell, rc::Rc};

use gloo::{events::EventListener, timers::callback::Timeout, utils::document};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::{
    browser,
    context::use_page,
    state::{Action, Engine, ImportSource, Origin, Shown},
};

/// How long typing has to pause before the text is taken, in milliseconds.
const PAUSE: u32 = 150;

/// The identifier of the field that the sentence is typed into.
const TEXT_FIELD: &str = "text";

/// Sentences, and what one should know before choosing some of them.
const EXAMPLES: [(&str, Option<&str>); 6] = [
    ("example.film", None),
    ("example.acting", None),
    ("example.meeting", None),
    ("example.irony", None),
    ("example.surprise", None),
    ("example.turkish", Some("example.turkish_note")),
];

/// Properties of [`Field`].
#[derive(Properties, PartialEq)]
pub struct FieldProps {
    /// Its identifier, which no other element of the page has.
    pub id: &'static str,
    /// What it is for.
    pub label: AttrValue,
    /// How many lines it has room for at first.
    pub rows: &'static str,
    /// Goes into the field at first, and then only when `epoch` changes: between these the field owns its text, so that
    /// no keystroke, composition or undo is lost.
    pub text: AttrValue,
    /// Counts the times that it has to take its text from outside.
    pub epoch: u32,
    /// Told the text after a pause in typing.
    pub on_text: Callback<String>,
    /// The element.
    pub node: NodeRef,
    /// The identifier of what is to be known about it.
    #[prop_or_default]
    pub described_by: Option<&'static str>,
    /// How many characters it takes.
    #[prop_or(LONGEST_TEXT)]
    pub longest: AttrValue,
}

/// A sentence has fewer characters, however long it is.
const LONGEST_TEXT: AttrValue = AttrValue::Static("20000");

/// A field that a text is typed into.
#[component]
pub fn Field(props: &FieldProps) -> Html {
    let timer: Rc<RefCell<Option<Timeout>>> = use_mut_ref(|| None);
    {
        let (node, text, timer) = (props.node.clone(), props.text.clone(), Rc::clone(&timer));
        use_effect_with(props.epoch, move |_| {
            timer.replace(None);
            if let Some(field) = node.cast::<HtmlTextAreaElement>()
                && field.value() != *text
            {
                field.set_value(&text);
            }
        });
    }
    // Takes what stands in the field, if that has changed since it was taken.
    let take = {
        let (node, on_text, timer) = (props.node.clone(), props.on_text.clone(), Rc::clone(&timer));
        move || {
            let timeout = timer.take();
            if let Some(field) = node.cast::<HtmlTextAreaElement>().filter(|_| timeout.is_some()) {
                on_text.emit(field.value());
            }
            timeout
        }
    };
    let schedule = {
        let take = take.clone();
        move || {
            let take = take.clone();
            let timeout = Timeout::new(PAUSE, move || {
                // It must not be cancelled while it runs.
                if let Some(over) = take() {
                    over.forget();
                }
            });
            timer.replace(Some(timeout));
        }
    };
    // Whoever leaves the field has typed all, even if the pause is not over.
    let onchange = Callback::from(move |_: Event| drop(take()));
    let oninput = {
        let schedule = schedule.clone();
        Callback::from(move |event: InputEvent| {
            if !event.is_composing() {
                schedule();
            }
        })
    };
    {
        let (node, text) = (props.node.clone(), props.text.clone());
        use_effect_with((), move |()| {
            let field = node.cast::<HtmlTextAreaElement>();
            if let Some(field) = &field {
                // Of another text, the cursor goes to its end.
                field.set_value("");
                field.set_value(&text);
            }
            // yew has no listener of this name.
            let listener =
                field.map(|field| EventListener::new(&field, "compositionend", move |_| schedule()));
            move || drop(listener)
        });
    }
    html! {
        <div class="field">
            <label for={props.id}>{ props.label.clone() }</label>
            <textarea
                id={props.id} ref={props.node.clone()} rows={props.rows} maxlength={props.longest.clone()}
                defaultvalue={props.text.clone()} spellcheck="false" autocomplete="off" lang="en"
                aria-describedby={props.described_by} {oninput} {onchange}
            />
        </div>
    }
}

/// Replaces the text of a field so that the browser's undo brings the old one back. Says whether it could.
fn replace_undoably(field: &HtmlTextAreaElement, text: &str) -> bool {
    // On a touch screen the focus that this needs would bring up the keyboard.
    if browser::matches_media("(pointer: coarse)") {
        return false;
    }
    let document = document();
    let focused = document.active_element();
    browser::focus(field);
    field.select();
    let replaced = document
        .dyn_ref::<HtmlDocument>()
        .and_then(|document| {
            document
                .exec_command_with_show_ui_and_value("insertText", false, text)
                .ok()
        })
        .unwrap_or(false);
    if let Some(focused) = focused.filter(|element| element.is_instance_of::<HtmlElement>()) {
        browser::focus(&focused);
    }
    replaced
}

/// Puts a sentence that was chosen into the field. Where this fails, the field takes it from the state.
pub fn put_into_field(text: &str) {
    let field = document().get_element_by_id(TEXT_FIELD);
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok()) {
        replace_undoably(&field, text);
    }
}

/// The text field, and a second text for pairs.
#[component]
pub fn InputPanel() -> Html {
    let page = use_page();
    let (text_node, pair_node) = (use_node_ref(), use_node_ref());
    let dispatcher = page.state.dispatcher();
    let on_text = {
        let dispatcher = dispatcher.clone();
        Callback::from(move |text| dispatcher.dispatch(Action::SetText(text)))
    };
    let on_pair = Callback::from(move |pair| dispatcher.dispatch(Action::SetPair(pair)));
    // Once there has been a second text, its field stays open: emptying it must not take it away.
    let has_pair = page.link.pair.is_some();
    let opens_pair = use_state(|| has_pair);
    {
        let opens_pair = opens_pair.setter();
        use_effect_with(has_pair, move |has_pair| {
            if *has_pair {
                opens_pair.set(true);
            }
        });
    }
    html! {
        // It is kept while something else is looked at, so that what was typed and can be undone is there afterwards.
        <section class="input" aria-labelledby="input-title" hidden={page.imported().is_some()}>
            <h2 id="input-title" class="visually-hidden">{ page.t("input.title") }</h2>
            <Field
                id={TEXT_FIELD} label={page.t("input.label")} rows="2" text={page.link.text.clone()}
                epoch={page.field_epoch} {on_text} node={text_node} described_by="input-hint"
            />
            <p id="input-hint" class="hint">{ page.t("input.hint") }</p>
            <details class="more" open={*opens_pair}>
                <summary>{ page.t("input.more") }</summary>
                <Field
                    id="pair" label={page.t("input.pair")} rows="2"
                    text={page.link.pair.clone().unwrap_or_default()} epoch={page.field_epoch}
                    on_text={on_pair} node={pair_node}
                />
                <p class="hint">{ page.t("input.pair_hint") }</p>
            </details>
        </section>
    }
}

/// Sentences to begin with.
#[component]
pub fn Examples() -> Html {
    let page = use_page();
    let examples = EXAMPLES.map(|(key, note)| {
        let text = page.t(key);
        let dispatcher = page.state.dispatcher();
        let onclick = Callback::from(move |_: MouseEvent| {
            put_into_field(text);
            dispatcher.dispatch(Action::ChooseExample(text.to_owned()));
        });
        let is_on = page.link.text == text && page.link.pair.is_none();
        html! {
            <li>
                <button type="button" class="example" lang="en" aria-pressed={is_on.to_string()} {onclick}>
                    { text }
                </button>
                if let Some(note) = note {
                    <p class="example__note">{ page.t(note) }</p>
                }
            </li>
        }
    });
    html! {
        <section class="examples" aria-labelledby="examples-title">
            <h2 id="examples-title" class="control__name">{ page.t("input.examples") }</h2>
            <ul class="examples__list">{ for examples }</ul>
        </section>
    }
}

/// Says whether the picture is recorded, live, or about to be.
#[component]
pub fn OriginLine() -> Html {
    let page = use_page();
    if let Some((imported, _)) = page.imported() {
        let (name, text) = match &imported.source {
            ImportSource::File(file) => ("import.origin_file", file.as_str()),
            ImportSource::ThisPage => ("import.origin_page", imported.name()),
        };
        return html! {
            <p class="origin origin--recorded">
                <span class="origin__name">{ page.t(name) }</span>
                { " " }
                <span>{ text }</span>
            </p>
        };
    }
    let Shown { origin, .. } = &page.shown;
    let (class, name, text) = match (origin, page.is_current()) {
        (Origin::Recorded, true) => ("origin--recorded", "origin.recorded", "origin.recorded_text"),
        (Origin::Recorded, false) if matches!(page.engine, Engine::Failed(_) | Engine::AskingConsent) => {
            ("origin--recorded", "origin.recorded", "origin.recorded_other")
        }
        (Origin::Recorded, false) => ("origin--recorded", "origin.recorded", "origin.recorded_until"),
        (Origin::Live { .. }, _) if page.is_computing() => (
            "origin--live origin--computing",
            "origin.computing",
            "origin.computing_text",
        ),
        (Origin::Live { .. }, true) => ("origin--live", "origin.live", "origin.live_text"),
        (Origin::Live { .. }, false) => ("origin--recorded", "origin.earlier", "origin.earlier_text"),
    };
    html! {
        <p class={format!("origin {class}")}>
            <span class="origin__name">{ page.t(name) }</span>
            { " " }
            <span>{ page.t(text) }</span>
        </p>
    }
}
