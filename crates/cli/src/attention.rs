//! `vitrine attention`: the figures of the page and their numbers, without the page.

use std::collections::BTreeSet;

use vitrine_attention::{AttentionSlice, attention_rollout};
use vitrine_model::{Layers, Model, analyse};
use vitrine_picture::export::{self, Origin, Settings};
use vitrine_picture::{
    HeadView, HeatMap, Metrics, ModelFigure, Scene, Selection, ThumbnailStyle, neuron_view,
};
use vitrine_record::{
    Analysis, AttentionOptions, AttentionVariant, Drawing, HeadIdx, LayerIdx, ModelInfo, Position, Run, Side,
};

use crate::arguments::Input;
use crate::attention_arguments::{AttentionArguments, View};
use crate::attention_words as words;
use crate::error::CliError;
use crate::output::{write, write_svg};
use crate::predict::warn;
use crate::words::Words;

/// Prints a figure or its numbers.
pub fn attention(model: &Model, input: &Input, arguments: &AttentionArguments) -> Result<(), CliError> {
    check_choice(model.info(), arguments)?;
    match arguments.view {
        View::Neuron => neurons(model, input, arguments),
        View::Head => one_layer(model, input, arguments),
        View::Model => all_layers(model, input, arguments),
        View::Rollout => rollout(model, input, arguments),
    }
}

/// What was asked for and would otherwise do nothing is refused, as is what the model lacks.
fn check_choice(model: &ModelInfo, arguments: &AttentionArguments) -> Result<(), CliError> {
    if let Some(layer) = arguments.layer {
        check_index("layer", layer, "the model", model.layers)?;
    }
    for &head in &arguments.head {
        check_index("head", head, "the model", model.heads)?;
    }
    let refuse = |sentence: &str| Err(CliError::Choice(sentence.to_owned()));
    let default = AttentionOptions::default();
    match arguments.view {
        View::Neuron if arguments.head.len() > 1 => {
            refuse("the neuron view shows one head: give --head one number")
        }
        View::Neuron if arguments.options() != default || arguments.drawing != Drawing::default() => refuse(
            "the neuron view shows every number as it is: leave out --drawing, --segments, --hide-special, \
                 --merge-words, --top-p, --threshold and --temperature",
        ),
        View::Model if arguments.token.is_some() => {
            refuse("the model view shows all tokens: leave out --token, or choose --view head")
        }
        View::Rollout if !arguments.head.is_empty() => {
            refuse("rollout takes the mean over all heads: leave out --head")
        }
        View::Rollout if arguments.temperature != default.temperature => {
            refuse("rollout is of the probabilities that the model itself computes: leave out --temperature")
        }
        _ => Ok(()),
    }
}

fn check_index(what: &str, index: usize, whole: &str, count: usize) -> Result<(), CliError> {
    if index < count {
        return Ok(());
    }
    Err(CliError::Choice(format!(
        "there is no {what} {index}: {whole} has {count}, from 0"
    )))
}

fn read(model: &Model, input: &Input, layers: Layers) -> Result<Analysis, CliError> {
    let (analysis, _) = analyse(model, &input.text, input.pair.as_deref(), &[], layers)?;
    warn(&analysis);
    Ok(analysis)
}

fn check_token(analysis: &Analysis, arguments: &AttentionArguments) -> Result<(), CliError> {
    let check = |token| check_index("token", token, "the text", analysis.tokens.len());
    arguments.token.map_or(Ok(()), check)
}

/// The heads of one layer.
fn one_layer(model: &Model, input: &Input, arguments: &AttentionArguments) -> Result<(), CliError> {
    let layer = LayerIdx(arguments.layer.unwrap_or_default());
    let analysis = read(model, input, Layers::LookedAt(layer))?;
    check_token(&analysis, arguments)?;
    let slice = slice_of_layer(&analysis, layer, arguments)?;
    let selection = selection(&slice, arguments)?;
    let is_selected = selection.is_some();
    let options = arguments.options();
    let words = words::of_heads(
        &analysis,
        model.info(),
        &slice,
        &options,
        arguments.drawing,
        is_selected,
    );
    let scene = || scene_of_layer(&slice, &analysis, selection.as_ref(), arguments.drawing, &words);
    let settings = settings(std::slice::from_ref(&slice), arguments, selection.as_ref());
    print(model.info(), &analysis, arguments, &settings, scene)
}

