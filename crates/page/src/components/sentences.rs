//! Which texts something is computed over: those that come with Vitrine, or the person's own.

use vitrine_record::{HeadSurvey, SentenceSet};
use yew::prelude::*;

use super::{Choice, ChoiceItem, Field, keeps_keys};
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

/// So many characters a list has at most: many for each of as many sentences as are read.
const LONGEST_LIST: &str = "1000000";

/// What is typed goes into the state after a pause, since each list is read anew.
#[component]
fn OwnList() -> Html {
    let page = use_page();
    let node = use_node_ref();
    let dispatcher = page.state.dispatcher();
    let on_text = Callback::from(move |list: String| dispatcher.dispatch(Action::SetOwnList(list.into())));
    html! {
        <div class="own-list" onkeydown={keeps_keys()}>
            <Field
                id="own-list" label={page.t("sentences.list")} rows="5" text={AttrValue::from(page.own_list.clone())}
                epoch={0} {on_text} {node} longest={LONGEST_LIST}
            />
        </div>
    }
}
