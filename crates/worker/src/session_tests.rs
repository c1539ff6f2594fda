use vitrine_model::testing::{self, Shape};
use vitrine_record::message::TextInput;
use vitrine_record::{
    AblationEffects, AttentionThumbnails, AttentionVariant, HeadIdx, LayerAttention, Notice, Position,
    Prediction, SentenceList, VariantAttention,
};

use super::*;

fn session() -> Session {
    let shape = Shape {
        layers: 3,
        max_tokens: 80,
        ..Shape::default()
    };
    Session::new(testing::model(shape, 5).unwrap())
}

fn ask(session: &mut Session, text: &str, pair: Option<&str>, layer: usize) -> Analysis {
    let request = Request::Analyse {
        text: text.into(),
        pair: pair.map(str::to_owned),
        layer: LayerIdx(layer),
    };
    analysis(session, &request)
}

fn answer(session: &mut Session, request: &Request) -> Result<Reply, Problem> {
    match session.answer(request)? {
        Answer::Reply(reply) => {
            assert!(reply.answers(request));
            Ok(reply)
        }
        Answer::Work(_) => panic!("{request:?} is short"),
    }
}

fn analysis(session: &mut Session, request: &Request) -> Analysis {
    match answer(session, request) {
        Ok(Reply::Analysis(analysis)) => *analysis,
        other => panic!("no analysis: {other:?}"),
    }
}

fn layers(analysis: &Analysis) -> Vec<usize> {
    analysis
        .attention
        .iter()
        .map(|attention| attention.layer.0)
        .collect()
}

#[test]
fn a_short_text_comes_with_all_layers_and_a_prediction() {
    let analysis = ask(&mut session(), "the film was not bad at all", None, 1);
    assert_eq!(analysis.tokens.len(), 9);
    assert_eq!(layers(&analysis), [0, 1, 2]);
    let prediction = analysis.prediction.unwrap();
    assert!((prediction.probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-6);
    assert!(
        analysis
            .attention
            .iter()
            .all(|layer| layer.largest_row_sum_error() < 1e-5)
    );
}

#[test]
fn a_long_text_comes_with_the_layer_asked_for_and_thumbnails_of_all() {
    let (mut session, text) = (session(), "film ".repeat(63));
    let (whole, _) = analyse(&session.model, &text, None, &[], Layers::All).unwrap();
    for (asked, got) in [(1, 1), (0, 0), (99, 2), (1, 1)] {
        let analysis = ask(&mut session, &text, None, asked);
        assert_eq!(layers(&analysis), [got]);
        assert_eq!(
            analysis.attention[0], whole.attention[got],
            "as if it came from a whole run"
        );
        let thumbnails: Vec<_> = whole.attention.iter().map(AttentionThumbnails::new).collect();
        assert_eq!(analysis.thumbnails, thumbnails);
    }
    let short = ask(&mut session, &"film ".repeat(62), None, 1);
    assert_eq!(layers(&short), [0, 1, 2]);
    assert!(short.thumbnails.is_empty());
}

#[test]
fn of_a_long_text_no_attention_is_kept() {
    let (mut session, text) = (session(), "film ".repeat(70));
    ask(&mut session, &text, None, 0);
    assert!(session.untouched.as_ref().unwrap().analysis.attention.is_empty());
    ask(&mut session, &text, None, 1);
    assert!(session.untouched.as_ref().unwrap().analysis.attention.is_empty());
    ask(&mut session, "good", None, 1);
    assert_eq!(layers(&session.untouched.as_ref().unwrap().analysis), [0, 1, 2]);
}

/// A prediction that no forward pass gives: where it comes back, none was made.
fn marked() -> Option<Prediction> {
    Some(Prediction {
        logits: vec![7.0, 7.0],
        probabilities: vec![0.5, 0.5],
    })
}

#[test]
fn another_layer_of_the_same_input_costs_no_forward_pass() {
    let (mut session, text) = (session(), "film ".repeat(70));
    let first = ask(&mut session, &text, None, 0);
    session.untouched.as_mut().unwrap().analysis.prediction = marked();
    let second = ask(&mut session, &text, None, 1);
    assert_eq!(second.prediction, marked());
    assert_ne!(first.attention[0], second.attention[0]);
    for (text, pair) in [(&*text, Some("good")), ("good", None), (&*text, None)] {
        session.untouched.as_mut().unwrap().analysis.prediction = marked();
        assert_ne!(ask(&mut session, text, pair, 1).prediction, marked());
    }
}

#[test]
fn a_text_to_compare_with_is_kept_beside_the_text_and_its_changed_run() {
    let mut session = session();
    let other = |text: &str, layer| Request::AnalyseOther {
        text: text.into(),
        layer: LayerIdx(layer),
    };
    let (text, long) = ("the film was not bad at all", "film ".repeat(70));
    let plain = ask(&mut session, text, None, 1);
    let changed = analysis(&mut session, &intervene(text, 1, vec![ablate(0, 1)]));
    for text in [text, &long] {
        let compared = analysis(&mut session, &other(text, 1));
        assert_eq!(compared, ask(&mut self::session(), text, None, 1));
        session.compared.as_mut().unwrap().analysis.prediction = marked();
        let above = analysis(&mut session, &other(text, 2));
        assert_eq!(above.prediction, marked(), "another layer costs no forward pass");
        assert!(above.layer(LayerIdx(2)).is_some());
    }
    for kept in [&mut session.untouched, &mut session.intervened] {
        kept.as_mut().unwrap().analysis.prediction = marked();
    }
    analysis(&mut session, &other("good", 0));
    assert_eq!(ask(&mut session, text, None, 1).attention, plain.attention);
    assert_eq!(ask(&mut session, text, None, 1).prediction, marked());
    let again = analysis(&mut session, &intervene(text, 1, vec![ablate(0, 1)]));
    assert_eq!((again.attention, again.prediction), (changed.attention, marked()));
}

fn ablate(layer: usize, head: usize) -> Intervention {
    Intervention::ScaleHead {
        layer: LayerIdx(layer),
        head: HeadIdx(head),
        factor: 0.0,
    }
}

fn intervene(text: &str, layer: usize, interventions: Vec<Intervention>) -> Request {
    Request::Intervene {
        text: text.into(),
        pair: None,
        layer: LayerIdx(layer),
        interventions,
    }
}

#[test]
fn a_changed_run_stands_beside_the_untouched_one() {
    let mut session = session();
    for text in ["the film was not bad at all".to_owned(), "film ".repeat(70)] {
        let plain = ask(&mut session, &text, None, 1);
        let changed = analysis(&mut session, &intervene(&text, 1, vec![ablate(0, 1)]));
        assert_eq!(layers(&changed), layers(&plain));
        assert_eq!(changed.thumbnails.len(), plain.thumbnails.len());
        assert_ne!(changed.prediction, plain.prediction);
        assert_ne!(changed.layer(LayerIdx(1)), plain.layer(LayerIdx(1)));
        session.intervened.as_mut().unwrap().analysis.prediction = marked();
        let again = analysis(&mut session, &intervene(&text, 2, vec![ablate(0, 1)]));
        assert_eq!(
            again.prediction,
            marked(),
            "the same changes cost no forward pass"
        );
        let other = analysis(&mut session, &intervene(&text, 2, vec![ablate(0, 2)]));
        assert_ne!(other.prediction, marked());
        assert_eq!(ask(&mut session, &text, None, 1), plain);
        assert_eq!(analysis(&mut session, &intervene(&text, 1, Vec::new())), plain);
    }
}

#[test]
fn changes_that_do_not_fit_are_refused_with_a_sentence() {
    let mut session = session();
    let hide = |key| Intervention::HideKey {
        layer: LayerIdx(1),
        key: Position(key),
    };
    for (interventions, sentence) in [
        (
            vec![ablate(3, 0)],
            "an intervention names layer 3, but there are 3, from 0",
        ),
        (
            (0..3).map(hide).collect(),
            "all tokens of sequence 0 are hidden from layer 1",
        ),
    ] {
        let problem = answer(&mut session, &intervene("good", 0, interventions)).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::RequestFailed);
        assert!(problem.detail.contains(sentence), "{}", problem.detail);
    }
    assert!(ask(&mut session, "good", None, 0).prediction.is_some());
}

