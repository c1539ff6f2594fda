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
    beside: Option<Beside>,
}

#[derive(Serialize)]
pub(crate) struct Beside {
    run: &'static str,
    attention: Vec<HeadRows>,
}

impl Beside {
    pub(crate) fn new(settings: &Settings) -> Option<Beside> {
        settings.beside.map(|(slice, run)| Beside {
            run: run.name(),
            attention: rows_of_heads(std::slice::from_ref(slice)),
        })
    }
}

/// The settings as they stand in a file.
#[derive(Serialize)]
pub(crate) struct DocumentSettings<'a> {
    quantity: Quantity,
    layers: Vec<LayerIdx>,
    /// Of a difference between layers, the one that is subtracted.
    #[serde(skip_serializing_if = "Option::is_none")]
    subtracted_layer: Option<LayerIdx>,
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
        let positions = |units: &[Unit]| units.iter().map(|unit| unit.positions().collect()).collect();
        let selection = settings.selection;
        DocumentSettings {
            quantity: first.map(Quantity::of).unwrap_or_default(),
            layers: settings.slices.iter().map(AttentionSlice::layer).collect(),
            subtracted_layer: first.and_then(|slice| {
                let layer = slice.subtracted_layer();
                layer.filter(|layer| *layer != slice.layer())
            }),
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
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use vitrine_record::Percent;

    use super::*;
    use crate::fixture;

    fn of_heads(analysis: &Analysis, heads: Option<&[usize]>) -> AttentionSlice {
        let heads: Option<BTreeSet<_>> = heads.map(|heads| heads.iter().copied().map(HeadIdx).collect());
        fixture::slice(analysis, LayerIdx(0), heads.as_ref(), AttentionOptions::default())
    }

    proptest! {
        #[test]
        fn csv_reads_back_to_the_same_bits(
            pieces in proptest::collection::vec(".{1,5}", 1..4), seed in 1u32..9999,
        ) {
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            let attention = fixture::layer(2, pieces.len(), |head, row, column| {
                ((head * 31 + row * 17 + column * 7) as f32 * seed as f32).sin().abs() + 1e-4
            });
            let analysis = fixture::analysis(&pieces, attention.clone());
            let slice = fixture::whole(&analysis);
            let written: String = csv(&analysis, [&slice], None).collect();
            let mut reader = csv::Reader::from_reader(written.as_bytes());
            let mut lines = 0;
            for record in reader.records() {
                let record = record.unwrap();
                let at = |column: usize| record[column].parse::<usize>().unwrap();
                let value: f32 = record[7].parse().unwrap();
                prop_assert_eq!(value.to_bits(), attention.at(at(1), at(2), at(3)).to_bits());
                prop_assert_eq!(&record[4], pieces[at(2)]);
                prop_assert_eq!(&record[5], pieces[at(3)]);
                lines += 1;
            }
            prop_assert_eq!(lines, 2 * pieces.len() * pieces.len());
        }
    }

    #[test]
    fn json_says_what_it_was_drawn_from() {
        let attention = fixture::layer(3, 2, |head, row, column| (1 + head + row + 3 * column) as f32);
        let analysis = fixture::analysis(&["[CLS]", "[SEP]"], attention.clone());
        let slice = of_heads(&analysis, Some(&[2]));
        let settings = Settings {
            slices: std::slice::from_ref(&slice),
            beside: None,
            options: AttentionOptions::default(),
            drawing: Drawing::HeatMap,
            selection: Some(&fixture::selected(1, Side::Source)),
            origin: Origin::Recorded,
            run: Run::Changed,
            interventions: &[Intervention::HideKey {
                layer: LayerIdx(0),
                key: Position(1),
            }],
            untouched_prediction: Some(&Prediction {
                logits: vec![1.0, -1.0],
                probabilities: vec![0.88, 0.12],
            }),
        };
        let written = json(&analysis, &fixture::model(3), &settings).unwrap();
        let read: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read["model"]["hash"], "0".repeat(64));
        assert_eq!(read["origin"], "recorded");
        assert_eq!(read["settings"]["layers"], serde_json::json!([0]));
        assert_eq!(read["settings"]["heads"], serde_json::json!([2]));
        assert_eq!(read["settings"]["quantity"], "attention");
        assert_eq!(
            (&read["attention"][0]["layer"], &read["attention"][0]["head"]),
            (&0.into(), &2.into())
        );
        let value = read["attention"][0]["weights"][1][0].as_f64().unwrap() as f32;
        assert_eq!(value.to_bits(), attention.at(2, 1, 0).to_bits());
        assert_eq!(read["prediction"]["logits"][0], -0.5);
        assert_eq!(read["settings"]["run"], "changed");
        assert_eq!(read["settings"]["interventions"][0]["HideKey"]["key"], 1);
        assert_eq!(read["untouched_prediction"]["logits"][0], 1.0);
        assert_eq!(read["settings"]["selected"], serde_json::json!([1]));
        assert_eq!(read["settings"]["sources"], serde_json::json!([[0], [1]]));
    }

    #[test]
    fn a_file_is_named_after_what_it_shows() {
        let check = |text: &str, heads: Option<&[usize]>, expect: &str| {
            let mut analysis = fixture::analysis(&["a", "b"], fixture::layer(3, 2, |_, _, _| 1.0));
            analysis.text = text.to_owned();
            let slice = of_heads(&analysis, heads);
            assert_eq!(file_name(&analysis, &fixture::model(3), &[slice]), expect);
        };
        check("Not a bad film", None, "vitrine-attention-not-a-bad-film-layer-0");
        check(
            " ../İyi: “film”? ",
            Some(&[0, 2]),
            "vitrine-attention-i\u{307}yi-film-layer-0-head-0-2",
        );
        check(
            &"ab ".repeat(40),
            None,
            &format!("vitrine-attention{}-layer-0", "-ab".repeat(13)),
        );
        check(&"a".repeat(60), Some(&[1]), "vitrine-attention-layer-0-head-1");
        check("", None, "vitrine-attention-layer-0");
        let analysis = fixture::uneven(3);
        let slices = [of_heads(&analysis, None), of_heads(&analysis, None)];
        let name = "vitrine-attention-cls-good-film-sep";
        assert_eq!(file_name(&analysis, &fixture::model(3), &slices), name);
        assert_eq!(file_name(&analysis, &fixture::model(3), &[]), name);
        let weighted = AttentionSlice::of_variant(
            AttentionVariant::ValueWeighted,
            &analysis.attention[0],
            &analysis.tokens,
            Some(&BTreeSet::from([HeadIdx(1)])),
            &AttentionOptions::default(),
        );
        let name = "vitrine-attention-cls-good-film-sep-layer-0-value-weighted-head-1";
        assert_eq!(
            file_name(&analysis, &fixture::model(3), &[weighted.unwrap()]),
            name
        );
    }

    #[test]
    fn several_layers_follow_each_other_below_one_heading() {
        let mut analysis = fixture::uneven(2);
        let mut above = analysis.attention[0].clone();
        above.layer = LayerIdx(1);
        analysis.attention.push(above);
        let options = AttentionOptions::default();
        let rollout = |attention| {
            let (variant, tokens) = (AttentionVariant::Rollout, &analysis.tokens);
            AttentionSlice::of_variant(variant, attention, tokens, None, &options).unwrap()
        };
        let slices: Vec<AttentionSlice> = analysis.attention.iter().map(rollout).collect();
        let written: String = csv(&analysis, &slices, None).collect();
        let mut reader = csv::Reader::from_reader(written.as_bytes());
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), 2 * 2 * 16);
        for (index, record) in records.iter().enumerate() {
            assert_eq!(record[0], (index / 32).to_string());
            assert_eq!(record[1], (index / 16 % 2).to_string());
            assert_eq!(&record[6], "rollout");
        }
        let settings = Settings {
            slices: &slices,
            beside: None,
            options,
            drawing: Drawing::Lines,
            selection: None,
            origin: Origin::Live,
            run: Run::Untouched,
            interventions: &[],
            untouched_prediction: None,
        };
        let written = json(&analysis, &fixture::model(2), &settings).unwrap();
        let read: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read["settings"]["layers"], serde_json::json!([0, 1]));
        assert_eq!(read["settings"]["quantity"], "rollout");
        let heads = read["attention"].as_array().unwrap().iter();
        let places: Vec<_> = heads
            .map(|head| (head["layer"].as_u64().unwrap(), head["head"].as_u64().unwrap()))
            .collect();
        assert_eq!(places, [(0, 0), (0, 1), (1, 0), (1, 1)]);
    }

    #[test]
    fn what_stands_beside_a_picture_is_in_its_files_and_told_apart() {
        let analysis = fixture::uneven(2);
        let mut above = analysis.attention[0].clone();
        above.layer = LayerIdx(3);
        let options = AttentionOptions::default();
        let [slice, other] = [&analysis.attention[0], &above]
            .map(|attention| AttentionSlice::new(attention, &analysis.tokens, None, &options).unwrap());
        let last = |is_other_run| {
            csv(&analysis, [&slice], Some((&other, is_other_run)))
                .last()
                .unwrap()
        };
        let head = other.heads().len() - 1;
        assert!(last(false).starts_with(&format!("3,{head},0,0,[CLS],[CLS],attention,")));
        assert!(last(true).starts_with(&format!("3,{head},0,0,[CLS],[CLS],attention-of-untouched-run,")));
        let difference = AttentionSlice::difference(&slice, &other, &options).unwrap();
        let part = csv(&analysis, [&difference], None).nth(1).unwrap();
        assert!(
            part.starts_with("3,0,0,0,[CLS],[CLS],difference-from-layer-0,0,"),
            "{part}"
        );
        let written = |slices, beside| {
            let settings = Settings {
                slices,
                beside,
                options,
                drawing: Drawing::Lines,
                selection: None,
                origin: Origin::Live,
                run: Run::Both,
                interventions: &[],
                untouched_prediction: None,
            };
            let written = json(&analysis, &fixture::model(2), &settings).unwrap();
            serde_json::from_str::<serde_json::Value>(&written).unwrap()
        };
        let both = written(std::slice::from_ref(&slice), Some((&other, Run::Untouched)));
        assert_eq!(both["beside"]["run"], "untouched");
        assert_eq!(both["beside"]["attention"][1]["layer"], 3);
        assert!(both["settings"].get("subtracted_layer").is_none());
        let minus = written(std::slice::from_ref(&difference), None);
        assert_eq!(minus["settings"]["subtracted_layer"], 0);
        assert!(minus.get("beside").is_none());
    }

    #[test]
    fn the_csv_has_a_part_for_each_head_and_says_what_is_drawn() {
        let attention = fixture::layer(3, 2, |head, row, column| (1 + head + row + 5 * column) as f32);
        let analysis = fixture::analysis(&["a", "##b"], attention);
        let slice = of_heads(&analysis, Some(&[0, 2]));
        let parts: Vec<String> = csv(&analysis, [&slice], None).collect();
        assert_eq!(parts.len(), 3);
        assert!(parts[0].ends_with(",weight,drawn,model_hash\r\n"));
        let difference = AttentionSlice::difference(&slice, &slice, &AttentionOptions::default()).unwrap();
        let part = csv(&analysis, [&difference], None).nth(1).unwrap();
        assert!(part.starts_with("0,0,0,0,a,a,difference,0,"), "{part}");
        assert!(parts[1].starts_with("0,0,0,0,a,a,") && parts[2].starts_with("0,2,0,0,a,a,"));
        assert!(parts[1..].iter().all(|part| part.lines().count() == 4));
        let options = AttentionOptions {
            top_p: Percent(50),
            ..AttentionOptions::default()
        };
        let few = fixture::slice(&analysis, LayerIdx(0), None, options);
        let drawn = csv(&analysis, [&few], None)
            .skip(1)
            .map(|part| part.matches(",true,").count());
        assert_eq!(drawn.sum::<usize>(), 3 * 4 - few.not_drawn());
        let options = AttentionOptions {
            merge_words: true,
            ..AttentionOptions::default()
        };
        let merged = fixture::slice(&analysis, LayerIdx(0), None, options);
        assert!(
            csv(&analysis, [&merged], None)
                .nth(1)
                .unwrap()
                .starts_with("0,0,0,0,a ##b,a ##b,attention,1")
        );
    }
}
