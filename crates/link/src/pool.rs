//! Several workers for work that comes in many independent inputs.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
};

use vitrine_record::{MaskedInput, ModelOutput};

use crate::{
    browser,
    distribution::{Distribution, JobId, Member, Outputs, PartOfJob, Step},
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
    /// As many as the machine runs threads at once, at most eight and at most one for each gibibyte of its memory, as far
    /// as the browser says.
    AsTheMachineHas,
    /// So many, from one to eight.
    Workers(usize),
}

impl PoolSize {
    /// How many workers that is on this machine.
    pub fn workers(self) -> usize {
        match self {
            PoolSize::One => 1,
            PoolSize::AsTheMachineHas => browser::hardware_concurrency()
                .min(browser::device_memory().map_or(MOST_WORKERS, |gibibytes| gibibytes as usize)),
            PoolSize::Workers(count) => count,
        }
        .clamp(1, MOST_WORKERS)
    }
}

/// Told the outputs for some inputs of a job; each input is in one part.
pub type OnPart = Box<dyn FnMut(PartOfJob)>;

/// Told the outputs for all inputs of a job in their order, or why there are none.
pub type OnOutputs = Box<dyn FnOnce(Outputs)>;

/// Told that no worker computes anything that nobody wants.
pub type OnFree = Box<dyn FnOnce()>;

/// Several workers, each with its own copy of the model, started by the first job. A worker that is lost, or that
/// could not be started, is done without as long as another one is left; once all are lost every job fails, and only a
/// new pool helps. Dropping the pool ends them all.
pub struct Pool {
    inner: Rc<Inner>,
}

struct Inner {
    distribution: RefCell<Distribution>,
    links: RefCell<HashMap<usize, Rc<Link>>>,
    waiting: RefCell<HashMap<JobId, Waiting>>,
    /// Workers that may still be computing what nobody wants any more.
    ending: RefCell<HashSet<usize>>,
    on_free: RefCell<Vec<OnFree>>,
}

/// Who waits for a job.
struct Waiting {
    on_part: Option<OnPart>,
    on_done: OnOutputs,
}

impl Pool {
    /// A pool of which nothing is started yet.
    pub fn new(size: PoolSize) -> Pool {
        Pool {
            inner: Rc::new(Inner {
                distribution: RefCell::new(Distribution::new(size.workers())),
                links: RefCell::default(),
                waiting: RefCell::default(),
                ending: RefCell::default(),
                on_free: RefCell::default(),
            }),
        }
    }

    /// How many workers have loaded their model and are not lost.
    pub fn workers(&self) -> usize {
        self.inner.distribution.borrow().at_work()
    }

    /// Has an output of each input computed. Jobs are done in the order in which they are handed in. One without
    /// inputs, or of a pool that has lost all its workers, ends before this returns.
    pub fn evaluate(&self, inputs: Vec<MaskedInput>, output: ModelOutput, on_done: OnOutputs) -> JobId {
        self.hand_in(inputs, output, None, on_done)
    }

    /// The same, and tells of outputs as they come.
    pub fn evaluate_in_parts(
        &self,
        inputs: Vec<MaskedInput>,
        output: ModelOutput,
        on_part: OnPart,
        on_done: OnOutputs,
    ) -> JobId {
        self.hand_in(inputs, output, Some(on_part), on_done)
    }

    fn hand_in(
        &self,
        inputs: Vec<MaskedInput>,
        output: ModelOutput,
        on_part: Option<OnPart>,
        on_done: OnOutputs,
    ) -> JobId {
        let inner = &self.inner;
        let (id, steps) = inner
            .distribution
            .borrow_mut()
            .hand_in(inputs, output, browser::now());
        inner
            .waiting
            .borrow_mut()
            .insert(id, Waiting { on_part, on_done });
        inner.follow(steps);
        id
    }

    /// Wants nothing of a job any more: nothing is told of it from now on. Each worker ends what it has begun of it, the
    /// layer of a batch, and is then free.
    pub fn cancel(&self, job: JobId) {
        let inner = &self.inner;
        // Whoever waits may own this pool, so nothing is borrowed when that is let go.
        let waiting = inner.waiting.borrow_mut().remove(&job);
        let steps = inner.distribution.borrow_mut().cancel(job, browser::now());
        inner.follow(steps);
        drop(waiting);
    }

    /// Tells once all workers have ended what they had begun of jobs that were cancelled; before this returns, if they
    /// have. Nothing is told if the pool is dropped before.
    pub fn when_free(&self, on_free: OnFree) {
        self.inner.on_free.borrow_mut().push(on_free);
        self.inner.tell_free();
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
                Step::Cancel(Member(at), request) => {
                    let link = self.links.borrow().get(&at).cloned();
                    if let Some(link) = link {
                        self.ending.borrow_mut().insert(at);
                        link.cancel_request(&request);
                    }
                }
                Step::Part(job, part) => self.tell_part(job, part),
                Step::Done(job, result) => {
                    let waiting = self.waiting.borrow_mut().remove(&job);
                    if let Some(Waiting { on_done, .. }) = waiting {
                        on_done(result);
                    }
                }
            }
        }
    }

    fn tell_part(&self, job: JobId, part: PartOfJob) {
        let on_part = self
            .waiting
            .borrow_mut()
            .get_mut(&job)
            .and_then(|waiting| waiting.on_part.take());
        if let Some(mut on_part) = on_part {
            on_part(part);
            // It may have cancelled the job.
            if let Some(waiting) = self.waiting.borrow_mut().get_mut(&job) {
                waiting.on_part = Some(on_part);
            }
        }
    }

    fn tell_free(&self) {
        if self.ending.borrow().is_empty() {
            // Whoever is told may cancel and wait again, so nothing stays borrowed.
            let waiting = self.on_free.take();
            waiting.into_iter().for_each(|on_free| on_free());
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
        let now = browser::now();
        if matches!(event, LinkEvent::Freed | LinkEvent::Failed(_)) {
            self.ending.borrow_mut().remove(&member.0);
            self.tell_free();
        }
        let steps = {
            let mut distribution = self.distribution.borrow_mut();
            match event {
                LinkEvent::Progress { .. }
                | LinkEvent::Retried
                | LinkEvent::Part { .. }
                | LinkEvent::Freed => Vec::new(),
                LinkEvent::Ready { .. } => distribution.ready(member, now),
                LinkEvent::Reply { request, reply } => distribution.answered(member, &request, reply, now),
                LinkEvent::RequestFailed { request, problem } => {
                    distribution.refused(member, &request, problem, now)
                }
                LinkEvent::Failed(problem) => distribution.lost(member, problem, now),
            }
        };
        self.follow(steps);
    }
}
