//! What a drawing found, as files.

use std::{collections::BTreeSet, fmt::Write};

use serde::Serialize;
use vitrine_record::{Analysis, HeadIdx, LayerIdx, ModelInfo};

/// The heads of a text by how much of their attention falls on a drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct TemplateMatches<'a> {
    /// The text with its tokens.
    pub analysis: &'a Analysis,
    /// The model that read it.
    pub model: &'a ModelInfo,
    /// What is drawn between its tokens, `(destination, source)`.
    pub cells: BTreeSet<(usize, usize)>,
    /// Heads, each with the share of its attention, 0 to 1, that falls on the drawing, the largest first.
    pub heads: Vec<(LayerIdx, HeadIdx, f64)>,
}

/// The share of a drawing that attention would have which is spread evenly: the cells that are drawn, of all.
///
/// ```
/// use vitrine_picture::head_survey::evenly_spread;
/// assert_eq!(evenly_spread(2, &[(0, 1)].into()), 0.25);
/// assert_eq!(evenly_spread(0, &[].into()), 0.0);
/// ```
pub fn evenly_spread(tokens: usize, cells: &BTreeSet<(usize, usize)>) -> f64 {
    cells.len() as f64 / (tokens * tokens).max(1) as f64
}

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    model: &'a ModelInfo,
    text: &'a str,
    pair: Option<&'a str>,
    tokens: Vec<&'a str>,
    cells: &'a BTreeSet<(usize, usize)>,
    by_chance: f64,
    heads: Vec<Head>,
}

#[derive(Serialize)]
struct Head {
    layer: LayerIdx,
    head: HeadIdx,
    share: f64,
}

impl TemplateMatches<'_> {
    /// A line for each head: RFC 4180, lines ended by CRLF. Each names the model by the hash of its weights.
    pub fn csv(&self) -> String {
        let mut csv = String::from("layer,head,share,model_hash\r\n");
        for (layer, head, share) in &self.heads {
            // Writing to a String cannot fail.
            let _ = write!(csv, "{layer},{head},{share},{}\r\n", self.analysis.model_hash);
        }
        csv
    }

    /// All shares with the drawing, the text and the model.
    ///
    /// # Errors
    /// None that is known: there is nothing in it that JSON cannot hold.
    pub fn json(&self) -> serde_json::Result<String> {
        let tokens = &self.analysis.tokens;
        let heads = self.heads.iter();
        serde_json::to_string_pretty(&Document {
            format: "vitrine-head-template",
            version: 1,
            model: self.model,
            text: &self.analysis.text,
            pair: self.analysis.pair.as_deref(),
            tokens: tokens.iter().map(|token| token.piece.as_str()).collect(),
            cells: &self.cells,
            by_chance: evenly_spread(tokens.len(), &self.cells),
            heads: heads
                .map(|&(layer, head, share)| Head { layer, head, share })
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn check(test: impl FnOnce(&TemplateMatches<'_>)) {
        let (analysis, model) = (fixture::uneven(2), fixture::model(2));
        test(&TemplateMatches {
            analysis: &analysis,
            model: &model,
            cells: [(1, 0), (2, 1)].into(),
            heads: vec![
                (LayerIdx(0), HeadIdx(1), 1.0 / 3.0),
                (LayerIdx(0), HeadIdx(0), 0.25),
            ],
        });
    }

    #[test]
    fn the_csv_reads_back_to_the_same_bits() {
        check(|found| {
            let csv = found.csv();
            let mut reader = csv::Reader::from_reader(csv.as_bytes());
            assert_eq!(
                reader.headers().unwrap(),
                vec!["layer", "head", "share", "model_hash"]
            );
            let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
            assert_eq!(records.len(), 2);
            assert_eq!((&records[0][0], &records[0][1]), ("0", "1"));
            assert_eq!(records[0][2].parse::<f64>().unwrap(), 1.0 / 3.0);
            assert_eq!(&records[1][3], found.analysis.model_hash);
        });
    }

    #[test]
    fn the_json_has_the_drawing_and_what_it_found() {
        check(|found| {
            let json: serde_json::Value = serde_json::from_str(&found.json().unwrap()).unwrap();
            assert_eq!(json["format"], "vitrine-head-template");
            assert_eq!(json["tokens"], serde_json::json!(fixture::PIECES));
            assert_eq!(json["cells"], serde_json::json!([[1, 0], [2, 1]]));
            assert_eq!(json["by_chance"], 0.125);
            assert_eq!(json["heads"][0]["head"], 1);
            assert_eq!(json["heads"][0]["share"].as_f64(), Some(1.0 / 3.0));
            assert_eq!(json["model"]["id"], found.model.id);
        });
    }
}
