//! Answers that take many steps.

use vitrine_record::{
    AblationEffects, AttentionVariant, ExplanationTarget, GradientBaseline, LayerAttention, Salience,
    SentenceList, VariantAttention,
};

use super::*;

/// The parts of a long answer, and the whole.
fn work(session: &mut Session, request: &Request) -> (Vec<Reply>, Reply) {
    let Ok(Answer::Work(mut work)) = session.answer(request) else {
        panic!("{request:?} is long");
    };
    let mut parts = Vec::new();
    loop {
        match session.advance(&mut work).unwrap() {
            Progress::Nothing => {}
            Progress::Part(part) => {
                assert!(part.is_part_for(request));
                parts.push(part);
            }
            Progress::Done(whole) => {
                assert!(whole.answers(request));
                return (parts, whole);
            }
        }
    }
}

/// Parts that repeat nothing, with the untouched prediction in each, make up the whole.
fn check_parts<Ablated: Clone + PartialEq + std::fmt::Debug>(
    parts: &[AblationEffects<Ablated>],
    whole: &AblationEffects<Ablated>,
    sizes: &[usize],
    count: usize,
) {
    let came: Vec<usize> = parts.iter().map(|part| part.effects.len()).collect();
    assert_eq!(came, sizes);
    let told: Vec<_> = parts.iter().flat_map(|part| part.effects.clone()).collect();
    assert!(parts.iter().all(|part| part.prediction == whole.prediction));
    assert_eq!(told, whole.effects[..told.len()]);
    assert_eq!(whole.effects.len(), count);
}

#[test]
fn a_ranking_of_heads_comes_in_parts_that_make_up_the_whole() {
    let mut session = session();
    let (text, base) = ("film ".repeat(60), vec![ablate(1, 1)]);
    let request = Request::RankHeads {
        text: text.clone(),
        pair: None,
        interventions: base.clone(),
    };
    let heads = |reply| match reply {
        Reply::HeadEffects(effects) => effects,
        other => panic!("{other:?}"),
    };
    let (parts, whole) = work(&mut session, &request);
    let (parts, whole): (Vec<_>, _) = (parts.into_iter().map(heads).collect(), heads(whole));
    check_parts(&parts, &whole, &[0, 2, 1, 2, 1, 2], 9);
    let changed = analysis(&mut session, &intervene(&text, 0, base));
    assert_eq!(changed.prediction, Some(whole.prediction));
}

/// The answer to a request for a variant, the parts that came before it, and in how many steps.
struct Made {
    whole: VariantAttention,
    parts: Vec<LayerAttention>,
    steps: usize,
}

fn variant(
    session: &mut Session,
    text: &str,
    layer: usize,
    variant: AttentionVariant,
    interventions: Vec<Intervention>,
) -> Result<Made, Problem> {
    let request = Request::ComputeVariant {
        text: text.into(),
        pair: None,
        layer: LayerIdx(layer),
        variant,
        interventions,
    };
    let Answer::Work(mut work) = session.answer(&request)? else {
        panic!("a variant is long");
    };
    let attention = |reply| match reply {
        Reply::Attention(made) => *made,
        other => panic!("{other:?}"),
    };
    let mut parts = Vec::new();
    for steps in 1.. {
        match session.advance(&mut work)? {
            Progress::Nothing => {}
            Progress::Done(reply) => {
                assert!(reply.answers(&request));
                let whole = attention(reply);
                return Ok(Made { whole, parts, steps });
            }
            Progress::Part(part) => {
                assert!(part.is_part_for(&request));
                parts.push(attention(part).attention);
            }
        }
    }
    unreachable!("the loop ends by an answer");
}

