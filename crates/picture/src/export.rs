//! The numbers behind a picture as files: full precision, ASCII numbers, the model's hash and the settings.

use std::{borrow::Borrow, fmt::Write};

use serde::Serialize;
use vitrine_attention::{AttentionSlice, Unit};
use vitrine_record::{
    Analysis, AttentionOptions, AttentionVariant, Drawing, HeadIdx, Intervention, LayerIdx, ModelInfo,
    Notice, Position, Prediction, Run, Side, Token,
};

use crate::{Quantity, Selection, TokenEnds, number::exact};

/// When the numbers were computed, or where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Earlier: they are the example that the page carries with it.
    Recorded,
    /// Just now, by the model in the tab.
    Live,
    /// Elsewhere: they were imported.
    Imported,
}

/// What was looked at when a file was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings<'a> {
    /// The weights that are looked at, of one layer or several, all with the same heads and units.
    pub slices: &'a [AttentionSlice],
    /// What is shown beside the first of them, and of which run.
    pub beside: Option<(&'a AttentionSlice, Run)>,
    /// The other text, where two are compared: what is shown beside is of it, and a difference is without it.
    pub other_text: Option<&'a Analysis>,
    /// What they were made from.
    pub options: AttentionOptions,
    /// How they were drawn.
    pub drawing: Drawing,
    /// The tokens that were selected.
    pub selection: Option<&'a Selection>,
    /// When it was computed.
    pub origin: Origin,
    /// The run that the weights are of.
    pub run: Run,
    /// What is changed in it; nothing in the untouched run.
    pub interventions: &'a [Intervention],
    /// Of a changed run, the prediction without the changes.
    pub untouched_prediction: Option<&'a Prediction>,
}

/// One line for each head, destination and source of each slice: RFC 4180, lines ended by CRLF. Destination and source
/// are named by the position of their first token, and by its pieces. Each line names the model by the hash of its
/// weights, so that lines of several files can be put together. Last come the lines of what is shown `beside` the
/// slices; `true` says that it is of the untouched run and they are of a changed one, and its quantity is called so, as
/// the two differ in nothing else.
///
/// The file comes in parts, to be written one after the other: its heading, then each head. A long text has
/// millions of lines, more than should be in memory at once.
pub fn csv<'a, Slice: Borrow<AttentionSlice> + 'a>(
    analysis: &'a Analysis,
    slices: impl IntoIterator<Item = Slice> + 'a,
    beside: Option<(&'a AttentionSlice, bool)>,
) -> impl Iterator<Item = String> + 'a {
    let origin = ("model_hash", analysis.model_hash.clone());
    lines(TokenEnds::from(&analysis.tokens), origin, slices, beside)
}

/// As [`csv`], of a slice of one text that is compared with another: each line names the text that it is of, and that of
/// a difference the one that is subtracted as well. Last come the lines of what is shown `beside` the slice.
pub fn csv_of_texts<'a>(
    analysis: &'a Analysis,
    other: &'a Analysis,
    slice: &'a AttentionSlice,
    beside: Option<&'a AttentionSlice>,
) -> impl Iterator<Item = String> + 'a {
    let columns = |analysis: &Analysis| format!("{},{}", analysis.model_hash, quoted(&analysis.text));
    let origin = match slice.is_difference() {
        true => (
            "model_hash,text,subtracted_text",
            format!("{},{}", columns(analysis), quoted(&other.text)),
        ),
        false => ("model_hash,text", columns(analysis)),
    };
    let of_slice = lines(TokenEnds::from(&analysis.tokens), origin, [slice], None);
    let of_beside = beside.into_iter().flat_map(move |beside| {
        lines(
            TokenEnds::from(&other.tokens),
            ("", columns(other)),
            [beside],
            None,
        )
        .skip(1)
    });
    of_slice.chain(of_beside)
}

