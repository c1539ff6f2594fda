//! What a person takes along from the finder.

use vitrine_attention::AttentionSlice;
use vitrine_picture::{
    FigureWords, HeatMap, Scene,
    head_survey::{self, SurveySettings, TemplateMatches},
};
use vitrine_record::{AttentionOptions, HeadSurvey, LayerAttention, LayerIdx};
use yew::prelude::*;

use super::{
    super::model::metric_name,
    mean,
    template::{self, Scored},
    words,
};
use crate::{
    context::Context,
    exhibits::attention::words as attention_words,
    export::Figure,
    state::{FinderTool, Template},
};

/// The model's name and the beginning of its hash, as notes of figures have them.
pub struct ModelNames {
    model: String,
    hash: String,
}

impl ModelNames {
    /// As arguments of a text.
    pub fn pairs(&self) -> [(&str, &str); 2] {
        [("model", &self.model), ("hash", &self.hash)]
    }
}

/// Those of the model on the page.
pub fn model_names(page: &Context) -> ModelNames {
    let model = &page.shown.model;
    ModelNames {
        model: model.id.clone(),
        hash: model.short_hash().to_owned(),
    }
}

/// What is on the screen; nothing if that is nothing.
pub fn figure(page: &Context, on_failed: Callback<()>) -> Option<Figure<'_>> {
    match page.finder.tool {
        FinderTool::Template => of_template(page, on_failed),
        FinderTool::Metrics | FinderTool::Map | FinderTool::MeanAttention => of_survey(page, on_failed),
    }
}

fn of_survey(page: &Context, on_failed: Callback<()>) -> Option<Figure<'_>> {
    let answer = page.survey()?;
    let survey = &*answer.value;
    let (set, _) = page.finder.asked.as_ref()?;
    let settings = SurveySettings {
        model: &page.shown.model,
        source: *set,
        sentences: page.finder.asked_sentences(),
    };
    let csv = head_survey::csv(survey, &page.shown.model.hash);
    Some(Figure {
        scene: Box::new(move || match page.finder.tool {
            FinderTool::MeanAttention => mean::scene(page, survey),
            _ => Some(scene_of_survey(page, survey)),
        }),
        csv: Box::new(std::iter::once(csv)),
        json: Box::new(move || head_survey::json(survey, &settings)),
        html: None,
        theme: page.appearance.theme(),
        name: "vitrine-head-survey".to_owned(),
        on_failed,
    })
}

fn scene_of_survey(page: &Context, survey: &HeadSurvey) -> Scene {
    let metric = page.finder.metric;
    let heading = page.fill(
        "finder.figure_heading",
        &[
            ("metric", metric_name(page.language(), metric)),
            ("count", &words::counted(page, survey.sentences)),
        ],
    );
    let mut note = page.fill("finder.figure_note", &model_names(page).pairs());
    if let Some(likeness) = &survey.likeness {
        let share = page.language().numbers().percent(likeness.map.shown as f32);
        note = format!(
            "{}\n{note}",
            page.fill("finder.figure_note_map", &[("share", &share)])
        );
    }
    let words = FigureWords {
        heading: &heading,
        note: &note,
        numbers: page.language().numbers(),
    };
    head_survey::scene(survey, metric, &words)
}

fn of_template(page: &Context, on_failed: Callback<()>) -> Option<Figure<'_>> {
    let analysis = &*page.shown.analysis;
    let template = page.finder.template_for(analysis.tokens.len());
    let ranked = template::ranked(analysis, &template);
    if ranked.is_empty() {
        return None;
    }
    let found = TemplateMatches {
        analysis,
        model: &page.shown.model,
        cells: template.cells.clone(),
        heads: ranked,
    };
    let csv = found.csv();
    let scene = scene_of_template(page, &template, &found.heads);
    Some(Figure {
        scene: Box::new(move || scene),
        csv: Box::new(std::iter::once(csv)),
        json: Box::new(move || found.json()),
        html: None,
        theme: page.appearance.theme(),
        name: "vitrine-head-template".to_owned(),
        on_failed,
    })
}

fn scene_of_template(page: &Context, template: &Template, ranked: &[Scored]) -> Option<Scene> {
    let tokens = &page.shown.analysis.tokens;
    let count = template.tokens;
    let cell = |index: usize| f32::from(u8::from(template.cells.contains(&(index / count, index % count))));
    let drawn = (0..count * count).map(cell).collect();
    let drawn = LayerAttention::new(LayerIdx::default(), 1, count, drawn)?;
    let slice = AttentionSlice::new(&drawn, tokens, None, &AttentionOptions::default())?;
    let heading = page.fill(
        "finder.template_heading",
        &[("text", &attention_words::text_of_heading(page))],
    );
    let reading = template::reading(page, ranked);
    let note = attention_words::note_of(page, "finder.figure_note_template", [reading]);
    Some(HeatMap::new(&slice, tokens, None).scene(&FigureWords {
        heading: &heading,
        note: &note,
        numbers: page.language().numbers(),
    }))
}