#[test]
fn a_head_is_computed_in_the_run_that_is_looked_at() {
    let mut session = session();
    let request = |head, interventions| Request::ComputeHead {
        text: "the film was not bad".into(),
        pair: None,
        layer: LayerIdx(1),
        head: HeadIdx(head),
        destination: Position(2),
        interventions,
    };
    let attention = ask(&mut session, "the film was not bad", None, 1).attention;
    session.untouched.as_mut().unwrap().analysis.prediction = marked();
    let Ok(Reply::HeadComputation(plain)) = answer(&mut session, &request(2, Vec::new())) else {
        panic!("no computation");
    };
    assert_eq!(session.untouched.as_ref().unwrap().analysis.prediction, marked());
    for (one, other) in plain.probabilities.iter().zip(attention[1].row(2, 2)) {
        assert!((one - other).abs() < 1e-6);
    }
    let Ok(Reply::HeadComputation(changed)) = answer(&mut session, &request(2, vec![ablate(0, 0)])) else {
        panic!("no computation");
    };
    assert_ne!(plain.query, changed.query);
    let problem = answer(&mut session, &request(3, Vec::new())).unwrap_err();
    assert_eq!(problem.kind, ProblemKind::RequestFailed);
    assert!(problem.detail.contains("no head 3"), "{}", problem.detail);
}

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

#[test]
fn many_inputs_get_the_predictions_of_each() {
    let mut session = session();
    let inputs: Vec<TextInput> = ["good film", "bad", "", "not a bad film", "bad"]
        .map(|text| TextInput {
            text: text.into(),
            pair: (text == "bad").then(|| "good".into()),
        })
        .into();
    let request = Request::Predict {
        inputs: inputs.clone(),
    };
    let reply = answer(&mut session, &request).unwrap();
    let Reply::Predictions(predictions) = reply else {
        panic!("no predictions");
    };
    for (input, prediction) in inputs.iter().zip(predictions) {
        let alone = ask(&mut session, &input.text, input.pair.as_deref(), 0)
            .prediction
            .unwrap();
        for (one, other) in alone.logits.iter().zip(&prediction.logits) {
            assert!((one - other).abs() <= 1e-6, "{input:?}: {one} {other}");
        }
    }
}

#[test]
fn notices_come_with_the_reply() {
    let mut session = session();
    assert!(ask(&mut session, "", None, 0).notices.contains(&Notice::Empty));
    assert!(
        ask(&mut session, "good", Some("bad"), 0)
            .notices
            .contains(&Notice::Pair)
    );
    let cut = ask(&mut session, &"film ".repeat(100), None, 0);
    let unread = cut.notices.iter().find_map(|notice| match notice {
        Notice::Truncated(cut) => Some((cut.unread_from, cut.tokens_left_out)),
        _ => None,
    });
    assert_eq!((cut.tokens.len(), unread), (80, Some((78 * 5, 22))));
}
