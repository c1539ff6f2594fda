//! The numbers behind a picture as files: full precision, ASCII numbers, the model's hash and the settings.

use std::fmt::Write;

use serde::Serialize;
use vitrine_attention::{AttentionSlice, Unit};
use vitrine_record::{
    Analysis, AttentionOptions, AttentionVariant, Drawing, HeadIdx, LayerIdx, ModelInfo, Notice, Position,
    Prediction, Side, Token,
};

use crate::{Selection, number::exact};

/// When the numbers were computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Earlier: they are the example that the page carries with it.
    Recorded,
    /// Just now, by the model in the tab.
    Live,
}

/// What was looked at when a file was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings<'a> {
    /// The weights that are on the screen.
    pub slice: &'a AttentionSlice,
    /// What they were made from.
    pub options: AttentionOptions,
    /// How they were drawn.
    pub drawing: Drawing,
    /// The tokens that were selected.
    pub selection: Option<&'a Selection>,
    /// When it was computed.
    pub origin: Origin,
}

/// One line for each head, destination and source of the slice: RFC 4180, lines ended by CRLF. Destination and source
/// are named by the position of their first token, and by its pieces. Each line says what is taken for attention, and
/// names the model by the hash of its weights, so that lines of several files can be put together.
///
/// The file comes in parts, to be written one after the other: its heading, then each head. A long text has
/// millions of lines, more than should be in memory at once.
pub fn csv<'a>(analysis: &'a Analysis, slice: &'a AttentionSlice) -> impl Iterator<Item = String> + use<'a> {
    let heading = String::from(
        "layer,head,destination,source,destination_piece,source_piece,attention,weight,drawn,model_hash\r\n",
    );
    let of_head = move |(place, head): (usize, &HeadIdx)| {
        let mut csv = String::new();
        for (row, from) in slice.destinations().iter().enumerate() {
            for (column, to) in slice.sources().iter().enumerate() {
                // Writing to a String cannot fail.
                let _ = write!(
                    csv,
                    "{},{head},{},{},{},{},{},{},{},{}\r\n",
                    slice.layer(),
                    from.first,
                    to.first,
                    quoted(&pieces(analysis, from)),
                    quoted(&pieces(analysis, to)),
                    slice.variant().name(),
                    exact(slice.weight(place, row, column)),
                    slice.is_drawn(place, row, column),
                    analysis.model_hash,
                );
            }
        }
        csv
    };
    std::iter::once(heading).chain(slice.heads().iter().enumerate().map(of_head))
}

/// The pieces of a unit as the vocabulary has them.
fn pieces(analysis: &Analysis, unit: &Unit) -> String {
    let tokens = analysis.tokens.get(unit.positions()).unwrap_or_default();
    let pieces: Vec<&str> = tokens.iter().map(|token| token.piece.as_str()).collect();
    pieces.join(" ")
}

/// A name for the files of a picture, without an ending: the exhibit, the sentence as far as it fits, the layer, and
/// the heads if not all of the model's are drawn.
pub fn file_name(analysis: &Analysis, model: &ModelInfo, slice: &AttentionSlice) -> String {
    let mut name = format!(
        "vitrine-attention{}-layer-{}",
        words_of_text(analysis),
        slice.layer()
    );
    if slice.variant() != AttentionVariant::Raw {
        name = format!("{name}-{}", slice.variant().name());
    }
    if slice.heads().len() < model.heads && !slice.variant().joins_heads() {
        let heads: Vec<String> = slice.heads().iter().map(HeadIdx::to_string).collect();
        name = format!("{name}-head-{}", heads.join("-"));
    }
    name
}

/// The words of the text as far as they fit into the name of a file, each with a hyphen before it.
pub(crate) fn words_of_text(analysis: &Analysis) -> String {
    const MOST_CHARACTERS_OF_TEXT: usize = 40;
    let words = analysis
        .text
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
    attention: Vec<HeadRows>,
}

#[derive(Serialize)]
struct DocumentSettings<'a> {
    layer: LayerIdx,
    heads: &'a [HeadIdx],
    drawing: Drawing,
    /// What is taken for attention.
    attention: AttentionVariant,
    options: AttentionOptions,
    selected: Vec<Position>,
    side: Option<&'static str>,
    /// The positions of the tokens that each row stands for.
    destinations: Vec<Vec<usize>>,
    /// The positions of the tokens that each column stands for.
    sources: Vec<Vec<usize>>,
}

