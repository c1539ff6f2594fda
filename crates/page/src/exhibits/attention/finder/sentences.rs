//! Over which sentences heads are measured, and how far that is.

use std::rc::Rc;

use vitrine_record::{
    HeadSurvey,
    message::{Request, RequestKind},
};
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::{finds, words::counted};
use crate::{
    components::{Choice, ChoiceItem, keeps_keys},
    context::{Context, use_page},
    state::{Action, FinderChange, SentenceSet},
};

/// The choice of sentences, the button that measures, and its progress.
#[component]
pub fn Sentences() -> Html {
    let page = use_page();
    let key = |set| match set {
        SentenceSet::Bundled => "finder.set_bundled",
        SentenceSet::Own => "finder.set_own",
    };
    let items: Vec<ChoiceItem> = [SentenceSet::Bundled, SentenceSet::Own]
        .into_iter()
        .map(|set| ChoiceItem {
            name: page.t(key(set)).into(),
            is_chosen: page.finder.set == set,
            on_choose: finds(&page, FinderChange::Set(set)),
        })
        .collect();
    let (count, are_asked) = use_chosen(&page);
    let is_asked = are_asked && problem(&page).is_none();
    let style = page.language().numbers();
    let about = match page.finder.set {
        SentenceSet::Bundled => "finder.bundled_about",
        SentenceSet::Own => "finder.own_about",
    };
    let most = style.count(HeadSurvey::MOST_SENTENCES);
    let is_running = page.finder.asked.is_some() && !is_whole(&page) && problem(&page).is_none();
    html! {
        <div class="finder__sentences">
            <Choice name={page.t("finder.set")} group="finder-set" {items} />
            if page.finder.set == SentenceSet::Own {
                <OwnList />
            }
            <p class="hint">{ page.fill(about, &[("count", &style.count(count)), ("most", &most)]) }</p>
            <div class="finder__buttons">
                <button
                    type="button" class="button" disabled={count == 0 || is_asked}
                    onclick={finds::<MouseEvent>(&page, FinderChange::Survey)}
                >
                    { page.t("finder.measure") }
                </button>
                if is_running {
                    <button type="button" class="button" onclick={finds::<MouseEvent>(&page, FinderChange::Cancel)}>
                        { page.t("ranking.cancel") }
                    </button>
                }
            </div>
            { progress(&page, is_running, are_asked) }
        </div>
    }
}

fn is_whole(page: &Context) -> bool {
    page.survey().is_some_and(|answer| answer.is_whole)
}

/// How many sentences are chosen, and whether they are those that were asked for.
#[hook]
fn use_chosen(page: &Context) -> (usize, bool) {
    let finder = &page.finder;
    let wanted = (finder.set, finder.list.clone(), finder.asked.clone());
    *use_memo(wanted, |(set, _, asked)| {
        let sentences = finder.sentences();
        let asked_set = asked.as_ref().map(|(set, _)| *set);
        let are_asked = asked_set == Some(*set) && sentences == finder.asked_sentences();
        (sentences.len(), are_asked)
    })
}

fn problem(page: &Context) -> Option<String> {
    let request: Request = page.besides(RequestKind::SurveyHeads)?;
    page.answers
        .problem(&request)
        .map(|problem| problem.detail.clone())
}

fn progress(page: &Context, is_running: bool, are_asked: bool) -> Html {
    let done = page.survey().map_or(0, |answer| answer.value.sentences);
    let all = page.finder.asked_sentences().len();
    let count = page.language().numbers().count(all);
    let said = match (problem(page), &page.finder.asked) {
        (Some(detail), _) => page.fill("run.failed", &[("detail", &detail)]),
        (None, None) => String::new(),
        (None, Some(_)) if is_running => page.fill(
            "finder.progress",
            &[("done", &counted(page, done)), ("count", &count)],
        ),
        (None, Some((SentenceSet::Bundled, _))) => page.fill("finder.done_bundled", &[("count", &count)]),
        (None, Some((SentenceSet::Own, _))) => page.fill("finder.done_own", &[("count", &count)]),
    };
    let is_of_others = page.finder.asked.is_some() && !are_asked;
    html! {
        <div class="finder__progress">
            if is_running {
                <progress
                    value={done.to_string()} max={all.max(1).to_string()} aria-label={page.t("finder.measuring")}
                />
            }
            <p class="hint" role="status">{ said }</p>
            if is_of_others && problem(page).is_none() {
                <p class="hint">{ page.t("finder.other_sentences") }</p>
            }
        </div>
    }
}

/// The field owns its text; what is typed goes into the state, and only a field that is new takes it from there.
#[component]
fn OwnList() -> Html {
    let page = use_page();
    let field = use_node_ref();
    {
        let (field, list) = (field.clone(), page.finder.list.clone());
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
                let list = Rc::from(field.value());
                dispatcher.dispatch(Action::Find(FinderChange::List(list)));
            }
        })
    };
    html! {
        <div class="field">
            <label for="finder-list">{ page.t("finder.list") }</label>
            <textarea
                id="finder-list" class="finder__list" rows="5" lang="en" spellcheck="false" ref={field} {oninput}
                onkeydown={keeps_keys()}
            />
        </div>
    }
}
