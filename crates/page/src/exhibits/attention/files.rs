//! What a person takes along from the exhibit: the menu, and the files of each view.

use vitrine_attention::AttentionSlice;
use vitrine_picture::{
    FigureWords, HeadView, HeatMap, Metrics, ModelFigure, Scene,
    export::{Quantity, Settings},
    neuron_view,
};
use vitrine_record::{AttentionView, Drawing, LayerIdx, Run};
use yew::prelude::*;

use super::{
    ablation,
    model::{Thumbnails, style_of},
    neuron, words,
};
use crate::{
    components::{Menu, MenuItem},
    context::Context,
    export::{self, Figure, Save},
    state::{Origin, Shared},
};

/// The key of what the last choice from the menu led to.
type Outcome = Option<&'static str>;

/// Table, files and link.
pub fn menu(
    page: &Context,
    slice: Option<&Shared<AttentionSlice>>,
    toggle_table: &Callback<()>,
    shows_table: bool,
    outcome: &UseStateHandle<Outcome>,
) -> Html {
    let item = |name: &'static str, on_choose: Callback<()>| MenuItem {
        name: page.t(name).into(),
        on_choose,
    };
    let saves = |save: Save| {
        let (page, outcome, slice) = (page.clone(), outcome.setter(), slice.cloned());
        Callback::from(move |()| {
            outcome.set(None);
            let on_failed = {
                let outcome = outcome.clone();
                Callback::from(move |()| outcome.set(Some("menu.not_saved")))
            };
            match figure(&page, slice.as_deref(), on_failed) {
                Some(figure) => save(figure),
                None => outcome.set(Some("attention.none")),
            }
        })
    };
    let copy = {
        let outcome = outcome.setter();
        Callback::from(move |()| {
            let outcome = outcome.clone();
            export::copy_address(Callback::from(move |worked| {
                outcome.set(Some(if worked { "menu.copied" } else { "menu.not_copied" }));
            }));
        })
    };
    let table = if shows_table {
        "menu.hide_table"
    } else {
        "menu.table"
    };
    let items = vec![
        item(table, toggle_table.clone()),
        item("menu.svg", saves(export::svg)),
        item("menu.png", saves(export::png)),
        item("menu.csv", saves(export::csv)),
        item("menu.json", saves(export::json)),
        item("menu.link", copy),
    ];
    html! {
        <div class="exhibit__menu">
            <span class="exhibit__copied" role="status">
                { outcome.map(|key| page.t(key)).unwrap_or_default() }
            </span>
            <Menu name={page.t("menu.name")} {items} />
        </div>
    }
}

pub(super) fn origin(page: &Context) -> vitrine_picture::export::Origin {
    match page.shown.origin {
        Origin::Recorded => vitrine_picture::export::Origin::Recorded,
        Origin::Live { .. } => vitrine_picture::export::Origin::Live,
    }
}

/// What is on the screen; nothing if that is nothing.
fn figure<'a>(
    page: &'a Context,
    slice: Option<&'a AttentionSlice>,
    on_failed: Callback<()>,
) -> Option<Figure<'a>> {
    match page.link.view {
        AttentionView::Neuron => neurons(page, on_failed),
        AttentionView::Ablation => ablation::figure(page, on_failed),
        AttentionView::Head => Some(heads(page, slice?, on_failed)),
        // Differences are written of the layer that is looked at.
        AttentionView::Model if page.drawn_run() == Run::Difference => Some(heads(page, slice?, on_failed)),
        AttentionView::Model => Some(all_heads(page, on_failed)),
    }
}

fn heads<'a>(page: &'a Context, slice: &'a AttentionSlice, on_failed: Callback<()>) -> Figure<'a> {
    let analysis = &**page.drawn_analysis();
    let slices = std::slice::from_ref(slice);
    Figure {
        scene: Box::new(move || Some(scene_of_heads(page, slice))),
        csv: Box::new(vitrine_picture::export::csv(analysis, quantity(page), [slice])),
        json: Box::new(move || json(page, slices)),
        theme: page.appearance.theme(),
        name: file_name(page, slices),
        on_failed,
    }
}

