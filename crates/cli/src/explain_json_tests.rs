use vitrine_record::message::TextInput;
use vitrine_record::{
    ExplanationTarget, LimeSettings, MergedGroup, OutputLink, Segment, SurrogateSample, TokenId,
};

use super::*;

fn model() -> ModelInfo {
    ModelInfo {
        id: "tiny".to_owned(),
        hash: "hash".to_owned(),
        layers: 1,
        heads: 1,
        hidden: 1,
        intermediate: 1,
        max_tokens: 8,
        labels: vec!["no".to_owned(), "yes".to_owned()],
    }
}

fn token(text: &str, piece: &str, start: usize) -> Token {
    Token {
        text: text.to_owned(),
        piece: piece.to_owned(),
        id: TokenId(7),
        start,
        end: start + text.len(),
        segment: Segment::A,
        special: text.is_empty(),
    }
}

/// "lovely" in two pieces, as one word.
fn explanation(method: ExplanationMethod, check: ExplanationCheck, detail: ExplanationDetail) -> Explanation {
    Explanation {
        model_hash: "hash".to_owned(),
        input: TextInput {
            text: "lovely".to_owned(),
            pair: None,
        },
        settings: ExplanationSettings {
            method,
            target: ExplanationTarget {
                index: 1,
                link: OutputLink::Logit,
                ..ExplanationTarget::default()
            },
            lime: LimeSettings {
                samples: None,
                ..LimeSettings::default()
            },
            seed: 3,
            ..ExplanationSettings::default()
        },
        tokens: vec![
            token("", "[CLS]", 0),
            token("love", "love", 0),
            token("ly", "##ly", 4),
            token("", "[SEP]", 0),
        ],
        values: vec![0.0, 0.5, 0.0, 0.0],
        features: vec![ExplainedFeature {
            text: "lovely".to_owned(),
            start: 0,
            end: 6,
            segment: Segment::A,
            tokens: 1..3,
            value: 0.5,
        }],
        base_value: 0.25,
        prediction: 0.75,
        evaluations: 2,
        exact_evaluations: Some(4),
        check,
        detail,
    }
}

fn printed(method: ExplanationMethod, check: ExplanationCheck, detail: ExplanationDetail) -> Value {
    let explanation = explanation(method, check, detail);
    serde_json::to_value(PrintedExplanation::new(&explanation, &model())).unwrap()
}

#[test]
fn everything_is_printed_under_its_name() {
    let check = ExplanationCheck::Additivity { residual: 0.125 };
    let found = printed(ExplanationMethod::Owen, check, ExplanationDetail::Nothing);
    assert_eq!(found["tokens"][2]["piece"], "##ly");
    assert_eq!(found["values"], json!([0.0, 0.5, 0.0, 0.0]));
    let feature =
        json!({"text": "lovely", "start": 0, "end": 6, "value": 0.5, "segment": 0, "tokens": [1, 3]});
    assert_eq!(found["features"], json!([feature]));
    assert_eq!(
        (&found["base_value"], &found["prediction"]),
        (&json!(0.25), &json!(0.75))
    );
    assert_eq!(
        (&found["target"], &found["link"]),
        (&json!("yes"), &json!("logit"))
    );
    assert_eq!(
        (&found["evaluations"], &found["exact_evaluations"]),
        (&json!(2), &json!(4))
    );
    let settings = json!({
        "method": "owen", "masking": "ids", "mask_with": "mask", "special_players": false, "max_evals": null,
        "interactions": false,
    });
    assert_eq!(found["settings"], settings);
    assert_eq!(found["seed"], 3);
    assert_eq!(found["check"], json!({"residual": 0.125}));
    assert_eq!(found["model"]["hash"], "hash");
}

#[test]
fn each_method_is_printed_with_its_own_check_settings_and_detail() {
    let surrogate = ExplanationCheck::Surrogate {
        r2: 0.5,
        intercept: 0.25,
        local_prediction: 0.75,
    };
    let sample = SurrogateSample {
        missing: vec![0],
        proximity: 0.5,
        score: 0.25,
        surrogate: 0.125,
    };
    let lime = printed(
        ExplanationMethod::Lime,
        surrogate,
        ExplanationDetail::Samples(vec![sample]),
    );
    assert_eq!(
        lime["check"],
        json!({"r2": 0.5, "intercept": 0.25, "local_prediction": 0.75})
    );
    let settings =
        json!({"method": "lime", "lime_words": "bow", "samples": null, "features": 10, "kernel_width": 25.0});
    assert_eq!(lime["settings"], settings);
    let sample = json!({"missing": [0], "proximity": 0.5, "score": 0.25, "surrogate": 0.125});
    assert_eq!(lime["samples"], json!([sample]));

    let gap = ExplanationCheck::Completeness { gap: -0.5 };
    let gradients = printed(
        ExplanationMethod::IntegratedGradients,
        gap,
        ExplanationDetail::Nothing,
    );
    assert_eq!(gradients["check"], json!({"completeness_gap": -0.5}));

    let nothing = ExplanationCheck::Nothing;
    let exact = printed(
        ExplanationMethod::Exact,
        nothing,
        ExplanationDetail::Interactions(vec![0.5]),
    );
    assert_eq!(exact["check"], json!({}));
    assert_eq!(exact["interactions"], json!([[0.5]]));

    let group = MergedGroup {
        features: 0..1,
        height: 1.0,
        value: 0.5,
        is_resolved: true,
    };
    let owen = printed(
        ExplanationMethod::Owen,
        nothing,
        ExplanationDetail::MergeTree(vec![group]),
    );
    let group = json!({"features": [0, 1], "height": 1.0, "value": 0.5, "resolved": true});
    assert_eq!(owen["merge_tree"], json!([group]));
}