/// All heads of all layers, or of those that were chosen.
fn all_layers(model: &Model, input: &Input, arguments: &AttentionArguments) -> Result<(), CliError> {
    let analysis = read(model, input, Layers::All)?;
    let is_chosen = |layer: &LayerIdx| arguments.layer.is_none_or(|chosen| chosen == layer.0);
    let slices = (0..model.info().layers)
        .map(LayerIdx)
        .filter(is_chosen)
        .map(|layer| slice_of_layer(&analysis, layer, arguments))
        .collect::<Result<Vec<_>, _>>()?;
    let style = match arguments.drawing {
        Drawing::Lines | Drawing::LinesAcross => ThumbnailStyle::Lines,
        Drawing::HeatMap => ThumbnailStyle::Cells,
    };
    let words = words::of_model(
        &analysis,
        model.info(),
        &slices,
        &arguments.options(),
        arguments.drawing,
    );
    let scene = || ModelFigure::of_slices(&slices, style).scene(&words.of_figure());
    let settings = settings(&slices, arguments, None);
    print(model.info(), &analysis, arguments, &settings, scene)
}

/// Rollout up to one layer, shown as attention of one head.
fn rollout(model: &Model, input: &Input, arguments: &AttentionArguments) -> Result<(), CliError> {
    let last = model.info().layers.saturating_sub(1);
    let layer = LayerIdx(arguments.layer.unwrap_or(last));
    let analysis = read(model, input, Layers::All)?;
    check_token(&analysis, arguments)?;
    let no_rollout = |reason: String| CliError::Format(format!("attention of this model: {reason}"));
    let rollout = attention_rollout(&analysis.attention).map_err(|error| no_rollout(error.to_string()))?;
    let mixed = rollout
        .get(layer.0)
        .ok_or_else(|| no_rollout("it has no layers".to_owned()))?
        .to_attention(layer);
    let variant = AttentionVariant::Rollout;
    let slice = AttentionSlice::of_variant(variant, &mixed, &analysis.tokens, None, &arguments.options());
    let slice = check_slice(slice, &analysis, arguments)?;
    let selection = selection(&slice, arguments)?;
    let words = words::of_rollout(
        &analysis,
        model.info(),
        &slice,
        &arguments.options(),
        arguments.drawing,
        selection.is_some(),
    );
    let scene = || scene_of_layer(&slice, &analysis, selection.as_ref(), arguments.drawing, &words);
    let settings = settings(std::slice::from_ref(&slice), arguments, selection.as_ref());
    print(model.info(), &analysis, arguments, &settings, scene)
}

/// One head for one token.
fn neurons(model: &Model, input: &Input, arguments: &AttentionArguments) -> Result<(), CliError> {
    let layer = LayerIdx(arguments.layer.unwrap_or_default());
    let head = HeadIdx(arguments.head.first().copied().unwrap_or_default());
    let looked_at = Layers::LookedAt(layer);
    let (analysis, run) = analyse(model, &input.text, input.pair.as_deref(), &[], looked_at)?;
    warn(&analysis);
    check_token(&analysis, arguments)?;
    let destination = Position(arguments.token.unwrap_or_default());
    let computation = run.compute_head(model, layer, head, destination)?;
    let info = model.info();
    if arguments.format.svg {
        let words = words::of_neurons(&analysis, info, &computation);
        let step_words = neuron_view::StepWords {
            figure: words.of_figure(),
            names: words::STEPS,
        };
        let scene = neuron_view::scene(&computation, &analysis.tokens, &step_words)
            .ok_or_else(|| CliError::Format("the numbers of the head do not fit together".to_owned()))?;
        write_svg(&scene, arguments.theme.into())
    } else if arguments.format.json {
        let json = neuron_view::json(&computation, &analysis, info, Origin::Live, &[]);
        write([
            json.map_err(|error| CliError::Format(error.to_string()))?,
            "\n".to_owned(),
        ])
    } else {
        write(neuron_view::csv(&computation, &analysis))
    }
}

