//! Every method on texts of many kinds, in every way of masking: what is said fits the text and sums up.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

use vitrine_explain::{Coalition, Evaluations, ExplainError, ExplainedText, ExplanationRun};
use vitrine_record::{
    Explanation, ExplanationCheck, ExplanationMethod, ExplanationSettings, ExplanationTarget, Grouping,
    LimeSettings, MaskWith, MaskedInput, MaskedToken, Masking, MaskingMode, ModelOutput, Segment, Token,
    TokenId, message::TextInput,
};

/// Tokens at these places of the text and of its pair.
fn text(written: &str, ranges: &[(usize, usize)], pair: Option<(&str, &[(usize, usize)])>) -> ExplainedText {
    let special = |segment| Token {
        text: String::new(),
        piece: "[SEP]".to_owned(),
        id: TokenId(0),
        start: 0,
        end: 0,
        segment,
        special: true,
    };
    let mut tokens = vec![special(Segment::A)];
    let mut add = |written: &str, ranges: &[(usize, usize)], segment| {
        for &(start, end) in ranges {
            let text: String = written.chars().skip(start).take(end - start).collect();
            let piece = if tokens
                .last()
                .is_some_and(|before: &Token| before.end > start && !before.special)
            {
                format!("##{text}")
            } else {
                text.clone()
            };
            let id = TokenId(1 + text.chars().map(u32::from).sum::<u32>() % 1000);
            tokens.push(Token {
                text,
                piece,
                id,
                start,
                end,
                segment,
                special: false,
            });
        }
        tokens.push(special(segment));
    };
    add(written, ranges, Segment::A);
    if let Some((written, ranges)) = pair {
        add(written, ranges, Segment::B);
    }
    ExplainedText {
        model_hash: "hash".to_owned(),
        input: TextInput {
            text: written.to_owned(),
            pair: pair.map(|(written, _)| written.to_owned()),
        },
        tokens,
    }
}

fn texts() -> Vec<ExplainedText> {
    vec![
        text("film", &[(0, 4)], None),
        text("👍🏽 très\u{301} bon", &[(0, 1), (1, 2), (3, 7), (9, 12)], None),
        text("한국 영화!", &[(0, 1), (0, 1), (1, 2), (3, 5), (5, 6)], None),
        text("?!...", &[(0, 1), (1, 2), (2, 5)], None),
        text(" \u{301} हिन्दी  ", &[(3, 5), (5, 6), (7, 9)], None),
        text("bad bad", &[(0, 3), (4, 7)], Some(("not bad", &[(0, 3), (4, 7)]))),
        text("so", &[(0, 2)], Some(("", &[]))),
        text("", &[], Some(("👍 yes", &[(0, 1), (2, 5)]))),
    ]
}

fn model(input: &MaskedInput) -> Vec<f32> {
    let numbers: Vec<u32> = match input {
        MaskedInput::Text(text) => {
            let pair = text.pair.iter().flat_map(|pair| pair.chars());
            text.text.chars().chain(pair).map(u32::from).collect()
        }
        MaskedInput::Tokens { tokens, hidden, .. } => tokens
            .iter()
            .enumerate()
            .filter(|(at, _)| hidden.iter().all(|hidden| hidden.0 != *at))
            .map(|(_, token)| match token {
                MaskedToken::Kept(id) => id.0,
                MaskedToken::Mask => 7,
                MaskedToken::Pad => 3,
            })
            .collect(),
    };
    let sum = numbers
        .iter()
        .fold(0_u32, |sum, number| (sum * 31 + number) % 1009);
    vec![sum as f32 / 500.0, numbers.len() as f32 / 10.0]
}

/// The explanation, and whether the model was shown what was typed.
fn explained(
    text: &ExplainedText,
    settings: ExplanationSettings,
) -> Result<(Explanation, MaskedInput), ExplainError> {
    let mut run = ExplanationRun::new(text.clone(), settings)?;
    let mut evaluations = Evaluations::new("hash", ModelOutput::Logits);
    loop {
        let missing = run.advance(&evaluations)?;
        if missing.is_empty() {
            let whole = Coalition::full(run.asked()[0].players());
            return Ok((run.explanation(), run.input(&whole)));
        }
        for input in missing {
            let output = model(&input);
            evaluations.insert(input, output);
        }
    }
}

