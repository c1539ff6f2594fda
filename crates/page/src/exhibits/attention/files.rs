//! What a person takes along from the exhibit: the menu, and the files of each view.

use std::{borrow::Borrow, rc::Rc};

use vitrine_attention::AttentionSlice;
use vitrine_picture::{
    FigureWords, HeadView, HeatMap, Metrics, ModelFigure, Scene,
    export::{Settings, csv_of_texts, file_name_of_texts},
    imported_csv, imported_file_name, imported_json, neuron_view,
};
use vitrine_record::{AttentionView, Drawing, Intervention, LayerIdx, Run};
use yew::prelude::*;

use super::{
    ablation,
    compare::{self, Place},
    finder, imported,
    interventions::note_of_computation,
    model::{Thumbnails, style_of},
    neuron, words,
};
use crate::{
    components::{ExhibitMenu, MenuHas, Saves},
    context::Context,
    export::Figure,
    state::{Origin, Shared},
};

/// Table, files and link.
pub fn menu(
    page: &Context,
    (slice, beside): (Option<&Shared<AttentionSlice>>, Option<&Shared<AttentionSlice>>),
    menu: &ExhibitMenu,
) -> Html {
    let has = MenuHas {
        // The finder's table is always there.
        table: page.link.view != AttentionView::Finder,
        html: false,
    };
    let saves: Saves = {
        let (page, slice, beside) = (page.clone(), slice.cloned(), beside.cloned());
        Rc::new(move |save, on_failed| {
            let figure = figure(&page, slice.as_deref(), beside.as_deref(), on_failed);
            figure.map(save).ok_or_else(|| nothing_to_save(&page))
        })
    };
    menu.html(page, has, &saves)
}

pub(super) fn origin(page: &Context) -> vitrine_picture::export::Origin {
    match page.shown.origin {
        _ if page.imported().is_some() => vitrine_picture::export::Origin::Imported,
        Origin::Recorded => vitrine_picture::export::Origin::Recorded,
        Origin::Live { .. } => vitrine_picture::export::Origin::Live,
    }
}

fn nothing_to_save(page: &Context) -> &'static str {
    match page.link.view {
        AttentionView::Finder => "finder.nothing_to_save",
        AttentionView::Head | AttentionView::Model | AttentionView::Neuron | AttentionView::Ablation => {
            "attention.none"
        }
    }
}

/// What is on the screen; nothing if that is nothing.
fn figure<'a>(
    page: &'a Context,
    slice: Option<&'a AttentionSlice>,
    beside: Option<&'a AttentionSlice>,
    on_failed: Callback<()>,
) -> Option<Figure<'a>> {
    match page.link.view {
        AttentionView::Neuron => neurons(page, on_failed),
        AttentionView::Finder => finder::files::figure(page, on_failed),
        AttentionView::Ablation => ablation::figure(page, on_failed),
        AttentionView::Head => Some(heads(page, slice?, beside, on_failed)),
        // Differences are written of the layer that is looked at.
        AttentionView::Model if page.drawn_run() == Run::Difference => {
            Some(heads(page, slice?, None, on_failed))
        }
        AttentionView::Model => Some(all_heads(page, on_failed)),
    }
}

fn heads<'a>(
    page: &'a Context,
    slice: &'a AttentionSlice,
    beside: Option<&'a AttentionSlice>,
    on_failed: Callback<()>,
) -> Figure<'a> {
    let slices = std::slice::from_ref(slice);
    Figure {
        scene: Box::new(move || Some(scene_of_both(page, slice, beside))),
        csv: match page.other_analysis() {
            Some(other) => Box::new(csv_of_texts(&page.shown.analysis, other, slice, beside)),
            None => csv(page, [slice], beside),
        },
        json: Box::new(move || json(page, slices, beside)),
        html: None,
        theme: page.appearance.theme(),
        name: file_name(page, slices, beside),
        on_failed,
    }
}

/// All heads of all layers, whichever are on. Of a long text the numbers are those of the layers that have come.
fn all_heads(page: &Context, on_failed: Callback<()>) -> Figure<'_> {
    let slices = (0..page.layers()).filter_map(|layer| page.slice_of(LayerIdx(layer), None));
    let of_csv = slices.clone();
    Figure {
        scene: Box::new(move || scene_of_all_heads(page)),
        csv: csv(page, of_csv, None),
        json: Box::new(move || json(page, &slices.collect::<Vec<_>>(), None)),
        html: None,
        theme: page.appearance.theme(),
        name: file_name(page, &[], None),
        on_failed,
    }
}

/// The lines of the numbers of slices, in parts.
fn csv<'a, Slice: Borrow<AttentionSlice> + 'a>(
    page: &'a Context,
    slices: impl IntoIterator<Item = Slice> + 'a,
    beside: Option<&'a AttentionSlice>,
) -> Box<dyn Iterator<Item = String> + 'a> {
    // Layers are told apart by their column; only runs have to be named.
    let is_other_run = page.compared_layer().is_none();
    let beside = beside.map(|beside| (beside, is_other_run));
    match imported::file_origin(page) {
        Some(origin) => Box::new(imported_csv(&origin, page.token_ends(), slices, beside)),
        None => Box::new(vitrine_picture::export::csv(
            page.drawn_analysis(),
            slices,
            beside,
        )),
    }
}

