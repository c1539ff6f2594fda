//! The numbers behind a picture as files: full precision, ASCII numbers, the model's hash and the settings.

use std::{collections::BTreeSet, fmt::Write};

use serde::Serialize;
use vitrine_record::{
    Analysis, HeadIdx, LayerAttention, LayerIdx, ModelInfo, Notice, Prediction, Side, Token,
};

use crate::{Focus, head_view::chosen_heads, number::exact};

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
#[derive(Clone, Debug, PartialEq)]
pub struct Settings<'a> {
    /// The layer.
    pub layer: LayerIdx,
    /// The heads that were switched on; `None` means all.
    pub heads: Option<&'a BTreeSet<HeadIdx>>,
    /// The token that was selected.
    pub focus: Option<Focus>,
    /// When it was computed.
    pub origin: Origin,
}

fn heads(analysis: &Analysis, settings: &Settings) -> Vec<HeadIdx> {
    analysis.layer(settings.layer).map_or_else(Vec::new, |attention| {
        chosen_heads(attention, settings.heads).collect()
    })
}

/// One line for each head, destination and source of the layer: RFC 4180, lines ended by CRLF. Each line names
/// the model by the hash of its weights, so that lines of several files can be put together.
///
/// The file comes in parts, to be written one after the other: its heading, then each head. A long text has
/// millions of lines, more than should be in memory at once.
pub fn csv<'a>(analysis: &'a Analysis, settings: &Settings) -> impl Iterator<Item = String> + use<'a> {
    let heading = String::from(
        "layer,head,destination,source,destination_piece,source_piece,probability,model_hash\r\n",
    );
    let pieces: Vec<String> = analysis.tokens.iter().map(|token| quoted(&token.piece)).collect();
    let attention = analysis
        .layer(settings.layer)
        .filter(|_| analysis.is_consistent());
    let heads = heads(analysis, settings);
    let of_head = move |attention: &LayerAttention, head: HeadIdx| {
        let mut csv = String::new();
        for (destination, from) in pieces.iter().enumerate() {
            for (source, to) in pieces.iter().enumerate() {
                // Writing to a String cannot fail.
                let _ = write!(
                    csv,
                    "{},{head},{destination},{source},{from},{to},{},{}\r\n",
                    attention.layer,
                    exact(attention.at(head.0, destination, source)),
                    analysis.model_hash,
                );
            }
        }
        csv
    };
    let parts = attention
        .map(|attention| heads.into_iter().map(move |head| of_head(attention, head)))
        .into_iter()
        .flatten();
    std::iter::once(heading).chain(parts)
}

/// A name for the files of a picture, without an ending: the exhibit, the sentence as far as it fits, the layer, and
/// the heads if not all are drawn.
pub fn file_name(analysis: &Analysis, settings: &Settings) -> String {
    let mut name = format!(
        "vitrine-attention{}-layer-{}",
        words_of_text(analysis),
        settings.layer
    );
    if settings.heads.is_some() {
        let heads: Vec<String> = heads(analysis, settings).iter().map(HeadIdx::to_string).collect();
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
    settings: DocumentSettings,
    text: &'a str,
    pair: Option<&'a str>,
    notices: &'a [Notice],
    tokens: &'a [Token],
    prediction: Option<&'a Prediction>,
    attention: Vec<HeadRows<'a>>,
}

#[derive(Serialize)]
struct DocumentSettings {
    layer: LayerIdx,
    heads: Vec<HeadIdx>,
    token: Option<usize>,
    side: Option<&'static str>,
}

#[derive(Serialize)]
struct HeadRows<'a> {
    head: HeadIdx,
    /// `[destination][source]`.
    probabilities: Vec<&'a [f32]>,
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
    let heads = heads(analysis, settings);
    let layer = analysis
        .layer(settings.layer)
        .filter(|_| analysis.is_consistent());
    let attention = layer.map_or_else(Vec::new, |layer| {
        let rows = |head: &HeadIdx| (0..layer.tokens()).map(|at| layer.row(head.0, at)).collect();
        heads
            .iter()
            .map(|head| HeadRows {
                head: *head,
                probabilities: rows(head),
            })
            .collect()
    });
    let document = Document {
        format: "vitrine-attention",
        version: 1,
        origin: settings.origin,
        model,
        settings: DocumentSettings {
            layer: settings.layer,
            heads,
            token: settings.focus.map(|focus| focus.position.0),
            side: settings.focus.map(|focus| match focus.side {
                Side::Destination => "destination",
                Side::Source => "source",
            }),
        },
        text: &analysis.text,
        pair: analysis.pair.as_deref(),
        notices: &analysis.notices,
        tokens: &analysis.tokens,
        prediction: analysis.prediction.as_ref(),
        attention,
    };
    serde_json::to_string(&document)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixture;

    fn settings(heads: Option<&BTreeSet<HeadIdx>>) -> Settings<'_> {
        Settings {
            layer: LayerIdx(0),
            heads,
            focus: None,
            origin: Origin::Recorded,
        }
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
            let written: String = csv(&analysis, &settings(None)).collect();
            let mut reader = csv::Reader::from_reader(written.as_bytes());
            let mut lines = 0;
            for record in reader.records() {
                let record = record.unwrap();
                let at = |column: usize| record[column].parse::<usize>().unwrap();
                let value: f32 = record[6].parse().unwrap();
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
        let heads = BTreeSet::from([HeadIdx(2)]);
        let written = json(&analysis, &fixture::model(3), &settings(Some(&heads))).unwrap();
        let read: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read["model"]["hash"], "0".repeat(64));
        assert_eq!(read["origin"], "recorded");
        assert_eq!(read["settings"]["heads"], serde_json::json!([2]));
        let value = read["attention"][0]["probabilities"][1][0].as_f64().unwrap() as f32;
        assert_eq!(value.to_bits(), attention.at(2, 1, 0).to_bits());
        assert_eq!(read["prediction"]["logits"][0], -0.5);
    }

    #[test]
    fn a_file_is_named_after_what_it_shows() {
        let check = |text: &str, heads: Option<&[usize]>, expect: &str| {
            let mut analysis = fixture::analysis(&["a", "b"], fixture::layer(3, 2, |_, _, _| 1.0));
            analysis.text = text.to_owned();
            let heads: Option<BTreeSet<_>> = heads.map(|heads| heads.iter().copied().map(HeadIdx).collect());
            assert_eq!(file_name(&analysis, &settings(heads.as_ref())), expect);
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
    fn without_the_layer_the_csv_has_only_its_heading() {
        let analysis = fixture::analysis(&["x"], fixture::layer(1, 1, |_, _, _| 1.0));
        let settings = Settings {
            layer: LayerIdx(3),
            ..settings(None)
        };
        assert_eq!(csv(&analysis, &settings).count(), 1);
    }

    #[test]
    fn the_csv_has_a_part_for_each_head() {
        let attention = fixture::layer(3, 2, |head, row, column| (1 + head + row + column) as f32);
        let analysis = fixture::analysis(&["a", "b"], attention);
        let heads = BTreeSet::from([HeadIdx(0), HeadIdx(2)]);
        let parts: Vec<String> = csv(&analysis, &settings(Some(&heads))).collect();
        assert_eq!(parts.len(), 3);
        assert!(parts[0].ends_with(",model_hash\r\n"));
        assert!(parts[1].starts_with("0,0,0,0,a,a,") && parts[2].starts_with("0,2,0,0,a,a,"));
        assert!(parts[1..].iter().all(|part| part.lines().count() == 4));
    }
}