#[test]
fn variants_come_step_by_step_and_are_of_the_layer_asked_for() {
    let mut session = session();
    let text = "the film was not bad at all";
    let raw = ask(&mut session, text, None, 1).attention;
    let mut of = |layer, made| variant(&mut session, text, layer, made, Vec::new()).unwrap();
    for layer in 0..3 {
        assert_eq!(of(layer, AttentionVariant::Raw).whole.attention, raw[layer]);
        let weighted = of(layer, AttentionVariant::ValueWeighted).whole;
        assert_eq!(weighted.attention.heads(), raw[layer].heads());
        assert_ne!(weighted.attention, raw[layer]);
        let gradient = of(layer, AttentionVariant::GradientTimesAttention).whole;
        assert_eq!(gradient.attention.heads(), raw[layer].heads());

        let rollout = of(layer, AttentionVariant::Rollout);
        assert_eq!(rollout.steps, layer + 2);
        let expected = vitrine_attention::attention_rollout(&raw).unwrap();
        assert_layers(rollout, |layer| expected[layer].to_attention(LayerIdx(layer)));
        let flow = of(layer, AttentionVariant::Flow);
        assert!(flow.steps > layer + 2);
        let expected = vitrine_attention::attention_flow(&raw).unwrap();
        assert_layers(flow, |layer| expected[layer].to_attention(LayerIdx(layer)));
    }
}

/// The layers below come as parts, each once and in order.
fn assert_layers(made: Made, expected: impl Fn(usize) -> LayerAttention) {
    assert_eq!(made.parts.len(), made.whole.attention.layer.0);
    let layers = made.parts.iter().chain([&made.whole.attention]);
    for (layer, attention) in layers.enumerate() {
        assert_same(attention, &expected(layer));
    }
}

#[test]
fn a_gradient_in_a_changed_run_is_of_the_class_that_the_untouched_run_predicts() {
    let mut session = session();
    let text = "the film was not bad at all";
    let untouched = ask(&mut session, text, None, 0).prediction.unwrap().top();
    let ablated = |layer| {
        (0..3).map(move |head| Intervention::ScaleHead {
            layer: LayerIdx(layer),
            head: HeadIdx(head),
            factor: -20.0,
        })
    };
    let changes: Vec<Intervention> = (0..3).flat_map(ablated).collect();
    let changed = analysis(&mut session, &intervene(text, 0, changes.clone()));
    let top = changed.prediction.as_ref().and_then(Prediction::top);
    assert_ne!(top, untouched, "or this would try nothing");
    let gradient = AttentionVariant::GradientTimesAttention;
    let made = variant(&mut session, text, 2, gradient, changes.clone())
        .unwrap()
        .whole;
    assert_eq!(made.class, untouched);
    let plain = variant(&mut session, text, 2, gradient, Vec::new())
        .unwrap()
        .whole;
    assert_ne!(made.attention, plain.attention);
    let raw = variant(&mut session, text, 2, AttentionVariant::Raw, changes)
        .unwrap()
        .whole;
    assert_eq!(Some(&raw.attention), changed.layer(LayerIdx(2)));
}

/// A layer that is computed again may differ from the first time by rounding.
fn assert_same(one: &LayerAttention, other: &LayerAttention) {
    assert_eq!(
        (one.layer, one.heads(), one.tokens()),
        (other.layer, 1, other.tokens())
    );
    for row in 0..one.tokens() {
        for (one, other) in one.row(0, row).iter().zip(other.row(0, row)) {
            assert!((one - other).abs() < 1e-6, "{one} {other}");
        }
    }
}

#[test]
fn the_flow_of_a_long_text_and_a_layer_that_is_not_there_are_refused() {
    let mut session = session();
    let long = "film ".repeat(63);
    let mut refused = |text: &str, layer, made| {
        let problem = variant(&mut session, text, layer, made, Vec::new())
            .err()
            .unwrap();
        assert_eq!(problem.kind, ProblemKind::RequestFailed);
        problem.detail
    };
    let sentence = refused(&long, 0, AttentionVariant::Flow);
    assert!(
        sentence.contains("65 tokens") && sentence.contains("at most 64"),
        "{sentence}"
    );
    for made in AttentionVariant::ALL {
        let sentence = refused("good film", 3, made);
        assert!(sentence.contains("no layer 3"), "{made:?}: {sentence}");
    }
    assert!(variant(&mut session, &long, 2, AttentionVariant::Rollout, Vec::new()).is_ok());
}

