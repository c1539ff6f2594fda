//! The order in which requests are answered: they wait for the model, the latest wins, and every one of them is
//! answered exactly once. Nothing here knows a browser.

use std::collections::VecDeque;

use vitrine_record::message::{FromWorker, Problem, Reply, Request, RequestId, ToWorker};

/// What answers a request, once it is loaded.
pub trait Engine {
    /// Computes the answer, or says why there is none.
    fn answer(&mut self, request: &Request) -> Result<Reply, Problem>;
}

/// What the caller of [`Dispatch::receive`] has to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Todo {
    /// Nothing: all that had to be said was posted.
    Nothing,
    /// Fetch the model of this manifest, then call [`Dispatch::loaded`] or [`Dispatch::load_failed`].
    Load {
        /// The manifest's address, as the page gave it.
        manifest_url: String,
    },
    /// Let the messages that have arrived be heard, then call [`Dispatch::step`].
    Step,
}

enum State<E> {
    Unloaded,
    Loading,
    Ready(E),
    Failed(Problem),
}

/// The requests that wait, and the engine that answers them.
pub struct Dispatch<E> {
    state: State<E>,
    waiting: VecDeque<(RequestId, Request)>,
}

impl<E> Default for Dispatch<E> {
    fn default() -> Self {
        Dispatch {
            state: State::Unloaded,
            waiting: VecDeque::new(),
        }
    }
}

impl<E: Engine> Dispatch<E> {
    /// Takes a message from the page. What can be said at once goes to `post`.
    pub fn receive(&mut self, message: ToWorker, mut post: impl FnMut(FromWorker)) -> Todo {
        match message {
            ToWorker::Load { manifest_url } => match self.state {
                State::Unloaded | State::Failed(_) => {
                    self.state = State::Loading;
                    Todo::Load { manifest_url }
                }
                // The page hears of a load that goes on, or is over, by the messages of that load.
                State::Loading | State::Ready(_) => Todo::Nothing,
            },
            ToWorker::Request { id, request } => self.enqueue(id, request, post),
            ToWorker::Cancel { id } => {
                let before = self.waiting.len();
                self.waiting.retain(|(waiting, _)| *waiting != id);
                if self.waiting.len() < before {
                    post(FromWorker::Superseded { id });
                }
                Todo::Nothing
            }
        }
    }

    fn enqueue(&mut self, id: RequestId, request: Request, mut post: impl FnMut(FromWorker)) -> Todo {
        if let State::Failed(problem) = &self.state {
            post(FromWorker::Failed {
                id: Some(id),
                problem: problem.clone(),
            });
            return Todo::Nothing;
        }
        // A newer request takes the place of the older ones of its kind, if these give way.
        let kind = request.kind();
        self.waiting.retain(|(older, waiting)| {
            let superseded = waiting.gives_way() && waiting.kind() == kind;
            if superseded {
                post(FromWorker::Superseded { id: *older });
            }
            !superseded
        });
        self.waiting.push_back((id, request));
        self.todo()
    }

    /// The model is here: the requests that waited can be answered.
    pub fn loaded(&mut self, engine: E) -> Todo {
        self.state = State::Ready(engine);
        self.todo()
    }

    /// There will be no model: the requests that waited, and those still to come, fail with the same problem. A
    /// new [`ToWorker::Load`] tries again.
    pub fn load_failed(&mut self, problem: Problem, mut post: impl FnMut(FromWorker)) {
        post(FromWorker::Failed {
            id: None,
            problem: problem.clone(),
        });
        for (id, _) in self.waiting.drain(..) {
            post(FromWorker::Failed {
                id: Some(id),
                problem: problem.clone(),
            });
        }
        self.state = State::Failed(problem);
    }