fn slice_of_layer(
    analysis: &Analysis,
    layer: LayerIdx,
    arguments: &AttentionArguments,
) -> Result<AttentionSlice, CliError> {
    let heads: BTreeSet<HeadIdx> = arguments.head.iter().copied().map(HeadIdx).collect();
    let heads = (!heads.is_empty()).then_some(heads);
    let slice = analysis.layer(layer).and_then(|attention| {
        AttentionSlice::new(attention, &analysis.tokens, heads.as_ref(), &arguments.options())
    });
    check_slice(slice, analysis, arguments)
}

/// A slice with something in it.
fn check_slice(
    slice: Option<AttentionSlice>,
    analysis: &Analysis,
    arguments: &AttentionArguments,
) -> Result<AttentionSlice, CliError> {
    let slice = slice.ok_or_else(|| CliError::Format("the model gave no attention".to_owned()))?;
    if !slice.destinations().is_empty() && !slice.sources().is_empty() {
        return Ok(slice);
    }
    let segments = arguments.segments.name();
    Err(CliError::Choice(
        if analysis.pair.is_none() && segments.contains('b') {
            format!("--segments {segments} is of a second text: give one with --pair")
        } else {
            "nothing is left to show: give a text with words, or leave out --hide-special".to_owned()
        },
    ))
}

/// The row that was asked for. One that is left out of the picture cannot be shown.
fn selection(slice: &AttentionSlice, arguments: &AttentionArguments) -> Result<Option<Selection>, CliError> {
    let Some(token) = arguments.token.map(Position) else {
        return Ok(None);
    };
    if !slice.destinations().iter().any(|unit| unit.contains(token)) {
        return Err(CliError::Choice(format!(
            "token {token} is left out by --hide-special or --segments: choose another, or leave these out"
        )));
    }
    Ok(Some(Selection {
        positions: BTreeSet::from([token]),
        side: Side::Destination,
    }))
}

fn settings<'a>(
    slices: &'a [AttentionSlice],
    arguments: &AttentionArguments,
    selection: Option<&'a Selection>,
) -> Settings<'a> {
    Settings {
        slices,
        beside: None,
        other_text: None,
        options: arguments.options(),
        drawing: arguments.drawing,
        selection,
        origin: Origin::Live,
        run: Run::Untouched,
        interventions: &[],
        untouched_prediction: None,
    }
}

fn scene_of_layer(
    slice: &AttentionSlice,
    analysis: &Analysis,
    selection: Option<&Selection>,
    drawing: Drawing,
    words: &Words,
) -> Scene {
    let (tokens, words) = (&analysis.tokens, words.of_figure());
    match drawing {
        Drawing::HeatMap => HeatMap::new(slice, tokens, selection).scene(&words),
        lines => HeadView::new(slice, tokens, selection, lines, Metrics::EXPORT).scene(&words),
    }
}

fn print(
    model: &ModelInfo,
    analysis: &Analysis,
    arguments: &AttentionArguments,
    settings: &Settings,
    scene: impl FnOnce() -> Scene,
) -> Result<(), CliError> {
    if arguments.format.svg {
        write_svg(&scene(), arguments.theme.into())
    } else if arguments.format.json {
        let json = export::json(analysis, model, settings);
        write([
            json.map_err(|error| CliError::Format(error.to_string()))?,
            "\n".to_owned(),
        ])
    } else {
        write(export::csv(analysis, settings.slices, None))
    }
}