fn check(text: &ExplainedText, settings: ExplanationSettings) {
    let (method, masking) = (settings.method, settings.masking);
    let what = format!("{method:?}, {masking:?}, {:?}", text.input);
    let (explanation, whole) = match explained(text, settings) {
        Ok(explained) => explained,
        Err(ExplainError::NoAttentionMaskInText) => {
            return assert!(
                masking.mode == MaskingMode::String && masking.with == MaskWith::Attention,
                "{what}"
            );
        }
        Err(ExplainError::NoWords) => {
            assert_eq!(
                (method, text.input.text.as_str()),
                (ExplanationMethod::Lime, "?!...")
            );
            return;
        }
        Err(error) => panic!("{what}: {error}"),
    };
    assert!(explanation.is_consistent(), "{what}");
    if let ExplanationCheck::Additivity { residual } = explanation.check {
        assert!(residual.abs() < 1e-12, "{what}: {residual}");
    }
    let length = |segment| match segment {
        Segment::A => text.input.text.chars().count(),
        Segment::B => text.input.pair.iter().flat_map(|pair| pair.chars()).count(),
    };
    for feature in &explanation.features {
        assert!(
            feature.value.is_finite() && feature.end <= length(feature.segment),
            "{what}"
        );
    }
    match whole {
        // What is masked as a text is read without the white space that no token needs.
        MaskedInput::Text(whole) => {
            let without = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
            let expect = without(&text.input.text);
            assert!(expect.ends_with(&without(&whole.text)), "{what}: {whole:?}");
            assert_eq!(whole.pair, text.input.pair, "{what}");
        }
        MaskedInput::Tokens { tokens, hidden, .. } => {
            let ids = text.tokens.iter().map(|token| MaskedToken::Kept(token.id));
            assert_eq!(tokens, ids.collect::<Vec<_>>(), "{what}");
            assert!(hidden.is_empty());
        }
    }
}

#[test]
fn every_method_explains_texts_of_every_kind_however_they_are_masked() {
    for text in texts() {
        for method in [
            ExplanationMethod::Owen,
            ExplanationMethod::Exact,
            ExplanationMethod::Permutation,
            ExplanationMethod::Kernel,
            ExplanationMethod::Lime,
            ExplanationMethod::Occlusion,
        ] {
            for mode in [MaskingMode::Ids, MaskingMode::String] {
                for with in [
                    MaskWith::Mask,
                    MaskWith::Delete,
                    MaskWith::Pad,
                    MaskWith::Attention,
                ] {
                    for special_players in [false, true] {
                        check(
                            &text,
                            ExplanationSettings {
                                method,
                                target: ExplanationTarget {
                                    index: 1,
                                    ..ExplanationTarget::default()
                                },
                                masking: Masking {
                                    mode,
                                    with,
                                    special_players,
                                },
                                grouping: Grouping::Proposed,
                                interactions: true,
                                lime: LimeSettings {
                                    samples: Some(40),
                                    ..LimeSettings::default()
                                },
                                ..ExplanationSettings::default()
                            },
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_word_of_both_texts_of_a_pair_is_two_features() {
    let text = text("bad bad", &[(0, 3), (4, 7)], Some(("not bad", &[(0, 3), (4, 7)])));
    let settings = ExplanationSettings {
        method: ExplanationMethod::Lime,
        ..ExplanationSettings::default()
    };
    let (explanation, _) = explained(&text, settings).unwrap();
    let features: Vec<_> = explanation
        .features
        .iter()
        .map(|feature| (feature.segment, feature.text.as_str(), feature.tokens.clone()))
        .collect();
    let expect = [
        (Segment::A, "bad", 1..2),
        (Segment::B, "not", 4..5),
        (Segment::B, "bad", 5..6),
    ];
    assert_eq!(features, expect);
    let [first, not, second] = [0, 1, 2].map(|at| explanation.features[at].value);
    assert_eq!(explanation.values, [0.0, first, first, 0.0, not, second, 0.0]);
}
