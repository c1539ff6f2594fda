//! The page's half of the conversation with a worker, without the worker.

use vitrine_record::{
    BUILD_ID, ModelInfo,
    message::{FromWorker, Problem, ProblemKind, Reply, Request, RequestId, ToWorker, WeightsSource},
};

/// Seconds of silence after which the worker counts as lost, by what it owes.
///
/// Before its first word the worker fetches its program, some megabytes, and says nothing while it does: on a slow
/// line that takes minutes. Files that are missing are reported at once by an error of the worker.
const PATIENCE_FOR_HELLO: u32 = 300;
const PATIENCE_FOR_WEIGHTS: u32 = 60;
const PATIENCE_FOR_REPLY: u32 = 60;

/// What the page is told.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkEvent {
    /// Weights are coming.
    Progress {
        /// Bytes so far.
        received: u64,
        /// Bytes in all.
        total: u64,
        /// Where they come from.
        source: WeightsSource,
    },
    /// The weights were broken and are fetched again.
    Retried,
    /// The model is loaded.
    Ready {
        /// What it is.
        model: ModelInfo,
        /// Where its weights came from.
        source: WeightsSource,
    },
    /// The answer to the newest request.
    Reply {
        /// The request.
        request: Request,
        /// The answer: of the request's kind, and with shapes that agree.
        reply: Reply,
    },
    /// The newest request has no answer; the next one may have.
    RequestFailed {
        /// The request.
        request: Request,
        /// Why it has none.
        problem: Problem,
    },
    /// The worker is lost.
    Failed(Problem),
}

/// What follows from something that happened.
#[derive(Debug, Default, PartialEq)]
pub struct Outcome {
    /// To be sent to the worker, in this order.
    pub send: Vec<ToWorker>,
    /// To be told to the page.
    pub event: Option<LinkEvent>,
}

impl From<LinkEvent> for Outcome {
    fn from(event: LinkEvent) -> Outcome {
        Outcome {
            send: Vec::new(),
            event: Some(event),
        }
    }
}

#[derive(Debug, PartialEq)]
enum Phase {
    AwaitingHello,
    Loading,
    Ready,
    Lost,
}

#[derive(Debug)]
struct Pending {
    id: RequestId,
    request: Request,
    sent: bool,
}

/// One worker's life, from its start to its loss. Time enters as ticks of a second that the page counts while
/// it is awake, so that a computer that slept does not take the worker for dead.
#[derive(Debug)]
pub struct Session {
    manifest_url: String,
    phase: Phase,
    last_id: u32,
    pending: Option<Pending>,
    silent_seconds: u32,
}

impl Session {
    /// A session with a worker that was just started.
    pub fn new(manifest_url: String) -> Session {
        Session {
            manifest_url,
            phase: Phase::AwaitingHello,
            last_id: 0,
            pending: None,
            silent_seconds: 0,
        }
    }

    fn load(&mut self) -> Outcome {
        self.phase = Phase::Loading;
        self.silent_seconds = 0;
        let mut send = vec![ToWorker::Load {
            manifest_url: self.manifest_url.clone(),
        }];
        if let Some(pending) = &mut self.pending {
            pending.sent = true;
            send.push(ToWorker::Request {
                id: pending.id,
                request: pending.request.clone(),
            });
        }
        Outcome { send, event: None }
    }

    /// Asks for something, in place of whatever was asked before.
    pub fn request(&mut self, request: Request) -> Outcome {
        let mut send = Vec::new();
        if let Some(Pending { id, sent: true, .. }) = self.pending {
            send.push(ToWorker::Cancel { id });
        }
        if self.phase == Phase::Lost {
            return Outcome::default();
        }
        self.last_id += 1;
        let id = RequestId(self.last_id);
        let sent = matches!(self.phase, Phase::Loading | Phase::Ready);
        if sent {
            send.push(ToWorker::Request {
                id,
                request: request.clone(),
            });
        }
        if self.phase == Phase::Ready && self.pending.is_none() {
            self.silent_seconds = 0;
        }
        self.pending = Some(Pending { id, request, sent });
        Outcome { send, event: None }
    }

