//! SHAP over many texts: which tokens matter, how much and where.

mod cohorts;
mod controls;
mod files;
mod lists;
mod picture;
mod run;
mod table;
mod view;
mod words;

use vitrine_record::{DataSetPicture, ScoreKind};
use yew::prelude::*;

use super::explanation::after;
use crate::{
    components::{Exhibit, Key, use_exhibit_menu},
    context::{Context, use_page},
    state::{Action, DataSetChange, DataSetPhase, Shared},
};
use controls::{Controls, More};
use lists::{Occurrences, Texts};
use picture::DataSetPictureFrame;
use run::Run;
use table::TokenTable;
use view::{View, use_view};

/// A callback that does something about the texts.
fn does<E>(page: &Context, change: DataSetChange) -> Callback<E> {
    page.sends(Action::DataSet(change))
}

/// The exhibit.
#[component]
pub fn DataSetExhibit() -> Html {
    let page = use_page();
    let menu = use_exhibit_menu();
    let view = use_view(&page);
    let trust = view
        .as_ref()
        .map(|view| words::trust(&page, view))
        .unwrap_or_default();
    let reading = view
        .as_ref()
        .map(|view| words::reading(&page, view))
        .unwrap_or_default();
    html! {
        <Exhibit
            is_of_text={false} title={page.t("dataset.title")} question={page.t("dataset.question")}
            keys={keys(&page)} on_key={on_key(&page, &menu.toggle_table)}
            controls={html! { <Controls view={view.clone()} /> }} choice={words::choice(&page)}
            more={html! { <More /> }} run={html! { <Run /> }} picture={picture(&page, view.as_ref())}
            {reading} trust={trust.clone()} warning={words::warning(&page, view.as_deref()).map(AttrValue::from)}
            table={below(view.as_ref(), menu.shows_table)}
            menu={files::menu(&page, &menu, view.as_ref(), &trust)}
        />
    }
}

fn picture(page: &Context, view: Option<&Shared<View>>) -> Html {
    match view {
        Some(view) if view.corpus.texts().len() > 0 => html! { <DataSetPictureFrame view={view.clone()} /> },
        Some(view) if matches!(view.asked.phase, DataSetPhase::Running | DataSetPhase::Paused) => {
            html! { <p class="hint">{ page.t("dataset.first_comes") }</p> }
        }
        Some(_) | None => html! { <p class="hint">{ page.t("dataset.nothing_yet") }</p> },
    }
}

fn below(view: Option<&Shared<View>>, shows_table: bool) -> Html {
    let Some(view) = view.filter(|view| view.corpus.texts().len() > 0) else {
        return Html::default();
    };
    html! {
        <>
            <Occurrences view={view.clone()} />
            if shows_table {
                <TokenTable view={view.clone()} />
            }
            <Texts view={view.clone()} />
        </>
    }
}

fn keys(page: &Context) -> Vec<Key> {
    let keys = [
        ("key.picture", "keys.picture"),
        ("key.class", "keys.class"),
        ("key.pause", "keys.pause"),
        ("key.table", "keys.table"),
        ("key.escape", "dataset.keys_escape"),
        ("key.arrows", "dataset.keys_arrows"),
    ];
    let key = |(key, does)| Key {
        key: page.t(key).into(),
        does: page.t(does).into(),
    };
    keys.map(key).to_vec()
}

fn on_key(page: &Context, toggle_table: &Callback<()>) -> Callback<KeyboardEvent> {
    let (dispatcher, toggle_table) = (page.state.dispatcher(), toggle_table.clone());
    let choice = page.link.data_set;
    let explanation = page.link.explanation.clone();
    let is_of_class = page.explained_kind() == ScoreKind::Class;
    let next_class = (page.explained_class() + 1) % page.shown.model.labels.len().max(1);
    let phase = page.data_set.asked.as_ref().map(|asked| asked.phase.clone());
    Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let change = match (event.key().as_str(), &phase) {
            ("v", _) => DataSetChange::Choose(vitrine_record::DataSetChoice {
                picture: after(DataSetPicture::ALL, choice.picture),
                ..choice
            }),
            ("c", _) if !is_of_class => return,
            ("c", _) => {
                let mut explanation = explanation.clone();
                explanation.target = Some(next_class);
                let change = crate::state::ExplanationChange::Choose(explanation);
                return dispatcher.dispatch(Action::Explain(change));
            }
            ("p", Some(DataSetPhase::Running)) => DataSetChange::Pause,
            ("p", Some(DataSetPhase::Paused)) => DataSetChange::Resume,
            ("t", _) => return toggle_table.emit(()),
            ("Escape", _) => DataSetChange::ChooseToken(None),
            _ => return,
        };
        dispatcher.dispatch(Action::DataSet(change));
    })
}