#[test]
fn a_survey_comes_in_parts_and_is_of_what_the_sentences_say_alone() {
    let mut session = session();
    let long = "film ".repeat(200);
    let mut sentences: Vec<String> = ["the film was bad", "not bad at all", &long, "good"]
        .map(str::to_owned)
        .into();
    sentences.extend((0..10).map(|count| "bad film ".repeat(count)));
    let request = Request::SurveyHeads {
        sentences: sentences.clone().into(),
    };
    let Ok(Answer::Work(mut work)) = session.answer(&request) else {
        panic!("a survey is long");
    };
    let mut parts = Vec::new();
    let whole = loop {
        match session.advance(&mut work).unwrap() {
            Progress::Nothing => {}
            Progress::Part(part) => {
                assert!(part.is_part_for(&request));
                let Reply::HeadSurvey(part) = part else {
                    panic!("no survey");
                };
                parts.push((part.sentences, part.cut));
            }
            Progress::Done(reply) => {
                assert!(reply.answers(&request));
                let Reply::HeadSurvey(whole) = reply else {
                    panic!("no survey");
                };
                break whole;
            }
        }
    };
    assert_eq!(parts, [(1, 0), (9, 1)]);
    assert_eq!((whole.sentences, whole.cut), (14, 1));
    assert_eq!(whole.statistics.len(), 9);
    assert!(whole.likeness.is_some() && whole.mean_attention.is_some());
    let metric = vitrine_record::HeadMetric::Itself;
    // The attention of so long a text does not come with an analysis: as much of it as is read is 80 tokens.
    let of_text = |text: &str, head: usize| {
        let (analysis, _) = analyse(&session.model, text, None, &[], Layers::All).unwrap();
        vitrine_attention::head_scores(&analysis.attention, &analysis.tokens).unwrap()[head].scores[metric]
    };
    for (head, statistics) in whole.statistics.iter().enumerate() {
        let scores: Vec<f64> = sentences.iter().filter_map(|text| of_text(text, head)).collect();
        let mean = scores.iter().sum::<f64>() / scores.len() as f64;
        assert_eq!(statistics.scores[metric].texts as usize, scores.len());
        assert!((statistics.scores[metric].mean - mean).abs() < 1e-12);
    }
}

#[test]
fn a_survey_of_nothing_says_so() {
    let mut session = session();
    let request = Request::SurveyHeads {
        sentences: SentenceList::default(),
    };
    let Ok(Answer::Work(mut work)) = session.answer(&request) else {
        panic!("a survey is long");
    };
    let Ok(Progress::Done(reply)) = session.advance(&mut work) else {
        panic!("there is nothing to do");
    };
    assert!(reply.answers(&request));
}

#[test]
fn a_ranking_of_tokens_comes_in_parts_that_make_up_the_whole() {
    let mut session = session();
    let text = "film ".repeat(38);
    let request = Request::RankTokens {
        text: text.clone(),
        pair: None,
        interventions: vec![ablate(1, 1)],
    };
    let tokens = |reply| match reply {
        Reply::TokenEffects(effects) => effects,
        other => panic!("{other:?}"),
    };
    let (parts, whole) = work(&mut session, &request);
    let (parts, whole): (Vec<_>, _) = (parts.into_iter().map(tokens).collect(), tokens(whole));
    let sizes = [&[0][..], &[3; 13]].concat();
    check_parts(&parts, &whole, &sizes, 40);
    let mut hidden = vec![ablate(1, 1)];
    hidden.extend((0..3).map(|layer| Intervention::HideKey {
        layer: LayerIdx(layer),
        key: Position(39),
    }));
    let changed = analysis(&mut session, &intervene(&text, 0, hidden))
        .prediction
        .unwrap();
    let last = &whole.effects[39];
    assert_eq!(last.ablated, Position(39), "[SEP] is hidden too");
    for (one, other) in last.prediction.logits.iter().zip(&changed.logits) {
        assert!((one - other).abs() <= 1e-6, "as What if has it: {one} {other}");
    }
}