    /// Wants no answer any more to whatever was asked before.
    pub fn cancel(&mut self) -> Outcome {
        let send = match self.pending.take() {
            Some(Pending { id, sent: true, .. }) if self.phase != Phase::Lost => {
                vec![ToWorker::Cancel { id }]
            }
            _ => Vec::new(),
        };
        Outcome { send, event: None }
    }

    /// The worker said something.
    pub fn receive(&mut self, message: FromWorker) -> Outcome {
        if self.phase == Phase::Lost {
            return Outcome::default();
        }
        self.silent_seconds = 0;
        match message {
            FromWorker::Hello { build_id } if build_id != BUILD_ID => self.lost(
                ProblemKind::WorkerOutdated,
                format!("the page is of build {BUILD_ID}, its worker of build {build_id}"),
            ),
            FromWorker::Hello { .. } if self.phase != Phase::AwaitingHello => Outcome::default(),
            FromWorker::Hello { .. } => self.load(),
            FromWorker::WeightsProgress {
                received,
                total,
                source,
            } => LinkEvent::Progress {
                received,
                total,
                source,
            }
            .into(),
            FromWorker::WeightsRetried { .. } => LinkEvent::Retried.into(),
            FromWorker::ModelReady { model, source } => {
                self.phase = Phase::Ready;
                LinkEvent::Ready { model, source }.into()
            }
            // Only an older request than the pending one can be superseded: the page asks in order.
            FromWorker::Superseded { .. } => Outcome::default(),
            FromWorker::Reply { id, reply } => {
                let Some(Pending { request, .. }) = self.take(id) else {
                    return Outcome::default();
                };
                if reply.answers(&request) {
                    LinkEvent::Reply { request, reply }.into()
                } else {
                    let problem = Problem {
                        kind: ProblemKind::RequestFailed,
                        detail: "the worker's answer does not have the shape of what was asked".into(),
                    };
                    LinkEvent::RequestFailed { request, problem }.into()
                }
            }
            FromWorker::Failed {
                id: Some(id),
                problem,
            } => match self.take(id) {
                Some(Pending { request, .. }) if problem.kind == ProblemKind::RequestFailed => {
                    LinkEvent::RequestFailed { request, problem }.into()
                }
                Some(_) => self.lost(problem.kind, problem.detail),
                None => Outcome::default(),
            },
            FromWorker::Failed { id: None, problem } => self.lost(problem.kind, problem.detail),
        }
    }

    fn take(&mut self, id: RequestId) -> Option<Pending> {
        self.pending.take_if(|pending| pending.id == id)
    }

    /// The worker is lost: it stopped, or cannot be understood.
    pub fn lost(&mut self, kind: ProblemKind, detail: String) -> Outcome {
        if self.phase == Phase::Lost {
            return Outcome::default();
        }
        self.phase = Phase::Lost;
        LinkEvent::Failed(Problem { kind, detail }).into()
    }

    /// The browser reported an error of the worker. Before the first word it means that its files are missing.
    pub fn error(&mut self, detail: String) -> Outcome {
        let lower = detail.to_lowercase();
        let kind = match self.phase {
            Phase::AwaitingHello => ProblemKind::WorkerMissing,
            _ if lower.contains("out of memory") || lower.contains("could not allocate") => {
                ProblemKind::OutOfMemory
            }
            _ => ProblemKind::WorkerStopped,
        };
        self.lost(kind, detail)
    }

