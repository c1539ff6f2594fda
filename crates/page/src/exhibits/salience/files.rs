//! What a person takes along.

use std::rc::Rc;

use vitrine_picture::{
    FigureWords,
    explanation::{HtmlPage, Measures, SalienceSettings, salience_file_name, salience_json, tables_html},
    shortened,
};
use vitrine_record::{ExplanationMethod, Salience, message::TextInput};
use yew::Callback;

use super::{
    controls::baseline_key,
    table::{method_table, number_table},
    table_words,
};
use crate::{
    context::Context,
    exhibits::explanation::{MOST_OF_A_TEXT, Saves, explained_name, explained_scale},
    export::Figure,
};

/// Saves what is on the screen.
pub fn saves(page: &Context, note: &str) -> Saves {
    let (page, note) = (page.clone(), note.to_owned());
    Rc::new(move |save, on_failed| save(figure(&page, &note, on_failed)))
}

fn figure<'a>(page: &'a Context, note: &'a str, on_failed: Callback<()>) -> Figure<'a> {
    let input = input(page);
    let name = salience_file_name(&input);
    Figure {
        scene: Box::new(move || Some(scene(page, note))),
        csv: Box::new(std::iter::once_with(move || csv(page))),
        json: Box::new(move || json(page, input)),
        html: Some(Box::new(move || html(page, note))),
        theme: page.appearance.theme(),
        name,
        on_failed,
    }
}

fn input(page: &Context) -> TextInput {
    TextInput {
        text: page.shown.analysis.text.clone(),
        pair: page.shown.analysis.pair.clone(),
    }
}

fn heading(page: &Context) -> String {
    page.fill(
        "explain.figure_heading",
        &[
            ("method", page.t("salience.title")),
            ("label", &explained_name(page)),
            ("text", &shortened(&page.shown.analysis.text, MOST_OF_A_TEXT)),
        ],
    )
}

fn scene(page: &Context, note: &str) -> vitrine_picture::Scene {
    let picture = method_table(page).picture(Measures::EXPORT, table_words(page));
    picture.scene(&FigureWords {
        heading: &heading(page),
        note,
        numbers: page.language().numbers(),
    })
}

fn csv(page: &Context) -> String {
    let values = page.salience_values();
    let names: Vec<String> = values.iter().map(|of| of.method.name().to_owned()).collect();
    method_table(page).csv(&names, &page.shown.model.hash)
}

fn json(page: &Context, input: TextInput) -> serde_json::Result<String> {
    let settings = SalienceSettings {
        input,
        settings: page.path_settings().unwrap_or_default(),
    };
    let none = Salience::default();
    let salience = page.salience().map_or(&none, |(answer, _)| &*answer.value);
    let values = page.salience_values().into_iter();
    let methods: Vec<(ExplanationMethod, Vec<Option<f64>>)> =
        values.map(|of| (of.method, of.values)).collect();
    salience_json(
        salience,
        &settings,
        &page.shown.analysis.tokens,
        &methods,
        &page.shown.model,
    )
}

fn html(page: &Context, note: &str) -> String {
    let choice = &page.link.explanation;
    let fact = |key: &'static str, value: String| (page.t(key).to_owned(), value);
    let facts = [
        fact("explain.link", explained_scale(page).to_owned()),
        fact(
            "salience.baseline",
            page.t(baseline_key(choice.path.baseline)).to_owned(),
        ),
        fact("salience.steps", choice.path.steps.to_string()),
        fact(
            "explain.fact_model",
            format!("{} ({})", page.shown.model.id, page.shown.model.hash),
        ),
    ];
    let title = heading(page);
    tables_html(
        &input(page),
        &[scene(page, "")],
        &[number_table(page)],
        &HtmlPage {
            language: page.language().tag(),
            title: &title,
            note,
            facts: &facts,
        },
    )
}
