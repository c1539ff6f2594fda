//! Files of attention that other programs write: those that Python wrote, and those that something is wrong with.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

use proptest::prelude::*;
use serde_json::{Value, json};
use vitrine_record::{AttentionImport, HeadIdx, ImportPart, LayerAttention, LayerIdx, Position};

fn recorded(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/import");
    std::fs::read(format!("{folder}/{name}.json")).unwrap()
}

/// Every number of an array is the one that the file has at that place.
fn assert_same(layers: &[LayerAttention], file: &Value) {
    let written = file.as_array().unwrap();
    assert_eq!(layers.len(), written.len());
    for (layer, written) in layers.iter().zip(written) {
        assert_eq!(layer.heads(), written.as_array().unwrap().len());
        for (head, rows) in written.as_array().unwrap().iter().enumerate() {
            assert_eq!(layer.tokens(), rows.as_array().unwrap().len());
            for (destination, row) in rows.as_array().unwrap().iter().enumerate() {
                let row: Vec<f32> = serde_json::from_value(row.clone()).unwrap();
                assert_eq!(layer.row(head, destination), row);
            }
        }
    }
}

#[test]
fn what_python_wrote_of_an_encoder_is_read() {
    let file = recorded("bert");
    let import = AttentionImport::from_json(&file).unwrap();
    let written: Value = serde_json::from_slice(&file).unwrap();
    let encoder = import.encoder.as_ref().unwrap();
    assert_eq!(import.name, "not a bad film");
    assert_eq!(encoder.tokens, ["[CLS]", "not", "a", "bad", "film", "[SEP]"]);
    assert_eq!((encoder.layers.len(), encoder.layers[0].heads()), (2, 3));
    assert!(encoder.layers.iter().map(|layer| layer.layer.0).eq(0..2));
    assert_same(&encoder.layers, &written["encoder"]["attention"]);
    assert!(import.decoder.is_none() && import.cross.is_empty());
    assert!(import.rows_off().is_empty());
}

#[test]
fn what_python_wrote_of_an_encoder_and_decoder_is_read_with_their_own_shapes() {
    let file = recorded("bart");
    let import = AttentionImport::from_json(&file).unwrap();
    let written: Value = serde_json::from_slice(&file).unwrap();
    let (encoder, decoder) = (import.encoder.as_ref().unwrap(), import.decoder.as_ref().unwrap());
    assert_eq!((encoder.layers.len(), encoder.layers[0].heads()), (2, 3));
    assert_eq!((decoder.layers.len(), decoder.layers[0].heads()), (3, 2));
    assert_eq!(decoder.tokens, ["[CLS]", "ein", "guter", "film", "[SEP]"]);
    assert_eq!(import.cross.len(), 3);
    let cross = &import.cross[1];
    assert_eq!((cross.heads(), cross.tokens(), cross.sources()), (2, 5, 6));
    assert!(!cross.is_within_text() && decoder.layers[0].is_within_text());
    assert_same(&encoder.layers, &written["encoder"]["attention"]);
    assert_same(&decoder.layers, &written["decoder"]["attention"]);
    assert_same(&import.cross, &written["cross"]["attention"]);
    // The decoder does not look ahead.
    assert_eq!(decoder.layers[0].at(0, 1, 2), 0.0);
    assert!(import.rows_off().is_empty());
}

/// One layer of one head over two tokens.
fn small() -> Value {
    json!({
        "format": "vitrine-attention-import", "version": 1, "name": "small",
        "encoder": {"tokens": ["a", "b"], "attention": [[[[1.0, 0.0], [0.25, 0.75]]]]},
    })
}

fn read(file: &Value) -> Result<AttentionImport, String> {
    AttentionImport::from_json(file.to_string().as_bytes()).map_err(|error| error.to_string())
}

