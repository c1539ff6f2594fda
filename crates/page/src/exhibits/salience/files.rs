//! What a person takes along.

use vitrine_picture::{
    FigureWords,
    explanation::{
        HtmlPage, Measures, MethodInFile, SalienceSettings, salience_csv, salience_file_name, salience_json,
        tables_html,
    },
};
use vitrine_record::{Salience, message::TextInput};
use yew::Callback;

use super::{
    controls::baseline_key,
    table::{TableEnds, method_table, number_table, table_picture},
    table_words,
};
use crate::{
    context::Context,
    exhibits::explanation::{explained_scale, fact, fact_of_model, fact_of_scale, figure_heading},
    export::Figure,
    state::MethodValues,
};

/// What is on the screen, as files.
pub fn figure<'a>(page: &'a Context, note: &'a str, on_failed: Callback<()>) -> Figure<'a> {
    let input = page.shown.input();
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

fn heading(page: &Context) -> String {
    figure_heading(page, page.t("salience.title"), &page.shown.analysis.text)
}

fn scene(page: &Context, note: &str) -> vitrine_picture::Scene {
    let (table, ends) = (method_table(page), TableEnds::of_class(page));
    let picture = table_picture(page, &table, table_words(page), &ends, Measures::EXPORT);
    picture.scene(&FigureWords {
        heading: &heading(page),
        note,
        numbers: page.language().numbers(),
    })
}

/// What each method says, as files write it.
fn methods(page: &Context) -> Vec<MethodInFile> {
    let method = |of: MethodValues| {
        Some(MethodInFile {
            explanation: page.explanation_by(of.method)?,
            is_final: true,
            values: of.values,
        })
    };
    page.salience_values().into_iter().filter_map(method).collect()
}

fn csv(page: &Context) -> String {
    salience_csv(&page.shown.analysis.tokens, &methods(page), &page.shown.model)
}

fn json(page: &Context, input: TextInput) -> serde_json::Result<String> {
    let settings = SalienceSettings {
        input,
        settings: page.path_settings().unwrap_or_default(),
    };
    let none = Salience::default();
    let salience = page.salience().map_or(&none, |(answer, _)| &*answer.value);
    salience_json(
        salience,
        &settings,
        &page.shown.analysis.tokens,
        &methods(page),
        &page.shown.model,
    )
}

/// The scale, and the path of integrated gradients, as facts.
pub fn path_facts(page: &Context) -> [(String, String); 3] {
    let choice = &page.link.explanation;
    let baseline = page.t(baseline_key(page.salience_baseline()));
    let steps = page.salience();
    let steps = steps.map_or(choice.path.steps.into(), |(answer, _)| answer.value.steps);
    [
        fact_of_scale(page, explained_scale(page)),
        fact(page, "salience.baseline", baseline),
        fact(page, "salience.steps", steps.to_string()),
    ]
}

fn html(page: &Context, note: &str) -> String {
    let facts = [path_facts(page).to_vec(), vec![fact_of_model(page)]].concat();
    let title = heading(page);
    tables_html(
        &page.shown.input(),
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
