//! What a person takes along from an exhibit of explanations.

use std::rc::Rc;

use vitrine_picture::explanation::{self, HtmlWords, explanation_html};
use yew::prelude::*;

use super::draw::{Drawn, explained_name, file_words, picture_name, scale_name, scene};
use crate::{
    components::{MenuOutcome, exhibit_menu},
    context::Context,
    export::{self, Figure, Save},
};

/// The menu: the table, the picture and the numbers in several kinds of file, and the link.
pub fn files_menu(
    page: &Context,
    drawn: Option<&Drawn>,
    (shows_table, toggle_table): (bool, &Callback<()>),
    note: &str,
    outcome: &UseStateHandle<MenuOutcome>,
) -> Html {
    let saves = drawn.map(|drawn| -> Saves {
        let (page, drawn, note) = (page.clone(), drawn.clone(), note.to_owned());
        Rc::new(move |save, on_failed| save(figure(&page, &drawn, &note, on_failed)))
    });
    figure_menu(page, saves, (shows_table, toggle_table), outcome)
}

/// Makes the figure that is on the screen and has it saved. It is told whom to tell if that fails.
pub type Saves = Rc<dyn Fn(Save, Callback<()>)>;

/// The same menu of a figure of any kind; of none where there is nothing to save yet.
pub fn figure_menu(
    page: &Context,
    figure: Option<Saves>,
    (shows_table, toggle_table): (bool, &Callback<()>),
    outcome: &UseStateHandle<MenuOutcome>,
) -> Html {
    let saves = |save: Save| {
        let (figure, outcome) = (figure.clone(), outcome.setter());
        Callback::from(move |()| {
            outcome.set(None);
            let on_failed = {
                let outcome = outcome.clone();
                Callback::from(move |()| outcome.set(Some("menu.not_saved")))
            };
            match &figure {
                Some(figure) => figure(save, on_failed),
                None => outcome.set(Some("explain.not_saved")),
            }
        })
    };
    let files = vec![
        ("menu.svg", saves(export::svg)),
        ("menu.png", saves(export::png)),
        ("menu.csv", saves(export::csv)),
        ("menu.json", saves(export::json)),
        ("menu.html", saves(export::html)),
    ];
    exhibit_menu(page, Some((shows_table, toggle_table)), files, outcome)
}

fn figure<'a>(page: &'a Context, drawn: &'a Drawn, note: &'a str, on_failed: Callback<()>) -> Figure<'a> {
    let explanation = &*drawn.explanation;
    let heading = heading(page, drawn);
    let title = heading.clone();
    Figure {
        scene: Box::new(move || Some(scene(page, drawn, &heading, note))),
        csv: Box::new(std::iter::once_with(move || explanation::csv(explanation))),
        json: Box::new(move || explanation::json(explanation, &page.shown.model)),
        html: Some(Box::new(move || html(page, drawn, &title, note))),
        theme: page.appearance.theme(),
        name: explanation::file_name(explanation),
        on_failed,
    }
}

fn heading(page: &Context, drawn: &Drawn) -> String {
    page.fill(
        "explain.figure_heading",
        &[
            ("method", picture_name(page, drawn)),
            ("label", &explained_name(page)),
            (
                "text",
                &vitrine_picture::shortened(&drawn.explanation.input.text, MOST_OF_A_TEXT),
            ),
        ],
    )
}

/// So many characters of the text stand in a heading.
pub const MOST_OF_A_TEXT: usize = 48;

fn html(page: &Context, drawn: &Drawn, title: &str, note: &str) -> String {
    let explanation = &*drawn.explanation;
    let settings = &explanation.settings;
    let fact = |key: &'static str, value: String| (page.t(key).to_owned(), value);
    let facts = [
        fact("explain.link", scale_name(page, &settings.target).to_owned()),
        fact("explain.fact_evaluations", explanation.evaluations.to_string()),
        fact("word.seed", settings.seed.to_string()),
        fact(
            "explain.fact_model",
            format!("{} ({})", page.shown.model.id, page.shown.model.hash),
        ),
    ];
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
