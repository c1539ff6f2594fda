use vitrine_model::testing::{self, Shape};
use vitrine_record::message::TextInput;
use vitrine_record::{Notice, Prediction};

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
fn a_long_text_comes_with_the_layer_asked_for_and_none_that_the_model_lacks() {
    let (mut session, text) = (session(), "film ".repeat(63));
    for (asked, got) in [(1, 1), (0, 0), (99, 2)] {
        assert_eq!(layers(&ask(&mut session, &text, None, asked)), [got]);
    }
    assert_eq!(
        layers(&ask(&mut session, &"film ".repeat(62), None, 1)),
        [0, 1, 2]
    );
}

#[test]
fn another_layer_of_the_same_input_costs_no_forward_pass() {
    let (mut session, text) = (session(), "film ".repeat(70));
    let first = ask(&mut session, &text, None, 0);
    // A prediction that no forward pass gives: where it comes back, none was made.
    let marked = Some(Prediction {
        logits: vec![7.0, 7.0],
        probabilities: vec![0.5, 0.5],
    });
    session.untouched.as_mut().unwrap().analysis.prediction = marked.clone();
    let second = ask(&mut session, &text, None, 1);
    assert_eq!(second.prediction, marked);
    assert_ne!(first.attention[0], second.attention[0]);
    for (text, pair) in [(&*text, Some("good")), ("good", None), (&*text, None)] {
        session.untouched.as_mut().unwrap().analysis.prediction = marked.clone();
        assert_ne!(ask(&mut session, text, pair, 1).prediction, marked);
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
