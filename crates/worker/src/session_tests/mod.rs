use vitrine_model::testing::{self, Shape};
use vitrine_model::{ModelFiles, Multiplier};
use vitrine_record::message::TextInput;
use vitrine_record::{AttentionThumbnails, HeadIdx, MaskedInput, Notice, Position, Prediction};

use super::*;

mod long_work;

fn session() -> Session {
    let shape = Shape {
        layers: 3,
        max_tokens: 80,
        ..Shape::default()
    };
    // As in a browser: candle adds in an order that depends on how many rows a product has, and these random weights,
    // larger than trained ones, make more of its rounding than the tests allow.
    let files = testing::files(shape, 5).unwrap();
    let weights = files.weights.with_multiplier(Multiplier::Panels);
    Session::new(Model::new(ModelFiles { weights, ..files }).unwrap())
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

#[test]
fn many_inputs_get_the_outputs_of_each() {
    let mut session = session();
    let inputs: Vec<TextInput> = ["good film", "bad", "", "not a bad film", "bad"]
        .map(|text| TextInput {
            text: text.into(),
            pair: (text == "bad").then(|| "good".into()),
        })
        .into();
    let mut evaluate = |output: ModelOutput| {
        let inputs = inputs.iter().cloned().map(MaskedInput::Text).collect();
        let Reply::Outputs(outputs) = answer(&mut session, &Request::Evaluate { inputs, output }).unwrap()
        else {
            panic!("no outputs");
        };
        outputs
    };
    let logits = evaluate(ModelOutput::Logits);
    let likeness = evaluate(ModelOutput::SimilarityTo(inputs[0].clone()));
    assert!((likeness[0][0] - 1.0).abs() <= 1e-6, "{likeness:?}");
    assert_eq!(
        evaluate(ModelOutput::Logits),
        logits,
        "another output was asked for between"
    );
    for (input, logits) in inputs.iter().zip(logits) {
        let alone = ask(&mut session, &input.text, input.pair.as_deref(), 0)
            .prediction
            .unwrap();
        for (one, other) in alone.logits.iter().zip(&logits) {
            assert!((one - other).abs() <= 1e-6, "{input:?}: {one} {other}");
        }
    }
}

#[test]
fn tokens_of_many_texts_are_those_of_their_analyses() {
    let mut session = session();
    let long = "film ".repeat(100);
    let inputs: Vec<TextInput> = [
        ("not a bad film", None),
        (&*long, None),
        ("", None),
        ("bad", Some("good")),
    ]
    .map(|(text, pair)| TextInput {
        text: text.into(),
        pair: pair.map(str::to_owned),
    })
    .into();
    let request = Request::Tokenize {
        inputs: inputs.clone(),
    };
    let Reply::Tokenized(texts) = answer(&mut session, &request).unwrap() else {
        panic!("no tokens");
    };
    assert!(!Reply::Tokenized(texts[1..].to_vec()).answers(&request));
    for (input, text) in inputs.iter().zip(&texts) {
        let analysis = ask(&mut session, &input.text, input.pair.as_deref(), 0);
        assert_eq!(text.tokens, analysis.tokens, "{input:?}");
    }
    let left_out: Vec<usize> = texts
        .iter()
        .map(|text| text.truncations.iter().map(|cut| cut.tokens_left_out).sum())
        .collect();
    assert_eq!(left_out, [0, 22, 0, 0]);
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
