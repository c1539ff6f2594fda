//! What a person takes along from many texts.

use std::rc::Rc;

use vitrine_picture::explanation::{CorpusOrigin, corpus_csv, corpus_json, corpus_tokens_csv};
use vitrine_record::{DataSetPicture, Explanation};
use yew::prelude::*;

use super::{picture, view::View, words};
use crate::{
    components::{ExhibitMenu, MenuHas, Saves},
    context::Context,
    exhibits::explanation::NOTHING_TO_SAVE,
    export::Figure,
    state::Shared,
};

/// The menu: the table, the picture and the numbers in several kinds of file, and the link.
pub fn menu(page: &Context, menu: &ExhibitMenu, view: Option<&Shared<View>>, note: &str) -> Html {
    let view = view.filter(|view| view.corpus.texts().len() > 0);
    if view.is_some() {
        menu.forget(NOTHING_TO_SAVE);
    }
    let saves: Saves = {
        let (page, view, note) = (page.clone(), view.cloned(), note.to_owned());
        Rc::new(move |save, on_failed| {
            let view = view.as_ref().ok_or(NOTHING_TO_SAVE)?;
            save(figure(&page, view, &note, on_failed));
            Ok(())
        })
    };
    let has = MenuHas {
        table: true,
        html: false,
    };
    menu.html(page, has, &saves, &[])
}

/// The lines are those of what is drawn: a line for each token, of each cohort too, under the bars, else one for each feature of each text.
fn figure<'a>(page: &'a Context, view: &'a View, note: &'a str, on_failed: Callback<()>) -> Figure<'a> {
    let model = &page.shown.model;
    let csv = move || match view.choice.picture {
        DataSetPicture::Bars => corpus_tokens_csv(&view.corpus, &view.cohorts(page), &origin(view), model),
        DataSetPicture::Swarm | DataSetPicture::HeatMap => corpus_csv(explanations(view), model),
    };
    Figure {
        scene: Box::new(move || Some(picture::scene(page, view, &words::heading(page, view), note))),
        csv: Box::new(std::iter::once_with(csv)),
        json: Box::new(move || {
            corpus_json(
                &view.corpus,
                &view.cohorts(page),
                explanations(view),
                &origin(view),
                model,
            )
        }),
        html: None,
        theme: page.appearance.theme(),
        name: format!("vitrine-data-set-{}", view.choice.picture.name()),
        on_failed,
    }
}

fn origin(view: &View) -> CorpusOrigin<'_> {
    CorpusOrigin {
        list: view.asked.set,
        predicted: view.choice.cohort,
        settings: &view.asked.settings,
    }
}

fn explanations(view: &View) -> impl Iterator<Item = (usize, &Explanation)> {
    view.texts.iter().map(|text| (text.place, &*text.explanation))
}
