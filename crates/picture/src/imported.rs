//! Files of attention that was imported: the same numbers as of a model's, but with the tokens of both ends, and with
//! the part and the name of the import in place of a model.

use std::borrow::Borrow;

use serde::Serialize;
use vitrine_attention::AttentionSlice;
use vitrine_record::{ImportPart, Token};

use crate::{
    TokenEnds,
    export::{
        Beside, DocumentSettings, FORMAT, HeadRows, Settings, VERSION, lines, name_of_slices, quoted,
        rows_of_heads, words_in_name,
    },
};

/// What numbers were imported from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ImportOrigin<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The file; nothing if it was not imported from one.
    pub file: Option<&'a str>,
    /// The hash of the weights of the model that computed it, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_hash: Option<&'a str>,
    /// The part of it.
    pub part: ImportPart,
    /// How many layers the part has.
    pub layers: usize,
    /// How many heads each of them has.
    pub heads: usize,
}

/// As [`csv`](crate::export::csv), its last columns being the part and the name of the import.
pub fn imported_csv<'a, Slice, Slices>(
    origin: &ImportOrigin,
    ends: TokenEnds<'a>,
    slices: Slices,
    beside: Option<(&'a AttentionSlice, bool)>,
) -> impl Iterator<Item = String> + use<'a, Slice, Slices>
where
    Slice: Borrow<AttentionSlice> + 'a,
    Slices: IntoIterator<Item = Slice> + 'a,
{
    let columns = format!("{},{}", origin.part.name(), quoted(origin.name));
    lines(ends, ("part,import", columns), slices, beside)
}

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    origin: crate::export::Origin,
    import: ImportOrigin<'a>,
    settings: DocumentSettings<'a>,
    destination_tokens: Vec<&'a str>,
    source_tokens: Vec<&'a str>,
    attention: Vec<HeadRows>,
    #[serde(skip_serializing_if = "Option::is_none")]
    beside: Option<Beside<'a>>,
}

/// Everything that the picture was drawn from, as one JSON object on one line.
///
/// # Errors
/// If a number cannot be written, which serde_json reports; finite numbers always can.
pub fn imported_json(
    origin: &ImportOrigin,
    ends: TokenEnds,
    settings: &Settings,
) -> Result<String, serde_json::Error> {
    fn pieces(tokens: &[Token]) -> Vec<&str> {
        tokens.iter().map(|token| token.piece.as_str()).collect()
    }
    serde_json::to_string(&Document {
        format: FORMAT,
        version: VERSION,
        origin: settings.origin,
        import: *origin,
        settings: DocumentSettings::new(settings),
        destination_tokens: pieces(ends.destinations),
        source_tokens: pieces(ends.sources),
        attention: rows_of_heads(settings.slices),
        beside: Beside::new(settings),
    })
}

/// As [`file_name`](crate::export::file_name), with the words of the import's name and its part.
pub fn imported_file_name(origin: &ImportOrigin, slices: &[AttentionSlice]) -> String {
    let words = format!("{}-{}", words_in_name(origin.name), origin.part.name());
    name_of_slices(words, origin.heads, slices)
}

#[cfg(test)]
mod tests {
    use vitrine_record::{AttentionOptions, Drawing, LayerAttention, LayerIdx, Run, Side};

    use super::*;
    use crate::{
        Axis, FigureWords, HeadView, HeatMap, NumberStyle, Scene, Shape, SourceReading,
        export::Origin,
        fixture::{METRICS, selected, tokens},
        source_reading,
        table::{Column, attention_table},
    };

    const DECODER: [&str; 2] = ["<s>", "gut"];
    const ENCODER: [&str; 3] = ["[CLS]", "go,od", "film"];
    const ORIGIN: ImportOrigin = ImportOrigin {
        name: "a, \"translation\"",
        file: Some("translation.json"),
        model_hash: None,
        part: ImportPart::Cross,
        layers: 5,
        heads: 2,
    };

    /// Two heads of layer 4, from two tokens to three; no two weights are the same.
    fn weights() -> Vec<f32> {
        (0..12).map(|at| (at as f32 + 0.5) / 36.0).collect()
    }

    fn cross(check: impl Fn(&AttentionSlice, TokenEnds)) {
        let (asking, asked) = (tokens(&DECODER), tokens(&ENCODER));
        let attention = LayerAttention::between(LayerIdx(4), 2, 2, 3, weights()).unwrap();
        let options = AttentionOptions::default();
        let slice = AttentionSlice::between(&attention, &asking, &asked, None, &options).unwrap();
        let ends = TokenEnds {
            destinations: &asking,
            sources: &asked,
        };
        check(&slice, ends);
    }

    /// The texts of a scene with how far they are from its left and its top.
    fn labels(scene: &Scene) -> Vec<(String, f32, f32)> {
        let label = |shape: &Shape| match shape {
            Shape::Text { at, content, .. } => Some((content.clone(), at.x, at.y)),
            _ => None,
        };
        scene.shapes.iter().filter_map(label).collect()
    }

