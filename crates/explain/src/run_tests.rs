use super::*;
use crate::lime::SampledText;
use vitrine_record::{
    ExplanationCheck, ExplanationDetail, ExplanationMethod, ExplanationTarget, LimeSettings, LimeWords,
    MaskedToken, Masking, MaskingMode, ModelOutput, OutputLink, Segment, Token, TokenId,
};

/// Words of one piece each, between special tokens.
fn text(written: &str) -> ExplainedText {
    let special = |piece: &str| Token {
        text: String::new(),
        piece: piece.to_owned(),
        id: TokenId(0),
        start: 0,
        end: 0,
        segment: Segment::A,
        special: true,
    };
    let mut start = 0;
    let word = |text: &str| {
        let token = Token {
            text: text.to_owned(),
            piece: text.to_owned(),
            id: TokenId(1 + text.bytes().map(u32::from).sum::<u32>()),
            start,
            end: start + text.len(),
            segment: Segment::A,
            special: false,
        };
        start = token.end + 1;
        token
    };
    let mut tokens = vec![special("[CLS]")];
    tokens.extend(written.split(' ').map(word));
    tokens.push(special("[SEP]"));
    ExplainedText {
        model_hash: "hash".to_owned(),
        input: TextInput {
            text: written.to_owned(),
            pair: None,
        },
        tokens,
    }
}

/// Logits that depend on every token and on pairs of neighbours.
fn model(input: &MaskedInput) -> Vec<f32> {
    let numbers: Vec<f32> = match input {
        MaskedInput::Text(text) => text.text.split(' ').map(|word| word.len() as f32).collect(),
        MaskedInput::Tokens { tokens, .. } => tokens
            .iter()
            .map(|token| match token {
                MaskedToken::Kept(id) => (id.0 % 7) as f32,
                MaskedToken::Mask | MaskedToken::Pad => -1.0,
            })
            .collect(),
    };
    let alone: f32 = numbers.iter().sum();
    let pairs: f32 = numbers.windows(2).map(|pair| pair[0] * pair[1]).sum();
    vec![0.1 * alone, 0.02 * pairs]
}

fn no_evaluations() -> Evaluations {
    Evaluations::new("hash", ModelOutput::Logits)
}

fn settings(method: ExplanationMethod) -> ExplanationSettings {
    ExplanationSettings {
        method,
        target: ExplanationTarget {
            index: 1,
            ..ExplanationTarget::default()
        },
        lime: LimeSettings {
            samples: Some(200),
            ..LimeSettings::default()
        },
        ..ExplanationSettings::default()
    }
}

/// Runs it to its end; says how many inputs were computed.
fn finish(run: &mut ExplanationRun, evaluations: &mut Evaluations) -> usize {
    let mut computed = 0;
    loop {
        let missing = run.advance(evaluations).unwrap();
        if missing.is_empty() {
            return computed;
        }
        for input in missing {
            computed += 1;
            let output = model(&input);
            evaluations.insert(input, output);
        }
    }
}

const COALITIONS: [ExplanationMethod; 6] = [
    ExplanationMethod::Owen,
    ExplanationMethod::Exact,
    ExplanationMethod::Permutation,
    ExplanationMethod::Kernel,
    ExplanationMethod::Lime,
    ExplanationMethod::Occlusion,
];

#[test]
fn every_method_explains_every_token() {
    let text = text("not a bad film at all");
    let mut evaluations = no_evaluations();
    for method in COALITIONS {
        let mut run = ExplanationRun::new(text.clone(), settings(method)).unwrap();
        assert!(run.explanation().is_consistent());
        finish(&mut run, &mut evaluations);
        let explanation = run.explanation();
        assert!(run.is_finished() && explanation.is_consistent(), "{method:?}");
        assert_eq!(explanation.features.len(), 6, "{method:?}");
        assert_eq!((explanation.values[0], explanation.values[7]), (0.0, 0.0));
        for feature in &explanation.features {
            assert_eq!(explanation.values[feature.tokens.start], feature.value);
        }
        let planned = run.planned_evaluations().unwrap();
        assert!(
            explanation.evaluations <= planned,
            "{method:?}: {} {planned}",
            explanation.evaluations
        );
        if let ExplanationCheck::Additivity { residual } = explanation.check {
            assert!(residual.abs() < 1e-12, "{method:?}: {residual}");
        }
    }
}

#[test]
fn what_one_run_learned_another_need_not_ask() {
    let text = text("the film was not bad");
    let mut evaluations = no_evaluations();
    let mut exact = ExplanationRun::new(text.clone(), settings(ExplanationMethod::Exact)).unwrap();
    assert_eq!(finish(&mut exact, &mut evaluations), 32);
    for method in [
        ExplanationMethod::Owen,
        ExplanationMethod::Occlusion,
        ExplanationMethod::Permutation,
    ] {
        let mut run = ExplanationRun::new(text.clone(), settings(method)).unwrap();
        assert_eq!(finish(&mut run, &mut evaluations), 0, "{method:?}");
    }
    let mut logit = settings(ExplanationMethod::Owen);
    logit.target.link = OutputLink::Logit;
    let mut run = ExplanationRun::new(text, logit).unwrap();
    assert_eq!(finish(&mut run, &mut evaluations), 0);
}