/// What is said of the small file with something else in a place.
fn complaint(place: &str, value: Value) -> String {
    let mut file = small();
    *file.pointer_mut(place).unwrap() = value;
    read(&file).unwrap_err()
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    assert!(read(&small()).is_ok());
    for (place, value, expect) in [
        (
            "/format",
            json!("else"),
            "format is \"else\" instead of \"vitrine-attention-import\"",
        ),
        ("/version", json!(2), "version is 2, and this program reads 1"),
        (
            "/name",
            json!("x".repeat(257)),
            "has 257 characters; give at most 256",
        ),
        ("/name", json!(7), "expected a string"),
        ("/encoder", Value::Null, "neither an encoder nor a decoder"),
        ("/encoder/tokens", json!([]), "in encoder: there are no tokens"),
        (
            "/encoder/tokens",
            json!(vec!["a"; 513]),
            "in encoder: there are more than 512 tokens",
        ),
        (
            "/encoder/tokens",
            json!(["a"]),
            "encoder.attention is of 2 × 2 tokens instead of 1 × 1",
        ),
        (
            "/encoder/attention",
            json!(1),
            "in encoder: invalid type: integer `1`, expected attention to be a list",
        ),
        ("/encoder/attention", json!([]), "attention has no layers"),
        ("/encoder/attention/0/0", json!([]), "attention[0][0] has no rows"),
        (
            "/encoder/attention/0/0/1",
            json!([0.5]),
            "attention[0][0][1] has 1 numbers, and those before it have 2",
        ),
        (
            "/encoder/attention/0/0/1",
            json!("x"),
            "attention[0][0][1] to be a list of numbers",
        ),
        (
            "/encoder/attention/0/0/1/1",
            json!(-0.5),
            "attention[0][0][1][1] is -0.5",
        ),
        (
            "/encoder/attention/0/0/1/1",
            json!(1e300),
            "attention[0][0][1][1] is inf",
        ),
        (
            "/encoder/attention/0/0/1/1",
            Value::Null,
            "in encoder: invalid type: null",
        ),
        (
            "/encoder/attention/0",
            json!(vec![[[1.0]]; 65]),
            "attention[0] has more than 64 heads",
        ),
    ] {
        let said = complaint(place, value);
        let expected = said.starts_with("this is no attention to import: ") && said.contains(expect);
        assert!(expected, "{place}: {said}");
    }
    let python = small().to_string().replace("0.75", "NaN");
    let said = AttentionImport::from_json(python.as_bytes())
        .unwrap_err()
        .to_string();
    assert!(said.contains("line 1 column"), "{said}");
}

#[test]
fn fields_that_are_not_known_and_parts_that_do_not_fit_are_refused() {
    let mut file = small();
    file["decodr"] = json!(1);
    assert!(read(&file).unwrap_err().contains("unknown field `decodr`"));
    let mut file = small();
    file["cross"] = json!({"attention": [[[[1.0, 0.0]]]]});
    assert!(read(&file).unwrap_err().contains("give both"));
    file["decoder"] = json!({"tokens": ["x"], "attention": [[[[1.0]]]]});
    assert_eq!(read(&file).unwrap().cross[0].row(0, 0), [1.0, 0.0]);
    file["cross"] = json!({"attention": [[[[1.0], [0.0]]]]});
    let said = read(&file).unwrap_err();
    assert!(
        said.contains("cross.attention is of 2 × 1 tokens instead of 1 × 2"),
        "{said}"
    );
    let head = json!([[1.0, 0.0], [0.5, 0.5]]);
    let said = complaint("/encoder/attention", json!([[head, head], [head]]));
    assert!(
        said.contains("attention[1] has 1 heads, and those before it have 2"),
        "{said}"
    );
}

#[test]
fn rows_that_do_not_sum_to_one_are_told_of() {
    let mut file = small();
    file["encoder"]["attention"][0][0] = json!([[0.75, 0.0], [0.25, 1.75]]);
    let off = read(&file).unwrap().rows_off();
    assert_eq!(off.len(), 1);
    assert_eq!(
        (off[0].part, off[0].count, off[0].rows),
        (ImportPart::Encoder, 2, 2)
    );
    assert_eq!(off[0].worst, (LayerIdx(0), HeadIdx(0), Position(1)));
    assert_eq!(off[0].sum, 2.0);
}

#[test]
fn a_file_beyond_the_limits_is_refused() {
    let long = vec![b' '; AttentionImport::LARGEST_FILE + 1];
    let said = AttentionImport::from_json(&long).unwrap_err().to_string();
    assert!(said.contains("at most 67108864 are read"), "{said}");
    // 33 layers of one head of 512 tokens have more than 2²³ weights.
    let row = format!("[{}]", ["0"; 512].join(","));
    let head = format!("[[{}]]", vec![row; 512].join(","));
    let file = format!(
        r#"{{"format": "vitrine-attention-import", "version": 1, "name": "", "encoder":
        {{"attention": [{}], "tokens": []}}}}"#,
        vec![head; 33].join(",")
    );
    let said = AttentionImport::from_json(file.as_bytes())
        .unwrap_err()
        .to_string();
    assert!(said.contains("more than 8388608 weights"), "{said}");
}

proptest! {
    #[test]
    fn no_file_makes_the_reader_fall_over(text in ".{0,60}", at in 0usize..160, cut in 0usize..200) {
        let mut file = small().to_string();
        file.insert_str(at.min(file.len()), &text);
        let whole = AttentionImport::from_json(file.as_bytes());
        let part = AttentionImport::from_json(&file.as_bytes()[..cut.min(file.len())]);
        for import in [whole, part].into_iter().flatten() {
            prop_assert!(import.encoder.is_some() || import.decoder.is_some());
        }
    }
}