/// The same with other last columns: their headings, and what stands in them.
pub(crate) fn lines<'a, Slice: Borrow<AttentionSlice> + 'a>(
    ends: TokenEnds<'a>,
    (headings, origin): (&'static str, String),
    slices: impl IntoIterator<Item = Slice> + 'a,
    beside: Option<(&'a AttentionSlice, bool)>,
) -> impl Iterator<Item = String> + 'a {
    let heading = format!(
        "layer,head,destination,source,destination_piece,source_piece,quantity,weight,drawn,{headings}\r\n"
    );
    let origin_of_beside = origin.clone();
    let of_beside = beside.into_iter().flat_map(move |(beside, is_other_run)| {
        let suffix = if is_other_run { "-of-untouched-run" } else { "" };
        let origin = origin_of_beside.clone();
        (0..beside.heads().len()).map(move |place| lines_of_head(ends, &origin, beside, place, suffix))
    });
    let of_slice = move |slice: Slice| {
        let (heads, origin) = (slice.borrow().heads().len(), origin.clone());
        (0..heads).map(move |place| lines_of_head(ends, &origin, slice.borrow(), place, ""))
    };
    std::iter::once(heading)
        .chain(slices.into_iter().flat_map(of_slice))
        .chain(of_beside)
}

fn lines_of_head(
    ends: TokenEnds,
    origin: &str,
    slice: &AttentionSlice,
    place: usize,
    suffix: &str,
) -> String {
    let mut csv = String::new();
    let (head, quantity) = (slice.heads()[place], Quantity::of(slice).name());
    let quantity = match slice.subtracted_layer().filter(|layer| *layer != slice.layer()) {
        Some(layer) => format!("{quantity}-from-layer-{layer}"),
        None => format!("{quantity}{suffix}"),
    };
    for (row, from) in slice.destinations().iter().enumerate() {
        for (column, to) in slice.sources().iter().enumerate() {
            // Writing to a String cannot fail.
            let _ = write!(
                csv,
                "{},{head},{},{},{},{},{},{},{},{origin}\r\n",
                slice.layer(),
                from.first,
                to.first,
                quoted(&pieces(ends.destinations, from)),
                quoted(&pieces(ends.sources, to)),
                quantity,
                exact(slice.weight(place, row, column)),
                slice.is_drawn(place, row, column),
            );
        }
    }
    csv
}

/// The pieces of a unit as the vocabulary has them.
fn pieces(tokens: &[Token], unit: &Unit) -> String {
    let tokens = tokens.get(unit.positions()).unwrap_or_default();
    let pieces: Vec<&str> = tokens.iter().map(|token| token.piece.as_str()).collect();
    pieces.join(" ")
}

/// A name for the files of a picture, without an ending: the exhibit, the sentence as far as it fits, the layer if it
/// is of one, what is taken for attention if that is not attention itself, and the heads if not all of the model's are
/// drawn.
pub fn file_name(analysis: &Analysis, model: &ModelInfo, slices: &[AttentionSlice]) -> String {
    name_of_slices(words_of_text(analysis), model.heads, slices)
}

/// The name of files of slices of layers that have so many heads, with words in it that each have a hyphen before them.
pub(crate) fn name_of_slices(words: String, heads_of_layer: usize, slices: &[AttentionSlice]) -> String {
    let mut name = format!("vitrine-attention{words}");
    if let [slice] = slices {
        name = format!("{name}-layer-{}", slice.layer());
    }
    let first = slices.first();
    let variant = first.map(AttentionSlice::variant).unwrap_or_default();
    if variant != AttentionVariant::Raw {
        name = format!("{name}-{}", variant.name());
    }
    let heads = first.map_or(&[][..], AttentionSlice::heads);
    if (1..heads_of_layer).contains(&heads.len()) && !variant.joins_heads() {
        let heads: Vec<String> = heads.iter().map(HeadIdx::to_string).collect();
        name = format!("{name}-head-{}", heads.join("-"));
    }
    name
}

/// The name of the files of a picture that is compared with another text.
pub fn file_name_of_texts(name: &str, other: &Analysis, is_difference: bool) -> String {
    let way = if is_difference { "minus" } else { "beside" };
    format!("{name}-{way}-text{}", words_of_text(other))
}

pub(crate) fn words_of_text(analysis: &Analysis) -> String {
    words_in_name(&analysis.text)
}

/// The words of a text as far as they fit into the name of a file, each with a hyphen before it.
pub(crate) fn words_in_name(text: &str) -> String {
    const MOST_CHARACTERS_OF_TEXT: usize = 40;
    let words = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase);
    let mut name = String::new();
    let mut room = MOST_CHARACTERS_OF_TEXT;
    for word in words {
        let Some(left) = room.checked_sub(word.chars().count() + 1) else {
            break;
        };
        room = left;
        name = format!("{name}-{word}");
    }
    name
}

pub(crate) fn quoted(field: &str) -> String {
    if field.contains(['"', ',', '\r', '\n']) || field.starts_with(char::is_whitespace) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

/// The value of `format` in such a file.
pub(crate) const FORMAT: &str = "vitrine-attention";
/// The value of `version`.
pub(crate) const VERSION: u32 = 3;

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    origin: Origin,
    model: &'a ModelInfo,
    settings: DocumentSettings<'a>,
    text: &'a str,
    pair: Option<&'a str>,
    notices: &'a [Notice],
    tokens: &'a [Token],
    prediction: Option<&'a Prediction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    untouched_prediction: Option<&'a Prediction>,
    attention: Vec<HeadRows>,
    #[serde(skip_serializing_if = "Option::is_none")]
    beside: Option<Beside<'a>>,
}

#[derive(Serialize)]
pub(crate) struct Beside<'a> {
    run: &'static str,
    #[serde(flatten)]
    of_text: Option<BesideOfText<'a>>,
    attention: Vec<HeadRows>,
}

/// What is said of another text, and of rows and columns that stand for its tokens.
#[derive(Serialize)]
struct BesideOfText<'a> {
    text: &'a str,
    tokens: &'a [Token],
    prediction: Option<&'a Prediction>,
    destinations: Vec<Vec<usize>>,
    sources: Vec<Vec<usize>>,
}

