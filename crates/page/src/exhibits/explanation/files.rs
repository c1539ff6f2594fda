//! What a person takes along from an exhibit of explanations.

use std::rc::Rc;

use vitrine_picture::explanation::{self, HtmlPage, detail_csv, masked_csv, tables_html};
use vitrine_record::ExplanationDetail;
use yew::prelude::*;

use super::{
    draw::{Drawn, class_name, link_name, picture_name, scene},
    tables::tables,
};
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
    let tables = drawn.map(|drawn| csv_tables(page, drawn)).unwrap_or_default();
    figure_menu(page, saves, &tables, (shows_table, toggle_table), outcome)
}

/// A table that is a file of its own: the key of its name in the menu, the name of the file, and what makes it.
pub type CsvTable = (&'static str, String, Rc<dyn Fn() -> String>);

/// What has other columns than the values: what the method knows besides them, and the masked inputs.
fn csv_tables(page: &Context, drawn: &Drawn) -> Vec<CsvTable> {
    let name = explanation::file_name(&drawn.explanation);
    let of_detail = match drawn.explanation.detail {
        ExplanationDetail::Interactions(_) => Some(("explain.csv_pairs", "pairs")),
        ExplanationDetail::MergeTree(_) => Some(("explain.csv_groups", "groups")),
        ExplanationDetail::Samples(_) => Some(("explain.csv_samples", "samples")),
        ExplanationDetail::Nothing | ExplanationDetail::StandardErrors(_) => None,
    };
    let detail = of_detail.map(|(key, ending)| -> CsvTable {
        let explanation = drawn.explanation.clone();
        let write = move || detail_csv(&explanation).unwrap_or_default();
        (key, format!("{name}-{ending}"), Rc::new(write))
    });
    let masked = (!drawn.masked.is_empty()).then(|| -> CsvTable {
        let (page, drawn) = (page.clone(), drawn.clone());
        let write = move || masked_csv(&drawn.explanation, &drawn.masked, &page.shown.model);
        (
            "explain.csv_masked",
            format!("{name}-masked-inputs"),
            Rc::new(write),
        )
    });
    detail.into_iter().chain(masked).collect()
}

/// Makes the figure that is on the screen and has it saved. It is told whom to tell if that fails.
pub type Saves = Rc<dyn Fn(Save, Callback<()>)>;

/// The same menu of a figure of any kind, with tables of its own; of none where there is nothing to save yet.
pub fn figure_menu(
    page: &Context,
    figure: Option<Saves>,
    tables: &[CsvTable],
    (shows_table, toggle_table): (bool, &Callback<()>),
    outcome: &UseStateHandle<MenuOutcome>,
) -> Html {
    let on_failed = {
        let outcome = outcome.setter();
        Callback::from(move |()| outcome.set(Some("menu.not_saved")))
    };
    let saves = |save: Save| {
        let (figure, outcome, on_failed) = (figure.clone(), outcome.setter(), on_failed.clone());
        Callback::from(move |()| {
            outcome.set(None);
            match &figure {
                Some(figure) => figure(save, on_failed.clone()),
                None => outcome.set(Some("explain.not_saved")),
            }
        })
    };
    let more = tables.iter().map(|(key, name, write)| {
        let (name, write, outcome) = (name.clone(), write.clone(), outcome.setter());
        let on_failed = on_failed.clone();
        let save = move |()| {
            outcome.set(None);
            export::csv_table(&name, write(), &on_failed);
        };
        (*key, Callback::from(save))
    });
    let mut files = vec![
        ("menu.svg", saves(export::svg)),
        ("menu.png", saves(export::png)),
        ("menu.csv", saves(export::csv)),
    ];
    files.extend(more);
    files.extend([
        ("menu.json", saves(export::json)),
        ("menu.html", saves(export::html)),
    ]);
    exhibit_menu(page, Some((shows_table, toggle_table)), files, outcome)
}

fn figure<'a>(page: &'a Context, drawn: &'a Drawn, note: &'a str, on_failed: Callback<()>) -> Figure<'a> {
    let explanation = &*drawn.explanation;
    let heading = heading(page, drawn);
    let title = heading.clone();
    Figure {
        scene: Box::new(move || Some(scene(page, drawn, &heading, note))),
        csv: Box::new(std::iter::once_with(move || {
            explanation::csv(explanation, &page.shown.model)
        })),
        json: Box::new(move || explanation::json(explanation, &drawn.masked, &page.shown.model)),
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
            ("label", &class_name(page)),
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
        fact("shap.method", picture_name(page, drawn).to_owned()),
        fact("explain.link", link_name(page, settings.target.link).to_owned()),
        fact("explain.fact_evaluations", explanation.evaluations.to_string()),
        fact("word.seed", settings.seed.to_string()),
        fact(
            "explain.fact_model",
            format!("{} ({})", page.shown.model.id, page.shown.model.hash),
        ),
    ];
    let tables = tables(page, explanation, &drawn.masked);
    let drawn = scene(page, drawn, title, "");
    tables_html(
        &explanation.input,
        std::slice::from_ref(&drawn),
        &tables,
        &HtmlPage {
            language: page.language().tag(),
            title,
            note,
            facts: &facts,
        },
    )
}