#[derive(Serialize)]
struct HeadRows {
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
    let slice = settings.slice;
    let rows = |(place, head): (usize, &HeadIdx)| HeadRows {
        head: *head,
        weights: (0..slice.destinations().len())
            .map(|row| {
                (0..slice.sources().len())
                    .map(|column| slice.weight(place, row, column))
                    .collect()
            })
            .collect(),
    };
    let positions = |units: &[Unit]| units.iter().map(|unit| unit.positions().collect()).collect();
    let selection = settings.selection;
    let document = Document {
        format: "vitrine-attention",
        version: 2,
        origin: settings.origin,
        model,
        settings: DocumentSettings {
            layer: slice.layer(),
            heads: slice.heads(),
            drawing: settings.drawing,
            attention: slice.variant(),
            options: settings.options,
            selected: selection.map_or_else(Vec::new, |selection| {
                selection.positions.iter().copied().collect()
            }),
            side: selection.map(|selection| match selection.side {
                Side::Destination => "destination",
                Side::Source => "source",
            }),
            destinations: positions(slice.destinations()),
            sources: positions(slice.sources()),
        },
        text: &analysis.text,
        pair: analysis.pair.as_deref(),
        notices: &analysis.notices,
        tokens: &analysis.tokens,
        prediction: analysis.prediction.as_ref(),
        attention: slice.heads().iter().enumerate().map(rows).collect(),
    };
    serde_json::to_string(&document)
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
            let written: String = csv(&analysis, &slice).collect();
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
            slice: &slice,
            options: AttentionOptions::default(),
            drawing: Drawing::HeatMap,
            selection: Some(&fixture::selected(1, Side::Source)),
            origin: Origin::Recorded,
        };
        let written = json(&analysis, &fixture::model(3), &settings).unwrap();
        let read: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read["model"]["hash"], "0".repeat(64));
        assert_eq!(read["origin"], "recorded");
        assert_eq!(read["settings"]["heads"], serde_json::json!([2]));
        let value = read["attention"][0]["weights"][1][0].as_f64().unwrap() as f32;
        assert_eq!(value.to_bits(), attention.at(2, 1, 0).to_bits());
        assert_eq!(read["prediction"]["logits"][0], -0.5);
        assert_eq!(read["settings"]["selected"], serde_json::json!([1]));
        assert_eq!(read["settings"]["sources"], serde_json::json!([[0], [1]]));
    }

    #[test]
    fn a_file_is_named_after_what_it_shows() {
        let check = |text: &str, heads: Option<&[usize]>, expect: &str| {
            let mut analysis = fixture::analysis(&["a", "b"], fixture::layer(3, 2, |_, _, _| 1.0));
            analysis.text = text.to_owned();
            let slice = of_heads(&analysis, heads);
            assert_eq!(file_name(&analysis, &fixture::model(3), &slice), expect);
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
    }

    #[test]
    fn the_csv_has_a_part_for_each_head_and_says_what_is_drawn() {
        let attention = fixture::layer(3, 2, |head, row, column| (1 + head + row + 5 * column) as f32);
        let analysis = fixture::analysis(&["a", "##b"], attention);
        let slice = of_heads(&analysis, Some(&[0, 2]));
        let parts: Vec<String> = csv(&analysis, &slice).collect();
        assert_eq!(parts.len(), 3);
        assert!(parts[0].ends_with(",model_hash\r\n"));
        assert!(parts[1].starts_with("0,0,0,0,a,a,") && parts[2].starts_with("0,2,0,0,a,a,"));
        assert!(parts[1..].iter().all(|part| part.lines().count() == 4));
        let options = AttentionOptions {
            top_p: Percent(50),
            ..AttentionOptions::default()
        };
        let few = fixture::slice(&analysis, LayerIdx(0), None, options);
        let drawn = csv(&analysis, &few)
            .skip(1)
            .map(|part| part.matches(",true,").count());
        assert_eq!(drawn.sum::<usize>(), 3 * 4 - few.not_drawn());
        let options = AttentionOptions {
            merge_words: true,
            ..AttentionOptions::default()
        };
        let merged = fixture::slice(&analysis, LayerIdx(0), None, options);
        assert!(
            csv(&analysis, &merged)
                .nth(1)
                .unwrap()
                .starts_with("0,0,0,0,a ##b,a ##b,raw,1")
        );
    }
}