    /// Answers one request. [`Todo::Step`] says that another one waits; the caller returns to its event loop
    /// first, so that a newer request or a cancel can still take its place.
    pub fn step(&mut self, mut post: impl FnMut(FromWorker)) -> Todo {
        if let State::Ready(engine) = &mut self.state
            && let Some((id, request)) = self.waiting.pop_front()
        {
            post(match engine.answer(&request) {
                Ok(reply) => FromWorker::Reply { id, reply },
                Err(problem) => FromWorker::Failed {
                    id: Some(id),
                    problem,
                },
            });
        }
        self.todo()
    }

    fn todo(&self) -> Todo {
        if matches!(self.state, State::Ready(_)) && !self.waiting.is_empty() {
            Todo::Step
        } else {
            Todo::Nothing
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vitrine_record::message::ProblemKind;
    use vitrine_record::{Analysis, LayerIdx};

    use super::*;

    /// Echoes the text, and fails on "bad".
    struct Echo;

    impl Engine for Echo {
        fn answer(&mut self, request: &Request) -> Result<Reply, Problem> {
            let Request::Analyse { text, pair, .. } = request else {
                return Ok(Reply::Predictions(Vec::new()));
            };
            if text == "bad" {
                return Err(Problem {
                    kind: ProblemKind::RequestFailed,
                    detail: "bad".into(),
                });
            }
            Ok(Reply::Analysis(Box::new(Analysis {
                model_hash: String::new(),
                text: text.clone(),
                pair: pair.clone(),
                tokens: vec![],
                prediction: None,
                attention: vec![],
                notices: vec![],
            })))
        }
    }

    fn analyse(id: u32, text: &str) -> ToWorker {
        let request = Request::Analyse {
            text: text.into(),
            pair: None,
            layer: LayerIdx(0),
        };
        ToWorker::Request {
            id: RequestId(id),
            request,
        }
    }

    fn load() -> ToWorker {
        ToWorker::Load {
            manifest_url: "models/manifest.json".into(),
        }
    }

    fn broken() -> Problem {
        Problem {
            kind: ProblemKind::WeightsUnreachable,
            detail: "no network".into(),
        }
    }

    /// One word per message, so that a test reads as a conversation.
    fn say(message: &FromWorker) -> String {
        match message {
            FromWorker::Reply {
                id,
                reply: Reply::Analysis(analysis),
            } => format!("{} {}", id.0, analysis.text),
            FromWorker::Reply {
                id,
                reply: Reply::Predictions(_),
            } => format!("{} predicted", id.0),
            FromWorker::Superseded { id } => format!("{} superseded", id.0),
            FromWorker::Failed { id: Some(id), .. } => format!("{} failed", id.0),
            FromWorker::Failed { id: None, .. } => "failed".into(),
            other => format!("{other:?}"),
        }
    }

    #[derive(Default)]
    struct Heard(Vec<String>);

    impl Heard {
        fn post(&mut self) -> impl FnMut(FromWorker) {
            |message| self.0.push(say(&message))
        }
    }

    #[test]
    fn a_request_waits_for_the_model() {
        let (mut dispatch, mut heard) = (Dispatch::default(), Heard::default());
        assert_eq!(dispatch.receive(analyse(1, "early"), heard.post()), Todo::Nothing);
        assert!(matches!(
            dispatch.receive(load(), heard.post()),
            Todo::Load { .. }
        ));
        assert_eq!(dispatch.receive(load(), heard.post()), Todo::Nothing);
        assert!(heard.0.is_empty());
        assert_eq!(dispatch.loaded(Echo), Todo::Step);
        assert_eq!(dispatch.step(heard.post()), Todo::Nothing);
        assert_eq!(heard.0, ["1 early"]);
    }

    #[test]
    fn the_latest_wins_over_those_not_begun() {
        let (mut dispatch, mut heard) = (Dispatch::default(), Heard::default());
        dispatch.loaded(Echo);
        for (id, text) in [(1, "a"), (2, "ab"), (3, "abc")] {
            assert_eq!(dispatch.receive(analyse(id, text), heard.post()), Todo::Step);
        }
        assert_eq!(dispatch.step(heard.post()), Todo::Nothing);
        assert_eq!(heard.0, ["1 superseded", "2 superseded", "3 abc"]);
    }

    #[test]
    fn work_that_is_handed_out_does_not_give_way() {
        let (mut dispatch, mut heard) = (Dispatch::default(), Heard::default());
        dispatch.loaded(Echo);
        let predict = |id| ToWorker::Request {
            id: RequestId(id),
            request: Request::Predict { inputs: Vec::new() },
        };
        dispatch.receive(predict(1), heard.post());
        dispatch.receive(analyse(2, "a"), heard.post());
        dispatch.receive(predict(3), heard.post());
        dispatch.receive(analyse(4, "b"), heard.post());
        while dispatch.step(heard.post()) == Todo::Step {}
        assert_eq!(heard.0, ["2 superseded", "1 predicted", "3 predicted", "4 b"]);
    }

    #[test]
    fn a_cancelled_request_is_superseded_and_one_already_answered_is_not() {
        let (mut dispatch, mut heard) = (Dispatch::default(), Heard::default());
        dispatch.loaded(Echo);
        dispatch.receive(analyse(1, "a"), heard.post());
        dispatch.step(heard.post());
        dispatch.receive(ToWorker::Cancel { id: RequestId(1) }, heard.post());
        dispatch.receive(analyse(2, "b"), heard.post());
        dispatch.receive(ToWorker::Cancel { id: RequestId(2) }, heard.post());
        assert_eq!(dispatch.step(heard.post()), Todo::Nothing);
        assert_eq!(heard.0, ["1 a", "2 superseded"]);
    }

    #[test]
    fn a_failed_load_fails_what_waits_and_what_comes_until_a_load_succeeds() {
        let (mut dispatch, mut heard) = (Dispatch::default(), Heard::default());
        dispatch.receive(load(), heard.post());
        dispatch.receive(analyse(1, "a"), heard.post());
        dispatch.load_failed(broken(), heard.post());
        dispatch.receive(analyse(2, "b"), heard.post());
        assert_eq!(heard.0, ["failed", "1 failed", "2 failed"]);
        assert!(matches!(
            dispatch.receive(load(), heard.post()),
            Todo::Load { .. }
        ));
        dispatch.loaded(Echo);
        dispatch.receive(analyse(3, "c"), heard.post());
        dispatch.step(heard.post());
        assert_eq!(heard.0[3..], ["3 c"]);
    }

    #[test]
    fn a_request_that_cannot_be_computed_does_not_stop_the_next() {
        let (mut dispatch, mut heard) = (Dispatch::default(), Heard::default());
        dispatch.loaded(Echo);
        dispatch.receive(analyse(1, "bad"), heard.post());
        dispatch.step(heard.post());
        dispatch.receive(analyse(2, "good"), heard.post());
        dispatch.step(heard.post());
        assert_eq!(heard.0, ["1 failed", "2 good"]);
    }

    proptest! {
        /// What a page may do in any order: ask (0), cancel (1), let the worker step (2), have the model arrive
        /// (3) or fail (4).
        #[test]
        fn every_request_is_answered_exactly_once(actions in proptest::collection::vec((0..5u8, 1..20u32), 0..60)) {
            let (mut dispatch, mut heard) = (Dispatch::default(), Heard::default());
            let mut asked = 0;
            for (action, number) in actions {
                match action {
                    0 => {
                        asked += 1;
                        let text = if number % 7 == 0 { "bad" } else { "text" };
                        dispatch.receive(analyse(asked, text), heard.post());
                    }
                    1 => { dispatch.receive(ToWorker::Cancel { id: RequestId(number) }, heard.post()); }
                    2 => { dispatch.step(heard.post()); }
                    3 => { dispatch.loaded(Echo); }
                    _ => dispatch.load_failed(broken(), heard.post()),
                }
            }
            dispatch.loaded(Echo);
            while dispatch.step(heard.post()) == Todo::Step {}
            for id in 1..=asked {
                let prefix = format!("{id} ");
                prop_assert_eq!(heard.0.iter().filter(|said| said.starts_with(&prefix)).count(), 1);
            }
        }
    }
}