fn salience_request(text: &str, steps: usize, index: usize) -> Request {
    Request::ComputeSalience {
        input: TextInput {
            text: text.into(),
            pair: None,
        },
        target: ExplanationTarget {
            index,
            ..ExplanationTarget::default()
        },
        steps,
        baseline: GradientBaseline::Mask,
    }
}

fn salience(reply: Reply) -> Salience {
    match reply {
        Reply::Salience(salience) => *salience,
        other => panic!("{other:?}"),
    }
}

#[test]
fn salience_comes_in_parts_the_first_of_which_has_all_but_the_path() {
    let mut session = session();
    let request = salience_request;
    // 22 tokens: two points of the path go at once.
    let text = "good ".repeat(20);
    let (parts, whole) = work(&mut session, &request(&text, 7, 1));
    let parts: Vec<Salience> = parts.into_iter().map(salience).collect();
    let whole = salience(whole);
    let done: Vec<usize> = parts.iter().map(|part| part.steps_done).collect();
    assert_eq!((done, whole.steps_done), (vec![0, 2, 4, 6], 7));
    for part in &parts {
        let integrated_gradients = whole.integrated_gradients.clone();
        let steps_done = 7;
        let part = part.clone();
        assert_eq!(
            Salience {
                integrated_gradients,
                steps_done,
                ..part
            },
            whole
        );
    }
    let predicted = ask(&mut session, &text, None, 0).prediction.unwrap();
    assert!((whole.prediction - f64::from(predicted.probabilities[1])).abs() < 1e-6);

    for (request, word) in [
        (request("good", 7, 2), "output 2"),
        (request("good", 0, 1), "not 0"),
    ] {
        let Ok(Answer::Work(mut work)) = session.answer(&request) else {
            panic!("it is long");
        };
        let problem = session.advance(&mut work).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::RequestFailed);
        assert!(problem.detail.contains(word), "{}", problem.detail);
    }
}

#[test]
fn a_path_that_is_asked_for_again_goes_on_where_it_was() {
    let text = "good ".repeat(20);
    let request = salience_request(&text, 7, 1);
    let (_, whole) = work(&mut session(), &request);
    let mut session = session();
    let Ok(Answer::Work(mut begun)) = session.answer(&request) else {
        panic!("it is long");
    };
    let mut steps_done = 0;
    for _ in 0..3 {
        if let Ok(Progress::Part(part)) = session.advance(&mut begun) {
            steps_done = salience(part).steps_done;
        }
    }
    assert_eq!(steps_done, 2);
    drop(begun);
    let (parts, again) = work(&mut session, &request);
    let done: Vec<usize> = parts.into_iter().map(|part| salience(part).steps_done).collect();
    assert_eq!(done, [2, 4, 6]);
    assert_eq!(
        salience(again),
        salience(whole),
        "as if it had never been interrupted"
    );
    let (parts, _) = work(&mut session, &request);
    assert_eq!(
        salience(parts[0].clone()).steps_done,
        0,
        "what was answered is over"
    );
}

#[test]
fn many_tokens_are_evaluated_layer_by_layer_and_few_at_once() {
    let mut session = session();
    let request = |count: usize| Request::Evaluate {
        inputs: (0..count)
            .map(|number| {
                MaskedInput::Text(TextInput {
                    text: "film ".repeat(10) + ["good", "bad", "dull", "not"][number],
                    pair: None,
                })
            })
            .collect(),
        output: ModelOutput::Logits,
    };
    let Reply::Outputs(few) = answer(&mut session, &request(3)).unwrap() else {
        panic!("no outputs");
    };
    let Ok(Answer::Work(mut work)) = session.answer(&request(4)) else {
        panic!("52 tokens are many");
    };
    for _ in 0..2 {
        assert!(matches!(session.advance(&mut work), Ok(Progress::Nothing)));
    }
    let Ok(Progress::Done(reply)) = session.advance(&mut work) else {
        panic!("three layers are three steps");
    };
    assert!(reply.answers(&request(4)));
    let Reply::Outputs(many) = reply else {
        panic!("no outputs");
    };
    assert_eq!(few[..], many[..3]);
}