/// A run that is not the model's own is named.
fn file_name(page: &Context, slices: &[AttentionSlice], beside: Option<&AttentionSlice>) -> String {
    let name = match imported::file_origin(page) {
        Some(origin) => imported_file_name(&origin, slices),
        None => vitrine_picture::export::file_name(&page.shown.analysis, &page.shown.model, slices),
    };
    let run = page.drawn_run();
    let name = match run {
        Run::Untouched => name,
        Run::Changed | Run::Both | Run::Difference => format!("{name}-{}", run.name()),
    };
    let subtracted = slices.first().and_then(AttentionSlice::subtracted_layer);
    if let Some(other) = page.other_analysis() {
        return file_name_of_texts(&name, other, subtracted.is_some());
    }
    match (page.compared_layer(), subtracted, beside) {
        (Some(_), Some(layer), _) => format!("{name}-minus-layer-{layer}"),
        (Some(_), None, Some(beside)) => format!("{name}-beside-layer-{}", beside.layer()),
        _ => name,
    }
}

fn json(
    page: &Context,
    slices: &[AttentionSlice],
    beside: Option<&AttentionSlice>,
) -> Result<String, serde_json::Error> {
    let (selection, interventions, run) = (page.selection(), page.interventions(), page.drawn_run());
    let is_untouched = run == Run::Untouched;
    let untouched = page.shown.analysis.prediction.as_ref();
    let settings = Settings {
        slices,
        beside: beside.map(|beside| (beside, compare::place_beside(page, beside).run)),
        other_text: page.other_analysis().map(|other| &**other),
        options: page.options(),
        drawing: page.link.drawing,
        selection: selection.as_ref(),
        origin: origin(page),
        run,
        interventions: if is_untouched { &[] } else { &interventions },
        untouched_prediction: untouched.filter(|_| !is_untouched),
    };
    match imported::file_origin(page) {
        Some(origin) => imported_json(&origin, page.token_ends(), &settings),
        None => vitrine_picture::export::json(page.drawn_analysis(), &page.shown.model, &settings),
    }
}

/// Nothing if there is attention of no layer.
fn scene_of_all_heads(page: &Context) -> Option<Scene> {
    let thumbnails = Thumbnails::of_one(&page.looked_at(), page.layers(), &page.link.options);
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

fn scene_of_both(page: &Context, slice: &AttentionSlice, beside: Option<&AttentionSlice>) -> Scene {
    let Some(beside) = beside else {
        return scene_of_heads(page, slice, None, None);
    };
    let limit = Some(compare::shared_limit(page, slice, beside));
    let of = |slice, place| scene_of_heads(page, slice, limit, Some(place));
    of(slice, compare::place_of(page, slice)).beside(of(beside, compare::place_beside(page, beside)))
}

/// The picture of one side; where there are two, on their scale, and with the name of the side if its heading does not
/// tell it apart.
fn scene_of_heads(page: &Context, slice: &AttentionSlice, limit: Option<f32>, side: Option<Place>) -> Scene {
    let text = side.map(|place| place.text).unwrap_or_default();
    let heading = words::heading(page, slice, text);
    let heading = match side {
        Some(place) if !page.is_compared() => format!("{}: {heading}", compare::name(page, place)),
        _ => heading,
    };
    let figure_words = FigureWords {
        heading: &heading,
        note: &words::note(page, slice, limit),
        numbers: page.language().numbers(),
    };
    let (ends, selection) = (page.token_ends_of(text), page.selection_in(text));
    match page.link.drawing {
        Drawing::HeatMap => HeatMap::new(slice, ends, selection.as_ref())
            .with_limit(limit)
            .scene(&figure_words),
        lines => HeadView::new(slice, ends, selection.as_ref(), lines, Metrics::EXPORT)
            .with_limit(limit)
            .scene(&figure_words),
    }
}

fn neurons(page: &Context, on_failed: Callback<()>) -> Option<Figure<'_>> {
    let answer = page.answers.head_computation.as_ref()?;
    let (computation, analysis, model) = (&*answer.value, &*answer.analysis, &*page.shown.model);
    let (interventions, of_run) = (answer.request.interventions(), note_of_computation(page));
    let name = neuron_view::file_name(computation, analysis);
    // It is never recorded: the page carries no computation with it.
    Some(Figure {
        scene: Box::new(move || {
            neuron::figure(page.language(), computation, analysis, model, of_run.as_deref())
        }),
        csv: Box::new(neuron_view::csv(computation, analysis)),
        json: Box::new(move || neuron_view::json(computation, analysis, model, origin(page), interventions)),
        html: None,
        theme: page.appearance.theme(),
        name: name_of_run(name, interventions),
        on_failed,
    })
}

/// The name of files of one run: a changed one is named.
pub(super) fn name_of_run(name: String, interventions: &[Intervention]) -> String {
    if interventions.is_empty() {
        name
    } else {
        format!("{name}-{}", Run::Changed.name())
    }
}
