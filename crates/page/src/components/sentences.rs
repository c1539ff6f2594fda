//! Which texts something is computed over: those that come with Vitrine, or the person's own.

use std::rc::Rc;

use vitrine_record::{HeadSurvey, SentenceSet};
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::{Choice, ChoiceItem, keeps_keys};
use crate::{context::use_page, state::Action};

/// Properties of [`SentencePicker`].
#[derive(Properties, PartialEq)]
pub struct SentencePickerProps {
    /// Ties the radio buttons together; no other group of the page has it.
    pub group: &'static str,
    /// What is chosen.
    pub chosen: SentenceSet,
    /// How many sentences that are.
    pub count: usize,
    /// Told what is chosen.
    pub on_choose: Callback<SentenceSet>,
}

/// The choice of a list, the field for the own one, and what there is to know about the one that is chosen.
#[component]
pub fn SentencePicker(props: &SentencePickerProps) -> Html {
    let page = use_page();
    let items = SentenceSet::ALL.iter().map(|&set| {
        let on_choose = props.on_choose.reform(move |_: Event| set);
        ChoiceItem {
            name: page.t(name_key(set)).into(),
            is_chosen: props.chosen == set,
            on_choose,
        }
    });
    let about = match props.chosen {
        SentenceSet::Bundled => "sentences.about_free_text",
        SentenceSet::Opinions => "sentences.about_opinions",
        SentenceSet::Own => "sentences.about_own",
    };
    let numbers = page.language().numbers();
    let (count, most) = (
        numbers.count(props.count),
        numbers.count(HeadSurvey::MOST_SENTENCES),
    );
    html! {
        <>
            <Choice name={page.t("sentences.set")} group={props.group} items={items.collect::<Vec<_>>()} />
            if props.chosen == SentenceSet::Own {
                <OwnList />
            }
            <p class="hint">{ page.fill(about, &[("count", &count), ("most", &most)]) }</p>
        </>
    }
}

/// The key of the name of a list.
pub fn name_key(set: SentenceSet) -> &'static str {
    match set {
        SentenceSet::Bundled => "sentences.free_text",
        SentenceSet::Opinions => "sentences.opinions",
        SentenceSet::Own => "sentences.own",
    }
}

/// The field owns its text; what is typed goes into the state, and only a field that is new takes it from there.
#[component]
fn OwnList() -> Html {
    let page = use_page();
    let field = use_node_ref();
    {
        let (field, list) = (field.clone(), page.own_list.clone());
        use_effect_with((), move |()| {
            if let Some(field) = field.cast::<HtmlTextAreaElement>() {
                field.set_value(&list);
            }
        });
    }
    let oninput = {
        let dispatcher = page.state.dispatcher();
        Callback::from(move |event: InputEvent| {
            let field = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok());
            if let Some(field) = field {
                dispatcher.dispatch(Action::SetOwnList(Rc::from(field.value())));
            }
        })
    };
    html! {
        <div class="field">
            <label for="own-list">{ page.t("sentences.list") }</label>
            <textarea
                id="own-list" class="own-list" rows="5" lang="en" spellcheck="false" ref={field} {oninput}
                onkeydown={keeps_keys()}
            />
        </div>
    }
}
