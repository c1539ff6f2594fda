//! Over which sentences heads are measured, and how far that is.

use vitrine_record::{
    SentenceSet,
    message::{Request, RequestKind},
};
use yew::prelude::*;

use super::{finds, words::counted};
use crate::{
    components::SentencePicker,
    context::{Context, use_page},
    state::{Action, FinderChange},
};

/// The choice of sentences, the button that measures, and its progress.
#[component]
pub fn Sentences() -> Html {
    let page = use_page();
    let (count, are_asked) = use_chosen(&page);
    let is_asked = are_asked && problem(&page).is_none();
    let on_choose = {
        let dispatcher = page.state.dispatcher();
        Callback::from(move |set| dispatcher.dispatch(Action::Find(FinderChange::Set(set))))
    };
    let is_running = page.finder.asked.is_some() && !is_whole(&page) && problem(&page).is_none();
    html! {
        <div class="finder__sentences">
            <SentencePicker group="finder-set" chosen={page.finder.set} {count} {on_choose} />
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
    let wanted = (finder.set, page.own_list.clone(), finder.asked.clone());
    *use_memo(wanted, |(set, list, asked)| {
        let sentences = set.sentences(list);
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
        (None, Some((set, _))) => {
            let key = match set {
                SentenceSet::Bundled => "finder.done_bundled",
                SentenceSet::Opinions => "finder.done_opinions",
                SentenceSet::Own => "finder.done_own",
            };
            page.fill(key, &[("count", &count)])
        }
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
