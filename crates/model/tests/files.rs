//! The files of a model: what goes round comes back the same, and what is broken is refused in a sentence.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::collections::HashMap;
use std::path::Path;

use candle_core::{DType, Tensor};
use proptest::prelude::*;
use vitrine_model::testing::{self, Shape};
use vitrine_model::{
    BertConfig, Encoder, MAX_TOKENS, Model, ModelError, ModelFiles, Trace, Weights, pack, unpack,
};

const TEXT: &str = "Not bad at all, but dull!";

fn logits(model: &Model) -> Vec<f32> {
    let encoding = model.tokenize(TEXT, None).expect("it is tokenized");
    let output = model.run(&encoding, &[], &mut Trace::off()).expect("it runs");
    output
        .logits
        .and_then(|logits| logits.flatten_all().ok()?.to_vec1().ok())
        .expect("logits")
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn an_exported_folder_says_what_the_packed_file_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    testing::files(Shape::default(), 1)
        .and_then(|files| files.export_folder(&first))
        .expect("exported");
    testing::files(Shape::default(), 1)
        .and_then(|files| files.export_folder(&second))
        .expect("exported");
    let names = [
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "vocab.txt",
        "model.safetensors",
    ];
    for name in names {
        let bytes = |folder: &Path| std::fs::read(folder.join(name)).expect("it is there");
        assert!(
            bytes(&first) == bytes(&second),
            "{name} differs from one export to the next"
        );
    }

    let packed = testing::model(Shape::default(), 1).expect("it loads");
    let exported = Model::from_folder(&first).expect("it loads");
    assert!(largest_difference(&logits(&packed), &logits(&exported)) < 1e-5);
    assert_eq!(packed.info().labels, exported.info().labels);
    assert_eq!(packed.info().max_tokens, exported.info().max_tokens);

    // Exported from the folder, the folder comes out again; and vocab.txt alone does for the tokenizer.
    let again = folder.path().join("again");
    ModelFiles::from_folder(&first)
        .and_then(|files| files.export_folder(&again))
        .expect("exported");
    let weights = |folder: &Path| std::fs::read(folder.join("model.safetensors")).expect("it is there");
    assert!(weights(&first) == weights(&again));
    std::fs::remove_file(first.join("tokenizer.json")).expect("removed");
    assert_eq!(
        logits(&Model::from_folder(&first).expect("it loads")),
        logits(&exported)
    );
}

#[test]
fn a_limit_of_tokens_is_kept_where_it_is_set() {
    let config = testing::config(Shape::default());
    let tensors = testing::tensors(&config, 1).expect("they are made");
    let packed = |limit: Option<&str>| {
        let metadata = limit.map(|limit| (MAX_TOKENS.to_owned(), limit.to_owned()));
        let metadata = metadata.into_iter().collect();
        pack("tiny", &config, testing::VOCABULARY, true, &tensors, &metadata).expect("it is packed")
    };
    let model = |limit| unpack(&packed(limit), String::new()).and_then(Model::new);
    let limited = model(Some("10")).expect("it loads");
    assert_eq!(limited.info().max_tokens, 10);
    let long = limited
        .tokenize(&"film ".repeat(20), None)
        .expect("it is tokenized");
    assert_eq!(long.tokens.len(), 10);
    assert_eq!(model(None).expect("it loads").info().max_tokens, 24);
    for limit in ["2", "25", "-1", "ten", ""] {
        let error = model(Some(limit)).err().expect("it is refused");
        assert!(error.to_string().contains("vitrine.max_tokens"), "{error}");
    }
}

#[test]
fn half_precision_and_older_names_are_read() {
    let config = testing::config(Shape::default());
    let tensors = testing::tensors(&config, 7).expect("they are made");
    let reference =
        Encoder::new(config.clone(), Weights::new(tensors.clone(), DType::F32)).expect("it loads");
    let batch =
        vitrine_model::TokenBatch::from_ids(&[vec![2, 5, 6, 3]], &[vec![0; 4]], &config).expect("it fits");
    let last = |encoder: &Encoder| -> Vec<f32> {
        let input = vitrine_model::EncoderInput::Tokens(&batch);
        let output = encoder.forward(input, &[], &mut Trace::off()).expect("it runs");
        output
            .last_hidden_state
            .flatten_all()
            .and_then(|h| h.to_vec1())
            .expect("values")
    };
    // A weight in F16 or BF16 is off by a share of 2⁻¹¹ or 2⁻⁸; normalised hidden states of two layers, by a few
    // times that.
    for (dtype, tolerance) in [(DType::F32, 0.0), (DType::F16, 0.01), (DType::BF16, 0.1)] {
        let older: HashMap<String, Tensor> = tensors
            .iter()
            .map(|(name, tensor)| {
                let name = name.trim_start_matches("bert.");
                let name = name.replace("LayerNorm.weight", "LayerNorm.gamma");
                let name = name.replace("LayerNorm.bias", "LayerNorm.beta");
                (name, tensor.to_dtype(dtype).expect("it converts"))
            })
            .collect();
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("model.safetensors");
        candle_core::safetensors::save(&older, &file).expect("saved");
        let weights =
            Weights::from_safetensors(&std::fs::read(&file).expect("it is there")).expect("it is read");
        let encoder = Encoder::new(config.clone(), weights).expect("it loads");
        assert!(encoder.has_classifier());
        let difference = largest_difference(&last(&encoder), &last(&reference));
        assert!(difference <= tolerance, "{dtype:?}: {difference}");
    }
}

