//! What a person takes along from an exhibit of explanations.

use std::rc::Rc;

use vitrine_picture::{
    explanation::{self, HtmlPage, HtmlWords, explanation_html, tables_html},
    shortened,
};
use yew::prelude::*;

use super::{
    draw::{Drawn, DrawnAs, explained_name, file_words, picture_name, scale_name, scene},
    surrogate_tables::{surrogate_facts, surrogate_tables},
};
use crate::{
    components::{ExhibitMenu, MenuHas, Saves},
    context::Context,
    export::Figure,
};

/// The menu of an exhibit that draws one explanation; there is nothing to save before its first values.
pub fn files_menu(page: &Context, menu: &ExhibitMenu, drawn: Option<&Drawn>, note: &str) -> Html {
    let (of, drawn, note) = (page.clone(), drawn.cloned(), note.to_owned());
    let saves: Saves = Rc::new(move |save, on_failed| {
        let drawn = drawn.as_ref().ok_or(NOTHING_TO_SAVE)?;
        save(figure(&of, drawn, &note, on_failed));
        Ok(())
    });
    menu.html(page, ALL, &saves)
}

/// Makes the figure of an exhibit, with a note, of what the page knows.
pub type FigureOfPage = for<'a> fn(&'a Context, &'a str, Callback<()>) -> Figure<'a>;

/// The same menu of an exhibit that makes its figure of all that the page knows; of none where there is nothing to save
/// yet.
pub fn figure_menu(page: &Context, menu: &ExhibitMenu, figure: Option<FigureOfPage>, note: &str) -> Html {
    let (of, note) = (page.clone(), note.to_owned());
    let saves: Saves = Rc::new(move |save, on_failed| {
        let figure = figure.ok_or(NOTHING_TO_SAVE)?;
        save(figure(&of, &note, on_failed));
        Ok(())
    });
    menu.html(page, ALL, &saves)
}

/// The key of the sentence that there is nothing to save yet.
pub const NOTHING_TO_SAVE: &str = "explain.not_saved";

const ALL: MenuHas = MenuHas {
    table: true,
    html: true,
};

/// The heading of a figure: what is drawn, the class, and the text.
pub fn figure_heading(page: &Context, drawn: &str, text: &str) -> String {
    page.fill(
        "explain.figure_heading",
        &[
            ("method", drawn),
            ("label", &explained_name(page)),
            ("text", &shortened(text, MOST_OF_A_TEXT)),
        ],
    )
}

/// A fact that a file names: what it is, and its value.
pub fn fact(page: &Context, key: &'static str, value: impl Into<String>) -> (String, String) {
    (page.t(key).to_owned(), value.into())
}

/// The scale, as a fact.
pub fn fact_of_scale(page: &Context, scale: &'static str) -> (String, String) {
    fact(page, "explain.link", scale)
}

/// The model that computed it, as a fact.
pub fn fact_of_model(page: &Context) -> (String, String) {
    let model = &page.shown.model;
    fact(
        page,
        "explain.fact_model",
        format!("{} ({})", model.id, model.hash),
    )
}

fn figure<'a>(page: &'a Context, drawn: &'a Drawn, note: &'a str, on_failed: Callback<()>) -> Figure<'a> {
    let explanation = &*drawn.explanation;
    let heading = figure_heading(page, picture_name(page, drawn), &explanation.input.text);
    let title = heading.clone();
    Figure {
        scene: Box::new(move || Some(scene(page, drawn, &heading, note))),
        csv: Box::new(std::iter::once_with(move || match drawn.drawn_as.seeds() {
            Some(seeds) => explanation::surrogate_csv(explanation, seeds),
            None => explanation::csv(explanation),
        })),
        json: Box::new(move || match drawn.drawn_as.seeds() {
            Some(seeds) => explanation::surrogate_json(explanation, seeds, &page.shown.model),
            None => explanation::json(explanation, &page.shown.model),
        }),
        html: Some(Box::new(move || html(page, drawn, &title, note))),
        theme: page.appearance.theme(),
        name: explanation::file_name(explanation),
        on_failed,
    }
}

/// So many characters of the text stand in a heading.
const MOST_OF_A_TEXT: usize = 48;

fn html(page: &Context, drawn: &Drawn, title: &str, note: &str) -> String {
    let explanation = &*drawn.explanation;
    let settings = &explanation.settings;
    let mut facts = vec![
        fact_of_scale(page, scale_name(page, &settings.target)),
        fact(
            page,
            "explain.fact_evaluations",
            explanation.evaluations.to_string(),
        ),
        fact(page, "word.seed", settings.seed.to_string()),
        fact_of_model(page),
    ];
    if let Some(seeds) = drawn.drawn_as.seeds() {
        facts.extend(surrogate_facts(page, settings.lime));
        let has_samples = matches!(drawn.drawn_as, DrawnAs::Samples { .. });
        return tables_html(
            &explanation.input,
            &[scene(page, drawn, title, "")],
            &surrogate_tables(page, explanation, seeds, has_samples),
            &HtmlPage {
                language: page.language().tag(),
                title,
                note,
                facts: &facts,
            },
        );
    }
    let drawn = scene(page, drawn, title, "");
    file_words(page, explanation, |words| {
        explanation_html(
            explanation,
            std::slice::from_ref(&drawn),
            words,
            &HtmlWords {
                language: page.language().tag(),
                title,
                note,
                table: &page.fill("explain.table", &[("label", &explained_name(page))]),
                columns: [page.t("explain.piece"), page.t("explain.value")],
                sum: page.t("explain.sum"),
                facts: &facts,
            },
        )
    })
}