    #[test]
    fn each_side_has_its_own_labels() {
        cross(|slice, ends| {
            let words = FigureWords {
                heading: "heading",
                note: "note",
                numbers: NumberStyle::English,
            };
            for (drawing, along) in [(Drawing::Lines, Axis::Down), (Drawing::LinesAcross, Axis::Across)] {
                let scene = HeadView::new(slice, ends, None, drawing, METRICS).scene(&words);
                let labels = labels(&scene);
                let place = |piece: &str| {
                    let found: Vec<_> = labels.iter().filter(|label| label.0 == piece).collect();
                    assert_eq!(found.len(), 1, "{piece} stands there once");
                    match along {
                        Axis::Down => (found[0].1, found[0].2),
                        Axis::Across => (found[0].2, found[0].1),
                    }
                };
                for side in [&DECODER[..], &ENCODER[..]] {
                    assert!(side.windows(2).all(|pair| place(pair[0]).1 < place(pair[1]).1));
                    assert!(side.windows(2).all(|pair| place(pair[0]).0 == place(pair[1]).0));
                }
                assert!(place("gut").0 < place("film").0, "who asks stands first");
                let length = 3.0 * METRICS.row_height;
                let view = HeadView::new(slice, ends, None, drawing, METRICS);
                let size = view.size();
                assert_eq!(if along == Axis::Down { size.1 } else { size.0 }, length);
            }
            let map = HeatMap::new(slice, ends, None);
            assert_eq!(map.size(), (2, 3));
            let labels = labels(&map.scene(&words));
            for piece in DECODER.iter().chain(&ENCODER) {
                assert_eq!(
                    labels.iter().filter(|label| label.0 == *piece).count(),
                    1,
                    "{piece}"
                );
            }
        });
    }

    #[test]
    fn a_table_has_a_row_for_each_unit_that_asks_and_a_column_for_each_that_answers() {
        cross(|slice, _| {
            let table = attention_table(slice, None).unwrap();
            assert_eq!((table.rows.len(), table.columns.len()), (2, 3));
            assert_eq!(table.columns[2], Column::Source(2));
            let weights = weights();
            assert_eq!(table.rows[1][2], (weights[5] + weights[11]) / 2.0);
            let column = attention_table(slice, Some(&selected(2, Side::Source))).unwrap();
            assert_eq!((column.rows_are, column.rows.len()), (Side::Destination, 2));
            assert_eq!(column.rows[1][1], weights[11]);
        });
    }

    #[test]
    fn the_last_source_is_given_most() {
        cross(|slice, _| {
            let weights = weights();
            let share = (weights[2] + weights[5] + weights[8] + weights[11]) / 4.0;
            let SourceReading { source, share: read } = source_reading(slice).unwrap();
            assert!(source == 2 && (read - share).abs() < 1e-6);
        });
    }

    #[test]
    fn files_have_the_numbers_of_the_import_to_the_last_bit() {
        cross(|slice, ends| {
            let written: String = imported_csv(&ORIGIN, ends, [slice], None).collect();
            let mut reader = csv::Reader::from_reader(written.as_bytes());
            let mut lines = 0;
            for record in reader.records() {
                let record = record.unwrap();
                let at = |column: usize| record[column].parse::<usize>().unwrap();
                let value: f32 = record[7].parse().unwrap();
                let expected = weights()[(at(1) * 2 + at(2)) * 3 + at(3)];
                assert_eq!((at(0), value.to_bits()), (4, expected.to_bits()));
                assert_eq!((&record[4], &record[5]), (DECODER[at(2)], ENCODER[at(3)]));
                assert_eq!((&record[9], &record[10]), ("cross", ORIGIN.name));
                lines += 1;
            }
            assert_eq!(lines, 12);

            let settings = Settings {
                beside: None,
                other_text: None,
                slices: std::slice::from_ref(slice),
                options: AttentionOptions::default(),
                drawing: Drawing::Lines,
                selection: Some(&selected(2, Side::Source)),
                origin: Origin::Imported,
                run: Run::Untouched,
                interventions: &[],
                untouched_prediction: None,
            };
            let written = imported_json(&ORIGIN, ends, &settings).unwrap();
            let read: serde_json::Value = serde_json::from_str(&written).unwrap();
            assert_eq!(
                (&read["origin"], &read["import"]["part"]),
                (&"imported".into(), &"cross".into())
            );
            assert_eq!(
                (&read["import"]["layers"], &read["settings"]["layers"][0]),
                (&5.into(), &4.into())
            );
            assert_eq!(read["destination_tokens"], serde_json::json!(DECODER));
            assert_eq!(read["source_tokens"], serde_json::json!(ENCODER));
            let value = read["attention"][1]["weights"][1][2].as_f64().unwrap() as f32;
            assert_eq!(value.to_bits(), weights()[11].to_bits());
            let name = imported_file_name(&ORIGIN, std::slice::from_ref(slice));
            assert_eq!(name, "vitrine-attention-a-translation-cross-layer-4");
        });
    }
}
