//! The page's half of the conversation with a worker, without the worker.

mod event;

use vitrine_record::{
    BUILD_ID,
    message::{FromWorker, Problem, ProblemKind, Reply, Request, RequestId, RequestKind, ToWorker},
};

pub use event::{LinkEvent, Outcome};

/// Seconds of silence after which the worker counts as lost, by what it owes.
///
/// Before its first word the worker fetches its program, some megabytes, and says nothing while it does: on a slow
/// line that takes minutes. Files that are missing are reported at once by an error of the worker.
const PATIENCE_FOR_HELLO: u32 = 300;
const PATIENCE_FOR_WEIGHTS: u32 = 60;
const PATIENCE_FOR_REPLY: u32 = 60;

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
    /// In the order in which they were asked; of each kind whose requests give way, at most one.
    pending: Vec<Pending>,
    /// Requests that nobody wants any more, and of which the worker has not said yet that it is done with them.
    withdrawn: Vec<RequestId>,
    silent_seconds: u32,
}

impl Session {
    /// A session with a worker that was just started.
    pub fn new(manifest_url: String) -> Session {
        Session {
            manifest_url,
            phase: Phase::AwaitingHello,
            last_id: 0,
            pending: Vec::new(),
            withdrawn: Vec::new(),
            silent_seconds: 0,
        }
    }

    fn load(&mut self) -> Outcome {
        self.phase = Phase::Loading;
        self.silent_seconds = 0;
        let mut send = vec![ToWorker::Load {
            manifest_url: self.manifest_url.clone(),
        }];
        for pending in &mut self.pending {
            pending.sent = true;
            send.push(ToWorker::Request {
                id: pending.id,
                request: pending.request.clone(),
            });
        }
        Outcome { send, event: None }
    }

    /// Asks for something, in place of whatever of the same kind was asked before, if that
    /// [gives way](Request::gives_way). Requests of other kinds stay.
    pub fn request(&mut self, request: Request) -> Outcome {
        if self.phase == Phase::Lost {
            return Outcome::default();
        }
        if self.phase == Phase::Ready && self.pending.is_empty() {
            self.silent_seconds = 0;
        }
        let mut send = self.withdraw(|older| request.gives_way() && older.kind() == request.kind());
        self.last_id += 1;
        let id = RequestId(self.last_id);
        let sent = matches!(self.phase, Phase::Loading | Phase::Ready);
        if sent {
            send.push(ToWorker::Request {
                id,
                request: request.clone(),
            });
        }
        self.pending.push(Pending { id, request, sent });
        Outcome { send, event: None }
    }

    /// Wants no answer any more to what was asked of this kind.
    pub fn cancel(&mut self, kind: RequestKind) -> Outcome {
        Outcome {
            send: self.withdraw(|pending| pending.kind() == kind),
            event: None,
        }
    }

    /// Wants no answer any more to one such request, the oldest if there are several.
    pub fn cancel_request(&mut self, request: &Request) -> Outcome {
        let mut is_found = false;
        let send = self.withdraw(|pending| {
            let is_it = !is_found && pending == request;
            is_found |= is_it;
            is_it
        });
        Outcome { send, event: None }
    }

    /// Wants no answer any more to anything that was asked.
    pub fn cancel_all(&mut self) -> Outcome {
        Outcome {
            send: self.withdraw(|_| true),
            event: None,
        }
    }

    /// Forgets some requests, and what the worker has to be told of it.
    fn withdraw(&mut self, mut unwanted: impl FnMut(&Request) -> bool) -> Vec<ToWorker> {
        let withdrawn = self.pending.extract_if(.., |pending| unwanted(&pending.request));
        let sent: Vec<RequestId> = withdrawn
            .filter(|pending| pending.sent)
            .map(|pending| pending.id)
            .collect();
        if self.phase == Phase::Lost {
            return Vec::new();
        }
        self.withdrawn.extend(&sent);
        sent.into_iter().map(|id| ToWorker::Cancel { id }).collect()
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
            // Only an older request than the pending one of its kind can be superseded: the page asks in order.
            FromWorker::Superseded { id } => self.ended(id),
            FromWorker::Part { id, reply } => self.part(id, reply),
            FromWorker::Reply { id, reply } => match self.take(id) {
                Some(Pending { request, .. }) if reply.answers(&request) => {
                    LinkEvent::Reply { request, reply }.into()
                }
                Some(Pending { request, .. }) => misshapen(request).into(),
                None => self.ended(id),
            },
            FromWorker::Failed {
                id: Some(id),
                problem,
            } => match self.take(id) {
                Some(Pending { request, .. }) if problem.kind == ProblemKind::RequestFailed => {
                    LinkEvent::RequestFailed { request, problem }.into()
                }
                Some(_) => self.lost(problem.kind, problem.detail),
                None => self.ended(id),
            },
            FromWorker::Failed { id: None, problem } => self.lost(problem.kind, problem.detail),
        }
    }

    fn part(&mut self, id: RequestId, reply: Reply) -> Outcome {
        let Some(Pending { request, .. }) = self.pending.iter().find(|pending| pending.id == id) else {
            return Outcome::default();
        };
        let request = request.clone();
        if reply.is_part_for(&request) {
            return LinkEvent::Part { request, reply }.into();
        }
        self.take(id);
        Outcome {
            send: vec![ToWorker::Cancel { id }],
            event: Some(misshapen(request)),
        }
    }

    /// The worker is done with what nobody wants any more.
    fn ended(&mut self, id: RequestId) -> Outcome {
        let Some(place) = self.withdrawn.iter().position(|withdrawn| *withdrawn == id) else {
            return Outcome::default();
        };
        self.withdrawn.swap_remove(place);
        if self.withdrawn.is_empty() {
            LinkEvent::Freed.into()
        } else {
            Outcome::default()
        }
    }

    fn take(&mut self, id: RequestId) -> Option<Pending> {
        let place = self.pending.iter().position(|pending| pending.id == id)?;
        Some(self.pending.remove(place))
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
            Phase::Ready if !self.pending.is_empty() => {
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

fn misshapen(request: Request) -> LinkEvent {
    let problem = Problem {
        kind: ProblemKind::RequestFailed,
        detail: "the worker's answer does not have the shape of what was asked".into(),
    };
    LinkEvent::RequestFailed { request, problem }
}

#[cfg(test)]
mod tests;