    /// A second has passed.
    pub fn tick(&mut self) -> Outcome {
        let (patience, kind, owed) = match self.phase {
            Phase::AwaitingHello => (PATIENCE_FOR_HELLO, ProblemKind::WorkerMissing, "its first word"),
            Phase::Loading => (PATIENCE_FOR_WEIGHTS, ProblemKind::WorkerSilent, "the weights"),
            Phase::Ready if self.pending.is_some() => {
                (PATIENCE_FOR_REPLY, ProblemKind::WorkerSilent, "an answer")
            }
            Phase::Ready | Phase::Lost => return Outcome::default(),
        };
        self.silent_seconds += 1;
        if self.silent_seconds < patience {
            return Outcome::default();
        }
        self.lost(
            kind,
            format!("the worker owed {owed} and was silent for {patience} seconds"),
        )
    }
}

#[cfg(test)]
mod tests {
    use vitrine_record::{Analysis, LayerIdx};

    use super::*;

    fn ask(text: &str) -> Request {
        Request::Analyse {
            text: text.into(),
            pair: None,
            layer: LayerIdx(0),
        }
    }

    fn hello() -> FromWorker {
        FromWorker::Hello {
            build_id: BUILD_ID.into(),
        }
    }

    fn model_ready() -> FromWorker {
        FromWorker::ModelReady {
            model: ModelInfo {
                id: String::new(),
                hash: String::new(),
                layers: 1,
                heads: 1,
                hidden: 1,
                intermediate: 1,
                max_tokens: 1,
                labels: Vec::new(),
            },
            source: WeightsSource::Network,
        }
    }

    fn reply(id: u32, text: &str) -> FromWorker {
        let analysis = Analysis {
            model_hash: String::new(),
            text: text.into(),
            pair: None,
            tokens: Vec::new(),
            prediction: None,
            attention: Vec::new(),
            notices: Vec::new(),
        };
        FromWorker::Reply {
            id: RequestId(id),
            reply: Reply::Analysis(Box::new(analysis)),
        }
    }

    fn ready() -> Session {
        let mut session = Session::new("manifest".into());
        session.receive(hello());
        session.receive(model_ready());
        session
    }

    fn kind(outcome: Outcome) -> Option<ProblemKind> {
        match outcome.event {
            Some(LinkEvent::Failed(problem)) => Some(problem.kind),
            _ => None,
        }
    }

    #[test]
    fn what_is_asked_before_the_first_word_is_sent_after_it() {
        let mut session = Session::new("manifest".into());
        assert_eq!(session.request(ask("a")), Outcome::default());
        assert_eq!(session.request(ask("b")), Outcome::default());
        let sent = session.receive(hello()).send;
        assert_eq!(
            sent,
            [
                ToWorker::Load {
                    manifest_url: "manifest".into()
                },
                ToWorker::Request {
                    id: RequestId(2),
                    request: ask("b")
                },
            ]
        );
    }

    #[test]
    fn the_newest_request_wins() {
        let mut session = ready();
        session.request(ask("old"));
        let sent = session.request(ask("new")).send;
        assert_eq!(
            sent,
            [
                ToWorker::Cancel { id: RequestId(1) },
                ToWorker::Request {
                    id: RequestId(2),
                    request: ask("new")
                },
            ]
        );
        assert_eq!(session.receive(reply(1, "old")), Outcome::default());
        assert_eq!(
            session.receive(FromWorker::Superseded { id: RequestId(1) }),
            Outcome::default()
        );
        let answer = session.receive(reply(2, "new")).event;
        assert!(matches!(answer, Some(LinkEvent::Reply { request, .. }) if request == ask("new")));
        assert_eq!(
            session.receive(reply(2, "new")),
            Outcome::default(),
            "answered twice"
        );
    }

    #[test]
    fn what_is_cancelled_is_not_answered() {
        let mut session = ready();
        assert_eq!(session.cancel(), Outcome::default(), "nothing was asked");
        session.request(ask("a"));
        assert_eq!(session.cancel().send, [ToWorker::Cancel { id: RequestId(1) }]);
        assert_eq!(session.receive(reply(1, "a")), Outcome::default());
        assert!(
            (0..1000).all(|_| session.tick() == Outcome::default()),
            "nothing is owed"
        );
        let mut early = Session::new("manifest".into());
        early.request(ask("a"));
        assert_eq!(early.cancel(), Outcome::default(), "nothing was sent");
        assert_eq!(
            early.receive(hello()).send.len(),
            1,
            "only the weights are asked for"
        );
    }