/// All heads of all layers, whichever are on. Of a long text the numbers are those of the layers that have come.
fn all_heads(page: &Context, on_failed: Callback<()>) -> Figure<'_> {
    let analysis = &**page.drawn_analysis();
    let slices = (0..page.shown.model.layers)
        .filter_map(|layer| analysis.layer(LayerIdx(layer)))
        .filter_map(|layer| AttentionSlice::new(layer, &analysis.tokens, None, &page.link.options));
    let of_csv = slices.clone();
    Figure {
        scene: Box::new(move || scene_of_all_heads(page)),
        csv: Box::new(vitrine_picture::export::csv(analysis, quantity(page), of_csv)),
        json: Box::new(move || json(page, &slices.collect::<Vec<_>>())),
        theme: page.appearance.theme(),
        name: file_name(page, &[]),
        on_failed,
    }
}

/// What the numbers of the run that is drawn are.
fn quantity(page: &Context) -> Quantity {
    match page.drawn_run() {
        Run::Untouched | Run::Changed => Quantity::Attention,
        Run::Difference => Quantity::Difference,
    }
}

/// A run that is not the model's own is named.
fn file_name(page: &Context, slices: &[AttentionSlice]) -> String {
    let name = vitrine_picture::export::file_name(page.drawn_analysis(), &page.shown.model, slices);
    match page.drawn_run() {
        Run::Untouched => name,
        run @ (Run::Changed | Run::Difference) => format!("{name}-{}", run.name()),
    }
}

fn json(page: &Context, slices: &[AttentionSlice]) -> Result<String, serde_json::Error> {
    let (selection, interventions, run) = (page.selection(), page.interventions(), page.drawn_run());
    let is_untouched = run == Run::Untouched;
    let untouched = page.shown.analysis.prediction.as_ref();
    let settings = Settings {
        slices,
        quantity: quantity(page),
        options: page.link.options,
        drawing: page.link.drawing,
        selection: selection.as_ref(),
        origin: origin(page),
        run,
        interventions: if is_untouched { &[] } else { &interventions },
        untouched_prediction: untouched.filter(|_| !is_untouched),
    };
    vitrine_picture::export::json(page.drawn_analysis(), &page.shown.model, &settings)
}

/// Nothing if there is attention of no layer.
fn scene_of_all_heads(page: &Context) -> Option<Scene> {
    let (analysis, model) = (page.drawn_analysis(), &page.shown.model);
    let thumbnails = Thumbnails::of_run(analysis, model.layers, &page.link.options);
    thumbnails.places().next()?;
    let drawn = thumbnails
        .places()
        .filter_map(|place| Some((place.layer, place.head, thumbnails.get(place)?)));
    let figure = ModelFigure::new(drawn, style_of(page.link.drawing));
    Some(figure.scene(&FigureWords {
        heading: &words::heading_of_all(page),
        note: &words::note_of_all(page, thumbnails.are_coarse()),
        numbers: page.language().numbers(),
    }))
}

fn scene_of_heads(page: &Context, slice: &AttentionSlice) -> Scene {
    let figure_words = FigureWords {
        heading: &words::heading(page, slice.heads()),
        note: &words::note(page, slice),
        numbers: page.language().numbers(),
    };
    let (tokens, selection) = (&page.shown.analysis.tokens, page.selection());
    match page.link.drawing {
        Drawing::HeatMap => HeatMap::new(slice, tokens, selection.as_ref()).scene(&figure_words),
        lines => {
            HeadView::new(slice, tokens, selection.as_ref(), lines, Metrics::EXPORT).scene(&figure_words)
        }
    }
}

fn neurons(page: &Context, on_failed: Callback<()>) -> Option<Figure<'_>> {
    let answer = page.answers.head_computation.as_ref()?;
    let (computation, analysis, model) = (&*answer.value, &*answer.analysis, &*page.shown.model);
    // It is never recorded: the page carries no computation with it.
    Some(Figure {
        scene: Box::new(move || neuron::figure(page.language(), computation, analysis, model, false)),
        csv: Box::new(neuron_view::csv(computation, analysis)),
        json: Box::new(move || neuron_view::json(computation, analysis, model, origin(page))),
        theme: page.appearance.theme(),
        name: neuron_view::file_name(computation, analysis),
        on_failed,
    })
}
