//! Several workers for work that comes in many independent inputs.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use vitrine_record::{MaskedInput, ModelOutput, message::Problem};

use crate::{
    browser,
    distribution::{Distribution, JobId, Member, Step},
    link::Link,
    session::LinkEvent,
};

/// More workers than this have more copies of the model than they gain in time.
const MOST_WORKERS: usize = 8;

/// How many workers a pool has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PoolSize {
    /// One: the least memory.
    #[default]
    One,
    /// As many as the machine runs threads at once, at most eight.
    AsTheMachineHas,
    /// So many, from one to eight.
    Workers(usize),
}

impl PoolSize {
    fn workers(self) -> usize {
        match self {
            PoolSize::One => 1,
            PoolSize::AsTheMachineHas => browser::hardware_concurrency(),
            PoolSize::Workers(count) => count,
        }
        .clamp(1, MOST_WORKERS)
    }
}

/// Told the outputs for all inputs of a job in their order, or why there are none.
pub type OnOutputs = Box<dyn FnOnce(Result<Vec<Vec<f32>>, Problem>)>;

/// Several workers, each with its own copy of the model, started by the first job. A worker that is lost, or that
/// could not be started, is done without as long as another one is left; once all are lost every job fails, and only a
/// new pool helps. Dropping the pool ends them all.
pub struct Pool {
    inner: Rc<Inner>,
}

struct Inner {
    distribution: RefCell<Distribution>,
    links: RefCell<HashMap<usize, Rc<Link>>>,
    waiting: RefCell<HashMap<u32, OnOutputs>>,
}

impl Pool {
    /// A pool of which nothing is started yet.
    pub fn new(size: PoolSize) -> Pool {
        Pool {
            inner: Rc::new(Inner {
                distribution: RefCell::new(Distribution::new(size.workers())),
                links: RefCell::default(),
                waiting: RefCell::default(),
            }),
        }
    }

    /// How many workers have loaded their model and are not lost.
    pub fn workers(&self) -> usize {
        self.inner.distribution.borrow().at_work()
    }

    /// Has an output of each input computed. Jobs are done in the order in which they are handed in.
    pub fn evaluate(&self, inputs: Vec<MaskedInput>, output: ModelOutput, on_done: OnOutputs) {
        let (JobId(id), steps) = self.inner.distribution.borrow_mut().hand_in(inputs, output);
        self.inner.waiting.borrow_mut().insert(id, on_done);
        self.inner.follow(steps);
    }
}

impl Inner {
    fn follow(self: &Rc<Self>, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Start(member) => self.start(member),
                Step::Ask(Member(at), request) => {
                    // Asking may find the worker lost and start another, so nothing stays borrowed.
                    let link = self.links.borrow().get(&at).cloned();
                    if let Some(link) = link {
                        link.request(request);
                    }
                }
                Step::Done(JobId(id), result) => {
                    let on_done = self.waiting.borrow_mut().remove(&id);
                    if let Some(on_done) = on_done {
                        on_done(result);
                    }
                }
            }
        }
    }

    fn start(self: &Rc<Self>, member: Member) {
        let pool = Rc::downgrade(self);
        let link = Link::start(Rc::new(move |event| {
            if let Some(pool) = pool.upgrade() {
                pool.heard(member, event);
            }
        }));
        self.links.borrow_mut().insert(member.0, Rc::new(link));
    }

    fn heard(self: &Rc<Self>, member: Member, event: LinkEvent) {
        let steps = {
            let mut distribution = self.distribution.borrow_mut();
            match event {
                LinkEvent::Progress { .. } | LinkEvent::Retried | LinkEvent::Part { .. } => Vec::new(),
                LinkEvent::Ready { .. } => distribution.ready(member),
                LinkEvent::Reply { reply, .. } => distribution.answered(member, reply),
                LinkEvent::RequestFailed { problem, .. } => distribution.refused(member, problem),
                LinkEvent::Failed(problem) => distribution.lost(member, problem),
            }
        };
        self.follow(steps);
    }
}