    #[test]
    fn a_slow_program_is_not_a_missing_one() {
        let mut session = Session::new("manifest".into());
        assert!((0..240).all(|_| session.tick() == Outcome::default()));
        assert_eq!(session.receive(hello()).send.len(), 1);
    }

    #[test]
    fn a_failed_request_leaves_the_worker_alive() {
        let mut session = ready();
        session.request(ask("a"));
        let problem = Problem {
            kind: ProblemKind::RequestFailed,
            detail: "for a test".into(),
        };
        let failed = FromWorker::Failed {
            id: Some(RequestId(1)),
            problem: problem.clone(),
        };
        assert_eq!(
            session.receive(failed).event,
            Some(LinkEvent::RequestFailed {
                request: ask("a"),
                problem
            })
        );
        assert_eq!(session.request(ask("b")).send.len(), 1);
    }

    #[test]
    fn no_request_waits_for_ever() {
        let mut session = ready();
        assert!(
            (0..1000).all(|_| session.tick() == Outcome::default()),
            "nothing is owed"
        );
        session.request(ask("a"));
        let lost = (0..PATIENCE_FOR_REPLY).find_map(|_| kind(session.tick()));
        assert_eq!(lost, Some(ProblemKind::WorkerSilent));
        assert_eq!(session.tick(), Outcome::default(), "told once");
    }

    #[test]
    fn new_requests_do_not_feed_a_dead_worker() {
        let mut session = ready();
        let lost = (0..2 * PATIENCE_FOR_REPLY).find_map(|_| {
            session.request(ask("again"));
            kind(session.tick())
        });
        assert_eq!(lost, Some(ProblemKind::WorkerSilent));
    }

    #[test]
    fn a_slow_download_is_not_silence() {
        let mut session = Session::new("manifest".into());
        session.receive(hello());
        for received in 0..500 {
            let source = WeightsSource::Network;
            session.receive(FromWorker::WeightsProgress {
                received,
                total: 500,
                source,
            });
            assert_eq!(session.tick(), Outcome::default());
        }
        let lost = (0..PATIENCE_FOR_WEIGHTS).find_map(|_| kind(session.tick()));
        assert_eq!(lost, Some(ProblemKind::WorkerSilent));
    }

    #[test]
    fn failures_say_what_they_are() {
        let fresh = || Session::new("manifest".into());
        assert_eq!(
            kind(fresh().error("404".into())),
            Some(ProblemKind::WorkerMissing)
        );
        assert_eq!(
            kind(ready().error("unreachable".into())),
            Some(ProblemKind::WorkerStopped)
        );
        assert_eq!(
            kind(ready().error("Out of memory".into())),
            Some(ProblemKind::OutOfMemory)
        );
        let outdated = FromWorker::Hello {
            build_id: "another".into(),
        };
        assert_eq!(kind(fresh().receive(outdated)), Some(ProblemKind::WorkerOutdated));
        let mut silent = fresh();
        let lost = (0..PATIENCE_FOR_HELLO).find_map(|_| kind(silent.tick()));
        assert_eq!(lost, Some(ProblemKind::WorkerMissing));
    }

    #[test]
    fn an_answer_whose_shapes_disagree_is_refused() {
        let mut session = ready();
        session.request(ask("a"));
        let FromWorker::Reply {
            id,
            reply: Reply::Analysis(mut analysis),
        } = reply(1, "a")
        else {
            panic!("a reply")
        };
        analysis.prediction = Some(vitrine_record::Prediction {
            logits: vec![0.0],
            probabilities: Vec::new(),
        });
        let outcome = session.receive(FromWorker::Reply {
            id,
            reply: Reply::Analysis(analysis),
        });
        assert!(matches!(outcome.event, Some(LinkEvent::RequestFailed { .. })));
    }
}
