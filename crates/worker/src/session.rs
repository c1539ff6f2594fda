//! A loaded model, and what it last said.

use vitrine_model::{Model, ModelError, analyse, predict};
use vitrine_record::message::{Problem, ProblemKind, Reply, Request};
use vitrine_record::{Analysis, LayerAttention, LayerIdx};

use crate::dispatch::Engine;

/// Up to this many tokens a reply carries the attention of all layers, so that the page can change the layer
/// without asking; a longer text's would be megabytes, of which the page draws one layer.
const MOST_TOKENS_FOR_ALL_LAYERS: usize = 64;

/// A model, and its last analysis with all layers: another layer of the same text costs no second forward pass.
pub struct Session {
    model: Model,
    last: Option<Analysis>,
}

impl Session {
    /// Begins with a loaded model.
    pub fn new(model: Model) -> Session {
        Session { model, last: None }
    }

    fn analyse(&mut self, text: &str, pair: Option<&str>, layer: LayerIdx) -> Result<Analysis, ModelError> {
        let said = |last: &Analysis| last.text == text && last.pair.as_deref() == pair;
        let last = match self.last.take().filter(said) {
            Some(last) => last,
            None => analyse(&self.model, text, pair)?,
        };
        let last = self.last.insert(last);
        let layers = last.attention.len();
        let all = last.tokens.len() <= MOST_TOKENS_FOR_ALL_LAYERS;
        let wanted = LayerIdx(layer.0.min(layers.saturating_sub(1)));
        let carried = |attention: &&LayerAttention| all || attention.layer == wanted;
        Ok(Analysis {
            model_hash: last.model_hash.clone(),
            text: last.text.clone(),
            pair: last.pair.clone(),
            tokens: last.tokens.clone(),
            prediction: last.prediction.clone(),
            attention: last.attention.iter().filter(carried).cloned().collect(),
            notices: last.notices.clone(),
        })
    }
}

impl Engine for Session {
    fn answer(&mut self, request: &Request) -> Result<Reply, Problem> {
        let reply = match request {
            Request::Analyse { text, pair, layer } => self
                .analyse(text, pair.as_deref(), *layer)
                .map(|analysis| Reply::Analysis(Box::new(analysis))),
            Request::Predict { inputs } => predict(&self.model, inputs).map(Reply::Predictions),
        };
        reply.map_err(|error| Problem {
            kind: ProblemKind::RequestFailed,
            detail: error.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
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
        let Ok(Reply::Analysis(analysis)) = session.answer(&request) else {
            panic!("no analysis of {text:?}");
        };
        assert!(analysis.is_consistent());
        *analysis
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
        session.last.as_mut().unwrap().prediction = marked.clone();
        let second = ask(&mut session, &text, None, 1);
        assert_eq!(second.prediction, marked);
        assert_ne!(first.attention[0], second.attention[0]);
        for (text, pair) in [(&*text, Some("good")), ("good", None), (&*text, None)] {
            session.last.as_mut().unwrap().prediction = marked.clone();
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
        let reply = session.answer(&request).unwrap();
        assert!(reply.answers(&request));
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
}
