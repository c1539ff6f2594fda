//! What a person takes along from an exhibit of explanations.

use std::rc::Rc;

use vitrine_picture::{
    explanation::{self, HtmlPage, detail_csv, masked_csv, tables_html},
    shortened,
};
use vitrine_record::ExplanationDetail;
use yew::prelude::*;

use super::{
    draw::{Drawn, DrawnAs, explained_name, picture_name, scale_name, scene},
    surrogate_tables::{surrogate_facts, surrogate_tables},
    tables::{masked_table, tables},
};
use crate::{
    components::{CsvTable, ExhibitMenu, MenuHas, Saves},
    context::Context,
    export::Figure,
};

/// The menu of an exhibit that draws one explanation; there is nothing to save before its first values.
pub fn files_menu(page: &Context, menu: &ExhibitMenu, drawn: Option<&Drawn>, note: &str) -> Html {
    let tables = drawn.map(|drawn| csv_tables(page, drawn)).unwrap_or_default();
    if drawn.is_some() {
        menu.forget(NOTHING_TO_SAVE);
    }
    let (of, drawn, note) = (page.clone(), drawn.cloned(), note.to_owned());
    let saves: Saves = Rc::new(move |save, on_failed| {
        let drawn = drawn.as_ref().ok_or(NOTHING_TO_SAVE)?;
        save(figure(&of, drawn, &note, on_failed));
        Ok(())
    });
    menu.html(page, ALL, &saves, &tables)
}

/// What has other columns than the values: what the method knows besides them, and the masked inputs.
fn csv_tables(page: &Context, drawn: &Drawn) -> Vec<CsvTable> {
    let name = explanation::file_name(&drawn.explanation);
    let of_detail = match drawn.explanation.detail {
        ExplanationDetail::Interactions(_) => Some(("explain.csv_pairs", "pairs")),
        ExplanationDetail::MergeTree(_) => Some(("explain.csv_groups", "groups")),
        ExplanationDetail::Samples(_) => Some(("explain.csv_samples", "samples")),
        ExplanationDetail::Nothing | ExplanationDetail::StandardErrors(_) => None,
    };
    let detail = of_detail.map(|(key, ending)| {
        let (page, explanation) = (page.clone(), drawn.explanation.clone());
        CsvTable {
            key,
            name: format!("{name}-{ending}"),
            write: Rc::new(move || detail_csv(&explanation, &page.shown.model).unwrap_or_default()),
        }
    });
    let masked = (!drawn.masked.listed.is_empty()).then(|| {
        let (page, drawn) = (page.clone(), drawn.clone());
        CsvTable {
            key: "explain.csv_masked",
            name: format!("{name}-masked-inputs"),
            write: Rc::new(move || masked_csv(&drawn.explanation, &drawn.masked.listed, &page.shown.model)),
        }
    });
    detail.into_iter().chain(masked).collect()
}

/// Makes the figure of an exhibit, with a note, of what the page knows.
pub type FigureOfPage = for<'a> fn(&'a Context, &'a str, Callback<()>) -> Figure<'a>;

/// The same menu of an exhibit that makes its figure of all that the page knows; of none where there is nothing to save
/// yet.
pub fn figure_menu(
    page: &Context,
    menu: &ExhibitMenu,
    figure: Option<FigureOfPage>,
    tables: &[CsvTable],
    note: &str,
) -> Html {
    if figure.is_some() {
        menu.forget(NOTHING_TO_SAVE);
    }
    let (of, note) = (page.clone(), note.to_owned());
    let saves: Saves = Rc::new(move |save, on_failed| {
        let figure = figure.ok_or(NOTHING_TO_SAVE)?;
        save(figure(&of, &note, on_failed));
        Ok(())
    });
    menu.html(page, ALL, &saves, tables)
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
            Some(seeds) => explanation::surrogate_csv(explanation, seeds, &page.shown.model),
            None => explanation::csv(explanation, &page.shown.model),
        })),
        json: Box::new(move || match drawn.drawn_as.seeds() {
            Some(seeds) => explanation::surrogate_json(explanation, seeds, &page.shown.model),
            None => explanation::json(explanation, &drawn.masked.listed, &page.shown.model),
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
        fact(page, "shap.method", picture_name(page, drawn)),
        fact_of_scale(page, scale_name(page, &settings.target)),
        fact(
            page,
            "explain.fact_evaluations",
            explanation.evaluations.to_string(),
        ),
        fact(page, "word.seed", settings.seed.to_string()),
        fact_of_model(page),
    ];
    let tables = match drawn.drawn_as.seeds() {
        Some(seeds) => {
            facts.extend(surrogate_facts(page, settings.lime));
            let has_samples = matches!(drawn.drawn_as, DrawnAs::Samples { .. });
            let mut tables = surrogate_tables(page, explanation, seeds, has_samples);
            tables.extend(masked_table(page, explanation, &drawn.masked.listed));
            tables
        }
        None => tables(page, explanation, &drawn.masked.listed),
    };
    tables_html(
        &explanation.input,
        &[scene(page, drawn, title, "")],
        &tables,
        &HtmlPage {
            language: page.language().tag(),
            title,
            note,
            facts: &facts,
        },
    )
}