impl<'a> Beside<'a> {
    pub(crate) fn new(settings: &Settings<'a>) -> Option<Beside<'a>> {
        settings.beside.map(|(slice, run)| Beside {
            run: run.name(),
            of_text: settings.other_text.map(|other| BesideOfText {
                text: &other.text,
                tokens: &other.tokens,
                prediction: other.prediction.as_ref(),
                destinations: positions(slice.destinations()),
                sources: positions(slice.sources()),
            }),
            attention: rows_of_heads(std::slice::from_ref(slice)),
        })
    }
}

/// The positions of the tokens that each unit stands for.
fn positions(units: &[Unit]) -> Vec<Vec<usize>> {
    units.iter().map(|unit| unit.positions().collect()).collect()
}

/// The settings as they stand in a file.
#[derive(Serialize)]
pub(crate) struct DocumentSettings<'a> {
    quantity: Quantity,
    layers: Vec<LayerIdx>,
    /// Of a difference between layers, the one that is subtracted.
    #[serde(skip_serializing_if = "Option::is_none")]
    subtracted_layer: Option<LayerIdx>,
    /// Of a difference between texts, the one that is subtracted.
    #[serde(skip_serializing_if = "Option::is_none")]
    subtracted_text: Option<&'a str>,
    heads: &'a [HeadIdx],
    drawing: Drawing,
    options: AttentionOptions,
    run: &'static str,
    interventions: &'a [Intervention],
    selected: Vec<Position>,
    side: Option<&'static str>,
    /// The positions of the tokens that each row stands for.
    destinations: Vec<Vec<usize>>,
    /// The positions of the tokens that each column stands for.
    sources: Vec<Vec<usize>>,
}

/// The weights of a head as they stand in a file.
#[derive(Serialize)]
pub(crate) struct HeadRows {
    layer: LayerIdx,
    head: HeadIdx,
    /// `[destination][source]`.
    weights: Vec<Vec<f32>>,
}

/// Everything that the picture was drawn from, as one JSON object on one line.
///
/// # Errors
/// If a number cannot be written, which serde_json reports; finite numbers always can.
pub fn json(
    analysis: &Analysis,
    model: &ModelInfo,
    settings: &Settings,
) -> Result<String, serde_json::Error> {
    let document = Document {
        format: FORMAT,
        version: VERSION,
        origin: settings.origin,
        model,
        settings: DocumentSettings::new(settings),
        text: &analysis.text,
        pair: analysis.pair.as_deref(),
        notices: &analysis.notices,
        tokens: &analysis.tokens,
        prediction: analysis.prediction.as_ref(),
        untouched_prediction: settings.untouched_prediction,
        attention: rows_of_heads(settings.slices),
        beside: Beside::new(settings),
    };
    serde_json::to_string(&document)
}

impl<'a> DocumentSettings<'a> {
    pub(crate) fn new(settings: &Settings<'a>) -> DocumentSettings<'a> {
        let first = settings.slices.first();
        let selection = settings.selection;
        DocumentSettings {
            quantity: first.map(Quantity::of).unwrap_or_default(),
            layers: settings.slices.iter().map(AttentionSlice::layer).collect(),
            subtracted_layer: first.and_then(|slice| {
                let layer = slice.subtracted_layer();
                layer.filter(|layer| *layer != slice.layer())
            }),
            subtracted_text: settings
                .other_text
                .filter(|_| first.is_some_and(AttentionSlice::is_difference))
                .map(|other| other.text.as_str()),
            heads: first.map_or(&[], AttentionSlice::heads),
            drawing: settings.drawing,
            options: settings.options,
            run: settings.run.name(),
            interventions: settings.interventions,
            selected: selection.map_or_else(Vec::new, |selection| {
                selection.positions.iter().copied().collect()
            }),
            side: selection.map(|selection| match selection.side {
                Side::Destination => "destination",
                Side::Source => "source",
            }),
            destinations: first.map_or_else(Vec::new, |slice| positions(slice.destinations())),
            sources: first.map_or_else(Vec::new, |slice| positions(slice.sources())),
        }
    }
}

/// The weights of all heads of slices.
pub(crate) fn rows_of_heads(slices: &[AttentionSlice]) -> Vec<HeadRows> {
    let rows = |slice: &AttentionSlice, (place, head): (usize, &HeadIdx)| HeadRows {
        layer: slice.layer(),
        head: *head,
        weights: (0..slice.destinations().len())
            .map(|row| {
                (0..slice.sources().len())
                    .map(|column| slice.weight(place, row, column))
                    .collect()
            })
            .collect(),
    };
    let of_slice = |slice: &AttentionSlice| -> Vec<HeadRows> {
        let heads = slice.heads().iter().enumerate();
        heads.map(|head| rows(slice, head)).collect()
    };
    slices.iter().flat_map(of_slice).collect()
}

#[cfg(test)]
#[path = "export_tests.rs"]
mod tests;