#[test]
fn an_explanation_does_not_depend_on_how_many_values_come_at_once() {
    let text = text("it was not half as bad as they said");
    for budget in [None, Some(30)] {
        let settings = ExplanationSettings {
            most_evaluations: budget,
            ..settings(ExplanationMethod::Owen)
        };
        let mut whole = ExplanationRun::new(text.clone(), settings.clone()).unwrap();
        finish(&mut whole, &mut no_evaluations());
        let (mut slow, mut evaluations) = (
            ExplanationRun::new(text.clone(), settings).unwrap(),
            no_evaluations(),
        );
        while let Some(input) = slow.advance(&evaluations).unwrap().into_iter().last() {
            let output = model(&input);
            evaluations.insert(input, output);
        }
        assert_eq!(slow.explanation(), whole.explanation());
    }
}

#[test]
fn a_word_of_a_bag_has_its_value_wherever_it_stands() {
    let text = text("bad film bad");
    let run = |words| {
        let mut settings = settings(ExplanationMethod::Lime);
        settings.lime.words = words;
        let mut run = ExplanationRun::new(text.clone(), settings).unwrap();
        finish(&mut run, &mut no_evaluations());
        run.explanation()
    };
    let bag = run(LimeWords::BagOfWords);
    assert_eq!(bag.features.len(), 2);
    assert_eq!(bag.features[0].text, "bad");
    assert!(bag.values[1] == bag.values[3] && bag.values[1] == bag.features[0].value);
    let positional = run(LimeWords::Positional);
    assert_eq!(positional.features.len(), 3);
    let ExplanationDetail::Samples(samples) = &bag.detail else {
        panic!("LIME has samples");
    };
    assert_eq!((samples.len(), &*samples[0].missing), (200, [].as_slice()));
    assert!(samples.iter().any(|sample| *sample.missing == [1, 3]));
}

#[test]
fn samples_say_what_the_model_read() {
    for words in [LimeWords::BagOfWords, LimeWords::Positional] {
        let mut settings = settings(ExplanationMethod::Lime);
        settings.lime.words = words;
        let mut run = ExplanationRun::new(text("bad film bad end"), settings).unwrap();
        let mut evaluations = no_evaluations();
        let mut asked = std::collections::HashSet::new();
        while let Some(input) = run.advance(&evaluations).unwrap().into_iter().next() {
            evaluations.insert(input.clone(), model(&input));
            asked.insert(input);
        }
        let explanation = run.explanation();
        let ExplanationDetail::Samples(samples) = &explanation.detail else {
            panic!("LIME has samples");
        };
        let sampled = SampledText::new(&explanation);
        let read: std::collections::HashSet<MaskedInput> = samples
            .iter()
            .map(|sample| MaskedInput::Text(sampled.read_as(sample)))
            .collect();
        assert_eq!(read, asked, "{words:?}");
        let expect = if words == LimeWords::BagOfWords { 3 } else { 4 };
        assert_eq!(sampled.len(), expect);
        for sample in samples {
            let typed: String = sampled.pieces(sample).map(|piece| piece.text).collect();
            assert_eq!(typed, explanation.input.text);
            let missing = sampled.words(sample).filter(|(_, is_missing)| *is_missing);
            let is_first = sample.missing.is_empty();
            assert_eq!(missing.count() == 0, is_first);
        }
    }
}

#[test]
fn what_cannot_be_explained_is_refused() {
    let refused = |written: &str, settings| ExplanationRun::new(text(written), settings).err();
    let gradients = ExplanationMethod::IntegratedGradients;
    assert_eq!(
        refused("bad", settings(gradients)),
        Some(ExplainError::NeedsGradients(gradients))
    );
    assert_eq!(
        refused("!!!", settings(ExplanationMethod::Lime)),
        Some(ExplainError::NoWords)
    );
    let mut few = settings(ExplanationMethod::Permutation);
    few.most_evaluations = Some(2);
    assert!(matches!(
        refused("so bad", few),
        Some(ExplainError::TooFewEvaluations { .. })
    ));
    let long = ["word"; 40].join(" ");
    assert!(matches!(
        refused(&long, settings(ExplanationMethod::Exact)),
        Some(ExplainError::TooManyPlayers { .. })
    ));
    let mut far = settings(ExplanationMethod::Owen);
    far.target.index = 2;
    let mut run = ExplanationRun::new(text("bad"), far).unwrap();
    let mut evaluations = no_evaluations();
    for input in run.advance(&evaluations).unwrap() {
        let output = model(&input);
        evaluations.insert(input, output);
    }
    assert_eq!(
        run.advance(&evaluations),
        Err(ExplainError::NoSuchOutput { index: 2, outputs: 2 })
    );
}

