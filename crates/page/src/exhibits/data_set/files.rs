//! What a person takes along from many texts.

use vitrine_picture::explanation::{corpus_csv, corpus_json, corpus_tokens_csv};
use vitrine_record::{DataSetPicture, Explanation};
use yew::prelude::*;

use super::{picture, view::View, words};
use crate::{
    components::{MenuOutcome, exhibit_menu},
    context::Context,
    export::{self, Figure, Save},
    state::Shared,
};

/// The menu: the table, the picture and the numbers in several kinds of file, and the link.
pub fn menu(
    page: &Context,
    view: Option<&Shared<View>>,
    (shows_table, toggle_table): (bool, &Callback<()>),
    note: &str,
    outcome: &UseStateHandle<MenuOutcome>,
) -> Html {
    let view = view.filter(|view| view.corpus.texts().len() > 0);
    let saves = |save: Save| {
        let (page, view, outcome, note) = (page.clone(), view.cloned(), outcome.setter(), note.to_owned());
        Callback::from(move |()| {
            outcome.set(None);
            let on_failed = {
                let outcome = outcome.clone();
                Callback::from(move |()| outcome.set(Some("menu.not_saved")))
            };
            match &view {
                Some(view) => save(figure(&page, view, &note, on_failed)),
                None => outcome.set(Some("explain.not_saved")),
            }
        })
    };
    let files = vec![
        ("menu.svg", saves(export::svg)),
        ("menu.png", saves(export::png)),
        ("menu.csv", saves(export::csv)),
        ("menu.json", saves(export::json)),
    ];
    exhibit_menu(page, Some((shows_table, toggle_table)), files, outcome)
}

/// The lines are those of what is drawn: a line for each token, of each cohort too, under the bars, else one for each feature of each text.
fn figure<'a>(page: &'a Context, view: &'a View, note: &'a str, on_failed: Callback<()>) -> Figure<'a> {
    let model = &page.shown.model;
    let csv = move || match view.choice.picture {
        DataSetPicture::Bars => corpus_tokens_csv(&view.corpus, &view.cohorts(page), &view.asked.model_hash),
        DataSetPicture::Swarm | DataSetPicture::HeatMap => corpus_csv(explanations(view)),
    };
    Figure {
        scene: Box::new(move || Some(picture::scene(page, view, &words::heading(page, view), note))),
        csv: Box::new(std::iter::once_with(csv)),
        json: Box::new(move || corpus_json(&view.corpus, &view.cohorts(page), explanations(view), model)),
        html: None,
        theme: page.appearance.theme(),
        name: format!("vitrine-data-set-{}", view.choice.picture.name()),
        on_failed,
    }
}

fn explanations(view: &View) -> impl Iterator<Item = (usize, &Explanation)> {
    view.texts.iter().map(|text| (text.place, &*text.explanation))
}
