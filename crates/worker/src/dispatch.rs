//! The order in which requests are answered: they wait for the model, of each kind the latest wins, short ones come
//! before long ones that are under way, and every one of them is answered exactly once. Nothing here knows a browser.

use std::collections::VecDeque;

use vitrine_record::message::{FromWorker, Problem, Reply, Request, RequestId, ToWorker};

/// What answers requests, once it is loaded.
pub trait Engine {
    /// A long request that is under way: what is left to do.
    type Work;

    /// Computes the answer to a short request, and only begins a long one, or says why there is no answer.
    fn answer(&mut self, request: &Request) -> Result<Answer<Self::Work>, Problem>;

    /// Takes one step of a long request, of about the length of one forward pass, or says why it cannot.
    fn advance(&mut self, work: &mut Self::Work) -> Result<Progress, Problem>;
}

/// What a request is answered by.
#[derive(Debug)]
pub enum Answer<W> {
    /// All of it, at once.
    Reply(Reply),
    /// Work that is done step by step.
    Work(W),
}

/// What a step came to.
#[derive(Debug)]
pub enum Progress {
    /// Nothing that is worth saying.
    Nothing,
    /// A part of the answer.
    Part(Reply),
    /// The answer: there are no more steps.
    Done(Reply),
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
    /// Let the messages that have arrived be heard, then call [`Dispatch::step`] once.
    Step,
}

enum State<E> {
    Unloaded,
    Loading,
    Ready(E),
    Failed(Problem),
}

/// A request that is not answered yet.
struct Waiting<W> {
    id: RequestId,
    request: Request,
    /// Where it is long and has been begun.
    work: Option<W>,
}

impl<W> Waiting<W> {
    /// Begins or goes on, and what is to be said of it.
    fn advance<E: Engine<Work = W>>(&mut self, engine: &mut E) -> Option<FromWorker> {
        let id = self.id;
        let progress = match &mut self.work {
            Some(work) => engine.advance(work),
            None => match engine.answer(&self.request) {
                Ok(Answer::Reply(reply)) => Ok(Progress::Done(reply)),
                Ok(Answer::Work(work)) => {
                    self.work = Some(work);
                    return None;
                }
                Err(problem) => Err(problem),
            },
        };
        Some(match progress {
            Ok(Progress::Nothing) => return None,
            Ok(Progress::Part(reply)) => FromWorker::Part { id, reply },
            Ok(Progress::Done(reply)) => FromWorker::Reply { id, reply },
            Err(problem) => FromWorker::Failed {
                id: Some(id),
                problem,
            },
        })
    }
}

/// The requests that wait, and the engine that answers them.
pub struct Dispatch<E: Engine> {
    state: State<E>,
    waiting: VecDeque<Waiting<E::Work>>,
    step_is_due: bool,
}

impl<E: Engine> Default for Dispatch<E> {
    fn default() -> Self {
        Dispatch {
            state: State::Unloaded,
            waiting: VecDeque::new(),
            step_is_due: false,
        }
    }
}

impl<E: Engine> Dispatch<E> {
    /// Takes a message from the page. What can be said at once goes to `post`.
    pub fn receive(&mut self, message: ToWorker, post: impl FnMut(FromWorker)) -> Todo {
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
                self.supersede(|waiting| waiting.id == id, post);
                Todo::Nothing
            }
        }
    }

    /// Lets go of requests that nobody waits for any more.
    fn supersede(&mut self, is: impl Fn(&Waiting<E::Work>) -> bool, mut post: impl FnMut(FromWorker)) {
        self.waiting.retain(|waiting| {
            let superseded = is(waiting);
            if superseded {
                post(FromWorker::Superseded { id: waiting.id });
            }
            !superseded
        });
    }

    fn enqueue(&mut self, id: RequestId, request: Request, mut post: impl FnMut(FromWorker)) -> Todo {
        if let State::Failed(problem) = &self.state {
            post(FromWorker::Failed {
                id: Some(id),
                problem: problem.clone(),
            });
            return Todo::Nothing;
        }
        let (kind, gives_way) = (request.kind(), request.gives_way());
        self.supersede(|older| gives_way && older.request.kind() == kind, post);
        let work = None;
        self.waiting.push_back(Waiting { id, request, work });
        self.todo()
    }

    /// The model is here: the requests that waited can be answered.
    pub fn loaded(&mut self, engine: E) -> Todo {
        self.state = State::Ready(engine);
        for waiting in &mut self.waiting {
            waiting.work = None;
        }
        self.todo()
    }

    /// There will be no model: the requests that waited, and those still to come, fail with the same problem. A
    /// new [`ToWorker::Load`] tries again.
    pub fn load_failed(&mut self, problem: Problem, mut post: impl FnMut(FromWorker)) {
        post(FromWorker::Failed {
            id: None,
            problem: problem.clone(),
        });
        for Waiting { id, .. } in self.waiting.drain(..) {
            post(FromWorker::Failed {
                id: Some(id),
                problem: problem.clone(),
            });
        }
        self.state = State::Failed(problem);
    }

    /// Answers one short request, or takes one step of a long one where none is short. [`Todo::Step`] says that more
    /// is to do; the caller returns to its event loop first, so that a newer request or a cancel can still take its
    /// place.
    pub fn step(&mut self, mut post: impl FnMut(FromWorker)) -> Todo {
        self.step_is_due = false;
        // What has not been begun may be short. Of what is long, the newest is what someone waits for.
        let place = self.waiting.iter().position(|waiting| waiting.work.is_none());
        let place = place.unwrap_or(self.waiting.len().saturating_sub(1));
        if let (State::Ready(engine), Some(next)) = (&mut self.state, self.waiting.get_mut(place)) {
            let message = next.advance(engine);
            if !matches!(message, None | Some(FromWorker::Part { .. })) {
                self.waiting.remove(place);
            }
            message.into_iter().for_each(&mut post);
        }
        self.todo()
    }

    /// A step is asked for once until it is taken: each would ask for the next, and whoever asked twice would take
    /// two at a time, with nothing heard between them.
    fn todo(&mut self) -> Todo {
        let is_ready = matches!(self.state, State::Ready(_));
        if self.step_is_due || !is_ready || self.waiting.is_empty() {
            return Todo::Nothing;
        }
        self.step_is_due = true;
        Todo::Step
    }
}

#[cfg(test)]
#[path = "dispatch_tests.rs"]
mod tests;