#[test]
fn text_and_ids_are_masked_as_the_settings_say() {
    let mut settings = settings(ExplanationMethod::Owen);
    settings.masking = Masking {
        mode: MaskingMode::String,
        ..Masking::default()
    };
    let run = ExplanationRun::new(text("so bad"), settings).unwrap();
    let nobody = Coalition::empty(2);
    assert_eq!(run.input(&nobody), MaskedInput::Text(run.shown(&nobody)));
    assert_eq!(run.shown(&nobody).text, "[MASK] [MASK]");
    assert_eq!(run.asked(), [nobody, Coalition::full(2)]);
}

#[test]
fn what_a_model_says_that_is_no_number_is_not_explained() {
    for (logits, link, said) in [
        ([0.0, f32::NAN], OutputLink::Probability, "NaN"),
        ([f32::NAN, 0.0], OutputLink::Probability, "NaN"),
        ([0.0, f32::INFINITY], OutputLink::Logit, "inf"),
        ([0.0, f32::NEG_INFINITY], OutputLink::Logit, "-inf"),
    ] {
        for method in COALITIONS {
            let mut settings = settings(method);
            settings.target.link = link;
            let mut run = ExplanationRun::new(text("so bad"), settings).unwrap();
            let mut evaluations = no_evaluations();
            for input in run.advance(&evaluations).unwrap() {
                evaluations.insert(input, logits.to_vec());
            }
            let error = ExplainError::ScoreIsNoNumber(said.to_owned());
            assert_eq!(run.advance(&evaluations), Err(error), "{method:?} {logits:?}");
        }
    }
}

#[test]
fn what_another_model_said_is_not_taken() {
    let mut run = ExplanationRun::new(text("so bad"), settings(ExplanationMethod::Owen)).unwrap();
    let similarity = ModelOutput::SimilarityTo(TextInput {
        text: "good".to_owned(),
        pair: None,
    });
    for other in [
        Evaluations::new("another", ModelOutput::Logits),
        Evaluations::new("hash", similarity),
    ] {
        assert_eq!(run.step(&other), Err(ExplainError::EvaluationsOfAnotherModel));
    }
    assert_eq!(finish(&mut run, &mut no_evaluations()), 4);
}

#[test]
fn small_budgets_are_kept_or_refused() {
    for written in ["bad", "so bad", "not a bad film"] {
        let players = written.split(' ').count();
        for budget in 0..30 {
            for method in COALITIONS {
                let settings = ExplanationSettings {
                    most_evaluations: Some(budget),
                    ..settings(method)
                };
                let what = format!("{method:?} of {written} with {budget}");
                let mut run = match ExplanationRun::new(text(written), settings) {
                    Ok(run) => run,
                    Err(ExplainError::TooFewEvaluations { allowed, needed }) => {
                        assert!(allowed == budget && budget < needed, "{what}");
                        assert!(needed <= 2 * players + 1, "{what}: {needed}");
                        continue;
                    }
                    Err(error) => panic!("{what}: {error}"),
                };
                let planned = run.planned_evaluations().unwrap();
                finish(&mut run, &mut no_evaluations());
                assert_eq!(run.evaluations(), planned, "{what}");
                if matches!(
                    method,
                    ExplanationMethod::Owen | ExplanationMethod::Permutation | ExplanationMethod::Kernel
                ) {
                    assert!(planned <= budget.next_multiple_of(2), "{what}: {planned}");
                }
            }
        }
    }
}

#[test]
fn words_that_share_a_token_have_their_sum_at_it() {
    // "bad", a combining mark, "ly", another: one token for the tokenizer, two words for LIME.
    let mut text = text("not x film");
    text.input.text = "not bad\u{301}ly\u{301} film".to_owned();
    for (at, (start, end)) in [(1, (0, 3)), (2, (4, 11)), (3, (12, 16))] {
        (text.tokens[at].start, text.tokens[at].end) = (start, end);
    }
    let mut run = ExplanationRun::new(text, settings(ExplanationMethod::Lime)).unwrap();
    finish(&mut run, &mut no_evaluations());
    let explanation = run.explanation();
    let names: Vec<&str> = explanation
        .features
        .iter()
        .map(|feature| feature.text.as_str())
        .collect();
    assert_eq!(names, ["not", "bad", "ly", "film"]);
    let [not, bad, ly, film] = [0, 1, 2, 3].map(|at| explanation.features[at].value);
    assert_eq!(explanation.values, [0.0, not, bad + ly, film, 0.0]);
    assert!(bad != 0.0 && ly != 0.0);
}

#[test]
fn exact_costs_are_named_as_far_as_a_browser_counts() {
    for (words, expect) in [(1, Some(2)), (31, Some(1 << 31)), (32, None), (60, None)] {
        for method in [ExplanationMethod::Kernel, ExplanationMethod::Permutation] {
            let text = text(&vec!["word"; words].join(" "));
            let run = ExplanationRun::new(text, settings(method)).unwrap();
            assert_eq!(run.exact_evaluations(), expect, "{words} words, {method:?}");
        }
    }
}