#[test]
fn what_is_missing_or_misshapen_is_named() {
    let config = testing::config(Shape::default());
    let mut tensors = testing::tensors(&config, 7).expect("they are made");
    let name = "bert.encoder.layer.1.output.dense.weight";
    let taken = tensors.remove(name).expect("it was there");
    let error =
        Encoder::new(config.clone(), Weights::new(tensors.clone(), DType::F32)).expect_err("it is missing");
    assert!(
        matches!(&error, ModelError::WeightMissing { name } if name.contains("layer.1.output.dense")),
        "{error}"
    );
    tensors.insert(
        name.to_owned(),
        taken.t().and_then(|t| t.contiguous()).expect("transposed"),
    );
    let error = Encoder::new(config, Weights::new(tensors, DType::F32)).expect_err("it is misshapen");
    assert!(matches!(error, ModelError::WeightShape { .. }), "{error}");
}

#[test]
fn a_configuration_that_cannot_be_obeyed_is_refused() {
    let good = testing::config(Shape::default())
        .to_json()
        .expect("it is written");
    let good: serde_json::Value = serde_json::from_slice(&good).expect("it is read");
    for (key, value, complaint) in [
        ("model_type", serde_json::json!("gpt2"), "gpt2"),
        ("hidden_act", serde_json::json!("relu"), "relu"),
        ("num_attention_heads", serde_json::json!(5), "no multiple"),
        (
            "num_attention_heads",
            serde_json::json!(0),
            "num_attention_heads is 0",
        ),
        ("vocab_size", serde_json::json!(1u64 << 40), "vocab_size"),
        ("hidden_size", serde_json::json!("wide"), "invalid type"),
        ("id2label", serde_json::json!({"1": "X", "2": "Y"}), "id2label"),
        (
            "position_embedding_type",
            serde_json::json!("relative_key"),
            "only absolute",
        ),
        ("is_decoder", serde_json::json!(true), "is_decoder is true"),
        ("layer_norm_eps", serde_json::json!(-1e-12), "layer_norm_eps is -"),
    ] {
        let mut config = good.clone();
        config[key] = value;
        let error = BertConfig::from_json(config.to_string().as_bytes()).expect_err("it is refused");
        assert!(error.to_string().contains(complaint), "{key}: {error}");
    }
    assert!(BertConfig::from_json(b"{").is_err());
    let infinite = good.to_string().replace("1e-12", "1e999");
    assert!(infinite.contains("1e999") && BertConfig::from_json(infinite.as_bytes()).is_err());
    let mut usual = good;
    usual["position_embedding_type"] = "absolute".into();
    usual["is_decoder"] = false.into();
    usual["layer_norm_eps"] = 0.0.into();
    assert!(BertConfig::from_json(usual.to_string().as_bytes()).is_ok());
}

#[test]
fn a_classifier_whose_classes_have_no_names_is_kept() {
    let mut config = testing::config(Shape::default());
    config.set_labels(&["a", "b", "c"]);
    let tensors = testing::tensors(&config, 7).expect("they are made");
    let weights = || Weights::new(tensors.clone(), DType::F32);
    let mut nameless = config.clone();
    nameless.set_labels(&[]);
    let encoder = Encoder::new(nameless.clone(), weights()).expect("it loads");
    assert!(encoder.has_classifier());
    assert_eq!(encoder.config().labels(), ["LABEL_0", "LABEL_1", "LABEL_2"]);

    // Names for another number of classes are an error, not a reason to do without.
    nameless.set_labels(&["a", "b"]);
    let error = Encoder::new(nameless, weights()).expect_err("it is misshapen");
    assert!(
        matches!(&error, ModelError::WeightShape { name, .. } if name == "classifier.weight"),
        "{error}"
    );
}

#[test]
fn a_file_cut_short_anywhere_is_refused() {
    let bytes = testing::packed(Shape::default(), 3).expect("it is packed");
    // Every length through the header, then in strides through the tensors.
    for length in (0..3000)
        .chain((3000..bytes.len()).step_by(997))
        .chain([bytes.len() - 1])
    {
        assert!(
            unpack(&bytes[..length], String::new()).is_err(),
            "{length} of {} bytes",
            bytes.len()
        );
    }
    assert!(unpack(&bytes, String::new()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_file_with_changed_bytes_never_panics(
        changes in proptest::collection::vec((0..3000usize, any::<u8>()), 1..8), seed in 0..3u64,
    ) {
        let mut bytes = testing::packed(Shape::default(), seed).expect("it is packed");
        for (position, value) in changes {
            bytes[position] = value;
        }
        if let Ok(files) = unpack(&bytes, String::new()) {
            let _ = Model::new(files);
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(unpack(&bytes, String::new()).is_err());
        prop_assert!(Weights::from_safetensors(&bytes).is_err());
        let mut gguf = b"GGUF\x02\0\0\0".to_vec();
        gguf.extend(&bytes);
        prop_assert!(unpack(&gguf, String::new()).is_err());
    }
}
