//! The numbers of the neuron view as a file.

use std::fmt::Write;

use serde::Serialize;
use vitrine_record::{Analysis, HeadComputation, Intervention, ModelInfo, Token};

use super::{Grid, RowOf, Step, grids};
use crate::{
    export::{Origin, quoted, words_of_text},
    number::exact,
};

/// One line for each number of each step: RFC 4180, lines ended by CRLF. `row` is a token's position, a head's number
/// or a dimension of the head's output, whichever the quantity has rows of; `column` is a dimension. Each line names
/// the model by the hash of its weights, so that lines of several files can be put together.
///
/// The file comes in parts, to be written one after the other: its heading, then each step. There are no lines if the
/// computation is not [consistent](HeadComputation::is_consistent).
pub fn csv<'a>(
    computation: &'a HeadComputation,
    analysis: &'a Analysis,
) -> impl Iterator<Item = String> + use<'a> {
    let heading = String::from("layer,head,destination,step,quantity,row,piece,column,value,model_hash\r\n");
    let steps: &[Step] = if computation.is_consistent() {
        &Step::ALL
    } else {
        &[]
    };
    let of_step = move |step: &Step| {
        let mut csv = String::new();
        for grid in grids(computation, *step) {
            write_grid(&mut csv, &grid, *step, computation, analysis);
        }
        csv
    };
    std::iter::once(heading).chain(steps.iter().map(of_step))
}

fn write_grid(csv: &mut String, grid: &Grid, step: Step, computation: &HeadComputation, analysis: &Analysis) {
    let HeadComputation {
        layer,
        head,
        destination,
        ..
    } = computation;
    for (place, row) in grid.rows.iter().enumerate() {
        let (index, piece) = match row.of {
            RowOf::Token(token) => {
                let piece = analysis.tokens.get(token.0).map(|token| quoted(&token.piece));
                (token.to_string(), piece.unwrap_or_default())
            }
            RowOf::Head(head) => (head.to_string(), String::new()),
            RowOf::Dimension(dimension) => (dimension.to_string(), String::new()),
            RowOf::Whole => Default::default(),
        };
        let (quantity, number) = (row.quantity.name(), step.number());
        for (column, value) in grid.row(place).iter().enumerate() {
            let column = if step.is_one_number() {
                String::new()
            } else {
                column.to_string()
            };
            // Writing to a String cannot fail.
            let _ = write!(
                csv,
                "{layer},{head},{destination},{number},{quantity},{index},{piece},{column},{},{}\r\n",
                exact(*value),
                analysis.model_hash,
            );
        }
    }
}

/// A name for the files of a neuron view, without an ending: the view, the sentence as far as it fits, the layer, the
/// head and the token that asks.
pub fn file_name(computation: &HeadComputation, analysis: &Analysis) -> String {
    format!(
        "vitrine-neurons{}-layer-{}-head-{}-token-{}",
        words_of_text(analysis),
        computation.layer,
        computation.head,
        computation.destination,
    )
}

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    origin: Origin,
    model: &'a ModelInfo,
    text: &'a str,
    pair: Option<&'a str>,
    tokens: &'a [Token],
    interventions: &'a [Intervention],
    computation: &'a HeadComputation,
}

/// All numbers of the computation, and what it is of, as one JSON object on one line. Matrices are row-major; the
/// documentation of [`HeadComputation`] has their shapes. `interventions` are the changes to the run that it was computed
/// in.
///
/// # Errors
/// If a number cannot be written, which serde_json reports. The −∞ of a hidden key is written as null.
pub fn json(
    computation: &HeadComputation,
    analysis: &Analysis,
    model: &ModelInfo,
    origin: Origin,
    interventions: &[Intervention],
) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Document {
        format: "vitrine-head-computation",
        version: 2,
        origin,
        model,
        text: &analysis.text,
        pair: analysis.pair.as_deref(),
        tokens: &analysis.tokens,
        interventions,
        computation,
    })
}

#[cfg(test)]
mod tests {
    use vitrine_record::{LayerIdx, Position};

    use super::*;
    use crate::{fixture::uneven, neuron_view::fixture};

    #[test]
    fn csv_has_each_number_once_and_reads_back_to_the_same_bits() {
        let (computation, analysis) = (fixture::computation(4, 3, 2), uneven(2));
        let written: String = csv(&computation, &analysis).collect();
        let mut reader = csv::Reader::from_reader(written.as_bytes());
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let of = |quantity: &str, step: &str| -> Vec<f32> {
            let records = records.iter();
            let matching = records.filter(|record| &record[4] == quantity && &record[3] == step);
            matching.map(|record| record[8].parse().unwrap()).collect()
        };
        let check = |quantity: &str, step: &str, expect: &[f32]| {
            let bits = |numbers: &[f32]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&of(quantity, step)), bits(expect), "{quantity}");
        };
        check("query", "1", &computation.query);
        check("key", "2", &computation.keys);
        check("score", "4", &computation.scores);
        check("probability", "5", &computation.probabilities);
        check("value", "6", &computation.values);
        check("head_output", "7", &computation.head_output);
        check("output_weight", "8", &computation.output_weight);
        check("contribution", "9", &computation.contributions);
        check("residual", "10", &computation.residual);
        check("normalised", "11", &computation.normalised);
        let key = records.iter().find(|record| &record[4] == "key").unwrap();
        assert_eq!((&key[5], &key[6], &key[7]), ("0", "[CLS]", "0"));
    }

    #[test]
    fn a_computation_that_is_not_consistent_has_no_lines() {
        let mut computation = fixture::computation(4, 3, 2);
        computation.values.pop();
        assert_eq!(csv(&computation, &uneven(2)).count(), 1);
    }

    #[test]
    fn a_file_is_named_after_what_it_shows() {
        assert_eq!(
            file_name(&fixture::computation(4, 3, 2), &uneven(2)),
            "vitrine-neurons-cls-good-film-sep-layer-0-head-0-token-0"
        );
    }

    #[test]
    fn json_has_the_computation_and_says_of_what() {
        let computation = fixture::computation(4, 3, 2);
        let hidden = [Intervention::HideKey {
            layer: LayerIdx(0),
            key: Position(1),
        }];
        let model = crate::fixture::model(2);
        let written = json(&computation, &uneven(2), &model, Origin::Live, &hidden).unwrap();
        let read: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read["tokens"][1]["piece"], "good");
        assert_eq!(read["interventions"][0]["HideKey"]["key"], 1);
        let again: HeadComputation = serde_json::from_value(read["computation"].clone()).unwrap();
        assert_eq!(again, computation);
    }
}
