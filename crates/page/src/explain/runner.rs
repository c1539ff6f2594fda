//! The workers that evaluate the inputs of explanations: the page's own at first, and as soon as they are there, those
//! of a pool.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo::timers::callback::Timeout;
use vitrine_link::{JobId, Link, LinkEvent, Outputs, PartOfJob, Pool, PoolSize};
use vitrine_record::{
    MaskedInput, ModelOutput,
    message::{Problem, ProblemKind, Reply, RequestKind},
};
use yew::prelude::*;

use super::{
    computation::{Computation, News},
    marks::Marks,
    own_worker::{Answered, OwnWorker},
};
use crate::{
    browser,
    state::{Action, DataSetChange, ExplanationNews, ExplanationOrder, State},
};

/// The page's own worker gets so few inputs at once that typing never waits long for it.
const INPUTS_FOR_OWN_WORKER: usize = 8;

/// And of long texts so few that they have about so many tokens together.
const TOKENS_FOR_OWN_WORKER: usize = 1_024;

/// A pool that nobody needs is ended after this long, in milliseconds: each of its workers holds a model.
const IDLE_POOL: u32 = 60_000;

/// Computes explanations one after the other.
pub struct Runner {
    computation: RefCell<Computation>,
    /// The page's own worker.
    link: Rc<RefCell<Option<Link>>>,
    /// What it was asked.
    own_worker: RefCell<OwnWorker>,
    pool: RefCell<Option<Rc<Pool>>>,
    /// Whether the pool has been lost, or the machine has too little memory for one.
    does_without_pool: Cell<bool>,
    /// Whether the pool has answered before.
    has_pool_begun: Cell<bool>,
    /// What the pool was asked last.
    job: Cell<Option<JobId>>,
    /// Counts what was turned to: answers to what came before are let go.
    turn: Cell<u32>,
    idle: RefCell<Option<Timeout>>,
    /// Whether the pool, and the page's own worker, may still be computing what is no longer waited for.
    is_pool_ending: Cell<bool>,
    is_own_worker_ending: Cell<bool>,
    marks: RefCell<Marks>,
    dispatcher: UseReducerDispatcher<State>,
}

/// Computes what the state wants explained. Events of the page's own worker that are about it go to the runner.
#[hook]
pub fn use_explanations(state: &UseReducerHandle<State>, link: &Rc<RefCell<Option<Link>>>) -> Rc<Runner> {
    let runner = {
        let (dispatcher, link) = (state.dispatcher(), Rc::clone(link));
        use_memo((), |()| Runner::new(dispatcher, link))
    };
    {
        let runner = Rc::clone(&runner);
        use_effect_with(
            (state.explanation_order(), state.generation),
            move |(order, _)| {
                let output = |order: &ExplanationOrder| order.question.settings.target.output.clone();
                runner.mark(|marks| marks.of_order(order.as_ref()));
                runner.keep_pool(order.as_ref().map(output));
                let (was_busy, news) = runner.computation.borrow_mut().turn_to(order.clone());
                if was_busy {
                    runner.stop_what_is_out();
                }
                runner.tell(news);
                runner.go_on();
            },
        );
    }
    {
        let runner = Rc::clone(&runner);
        let inputs = state.inputs_to_measure().zip(state.explained_output());
        use_effect_with((inputs, state.generation), move |(inputs, _)| {
            if let Some((inputs, output)) = inputs {
                runner.measure(inputs.clone(), output.clone());
            }
        });
    }
    runner
}

impl Runner {
    fn new(dispatcher: UseReducerDispatcher<State>, link: Rc<RefCell<Option<Link>>>) -> Runner {
        Runner {
            computation: RefCell::default(),
            link,
            own_worker: RefCell::default(),
            pool: RefCell::default(),
            does_without_pool: Cell::new(workers_of_pool() < 2),
            has_pool_begun: Cell::default(),
            job: Cell::default(),
            turn: Cell::default(),
            idle: RefCell::default(),
            is_pool_ending: Cell::default(),
            is_own_worker_ending: Cell::default(),
            marks: RefCell::default(),
            dispatcher,
        }
    }

    /// Has the page's own worker run some inputs, to see how long that takes.
    fn measure(&self, inputs: Vec<MaskedInput>, output: ModelOutput) {
        if let Some(link) = &*self.link.borrow() {
            let mut own_worker = self.own_worker.borrow_mut();
            let (unwanted, request) = own_worker.measure(inputs, output, browser::now());
            drop(own_worker);
            if let Some(unwanted) = unwanted {
                link.cancel_request(&unwanted);
            }
            link.request(request);
        }
    }

    /// Says how long each token takes where all that share the work do as this worker did; nothing where they are others
    /// than they were.
    fn tell_measured(&self, milliseconds: Option<f64>) {
        let milliseconds = milliseconds.map(|milliseconds| milliseconds / self.all_workers() as f64);
        self.dispatcher
            .dispatch(Action::DataSet(DataSetChange::Measured(milliseconds)));
    }

    /// How many workers share the work once all have begun.
    fn all_workers(&self) -> usize {
        match self.does_without_pool.get() {
            true => 1,
            false => workers_of_pool().max(1),
        }
    }

    fn mark(&self, of: impl FnOnce(&mut Marks) -> Option<&'static str>) {
        let name = of(&mut self.marks.borrow_mut());
        if let Some(name) = name {
            browser::mark(name);
        }
    }

    fn tell(self: &Rc<Self>, news: Option<News>) {
        if let Some((question, news)) = news {
            self.mark(|marks| marks.of_news(&question, &news));
            if matches!(news, ExplanationNews::Progress(_)) {
                self.measure_drawing();
            }
            let question = Box::new(question);
            self.dispatcher.dispatch(Action::Explained { question, news });
        }
    }

    /// The page is drawn anew when what runs now is over, and before what is put off until then.
    fn measure_drawing(self: &Rc<Self>) {
        let (runner, begun) = (Rc::downgrade(self), browser::now());
        Timeout::new(0, move || {
            if let Some(runner) = runner.upgrade() {
                let milliseconds = browser::now() - begun;
                runner.computation.borrow_mut().drawn_in(milliseconds);
            }
        })
        .forget();
    }

    /// Starts a pool where one is needed, and ends it when it was not needed for long.
    fn keep_pool(self: &Rc<Self>, output: Option<ModelOutput>) {
        let Some(output) = output else {
            let runner = Rc::downgrade(self);
            self.idle.replace(Some(Timeout::new(IDLE_POOL, move || {
                if let Some(runner) = runner.upgrade() {
                    runner.end_pool();
                }
            })));
            return;
        };
        self.idle.replace(None);
        if self.does_without_pool.get() || self.pool.borrow().is_some() {
            return;
        }
        let pool = Rc::new(Pool::new(PoolSize::Workers(workers_of_pool())));
        self.pool.replace(Some(Rc::clone(&pool)));
        // The first job starts it, even one without inputs.
        pool.evaluate(Vec::new(), output, Box::new(|_| {}));
    }

    fn end_pool(&self) {
        self.pool.replace(None);
        self.is_pool_ending.set(false);
        self.has_pool_begun.set(false);
    }

    /// What is out is no longer waited for. A worker ends the batch that it has.
    fn stop_what_is_out(self: &Rc<Self>) {
        self.turn.set(self.turn.get() + 1);
        browser::mark("vitrine:explain-cancel");
        let at_pool = self.pool.borrow().clone().zip(self.job.take());
        let at_own_worker = self.own_worker.borrow_mut().stop_explaining();
        self.is_pool_ending.set(at_pool.is_some());
        self.is_own_worker_ending.set(at_own_worker.is_some());
        if let (Some(request), Some(link)) = (at_own_worker, &*self.link.borrow()) {
            link.cancel_request(&request);
        }
        if let Some((pool, job)) = at_pool {
            pool.cancel(job);
            let runner = Rc::downgrade(self);
            pool.when_free(Box::new(move || {
                if let Some(runner) = runner.upgrade() {
                    runner.is_pool_ending.set(false);
                    runner.tell_freed();
                }
            }));
        } else {
            self.tell_freed();
        }
    }

    /// Marks that no worker computes what is no longer waited for, where it is so.
    fn tell_freed(&self) {
        if !self.is_pool_ending.get() && !self.is_own_worker_ending.get() {
            browser::mark("vitrine:explain-cancelled");
        }
    }

    fn pool_at_work(&self) -> Option<Rc<Pool>> {
        self.pool.borrow().clone().filter(|pool| pool.workers() > 0)
    }

    /// Goes as far as what is known leads, and hands out what is needed next.
    fn go_on(self: &Rc<Self>) {
        let pool = self.pool_at_work();
        if pool.is_some() && !self.has_pool_begun.replace(true) {
            self.computation.borrow_mut().forget_pace();
        }
        let at_work = pool.as_ref().map_or(1, |pool| pool.workers());
        let share_at_work = at_work as f64 / self.all_workers() as f64;
        let progress = self.computation.borrow_mut().go_on(browser::now, share_at_work);
        self.tell(progress.news);
        if progress.can_go_on {
            let runner = Rc::downgrade(self);
            Timeout::new(0, move || {
                if let Some(runner) = runner.upgrade() {
                    runner.go_on();
                }
            })
            .forget();
            return;
        }
        match pool {
            Some(pool) => self.hand_to_pool(&pool),
            None => self.hand_to_own_worker(),
        }
    }

    /// All that the run needs next is one job, of which parts come as workers are done with them.
    fn hand_to_pool(self: &Rc<Self>, pool: &Rc<Pool>) {
        let (inputs, output) = {
            let mut computation = self.computation.borrow_mut();
            let inputs = computation.hand_out(usize::MAX, browser::now());
            match computation.question() {
                Some(question) if !inputs.is_empty() => (inputs, question.settings.target.output.clone()),
                _ => return,
            }
        };
        let turn = self.turn.get();
        let on_part = {
            let (runner, asked) = (Rc::downgrade(self), inputs.clone());
            Box::new(move |part: PartOfJob| {
                if let Some(runner) = runner.upgrade().filter(|runner| runner.turn.get() == turn) {
                    let inputs = part.places.iter().filter_map(|place| asked.get(*place).cloned());
                    runner.answered(inputs.collect(), part.outputs);
                }
            })
        };
        let on_done = {
            let runner = Rc::downgrade(self);
            Box::new(move |outputs: Outputs| {
                let runner = runner.upgrade().filter(|runner| runner.turn.get() == turn);
                if let (Some(runner), Err(problem)) = (runner, outputs) {
                    runner.pool_failed(problem);
                }
            })
        };
        let job = pool.evaluate_in_parts(inputs, output, on_part, on_done);
        self.job.set(Some(job));
    }

    /// An input that cannot be evaluated ends the explanation. If all workers of the pool are lost, the page's own is
    /// still there.
    fn pool_failed(self: &Rc<Self>, problem: Problem) {
        if problem.kind == ProblemKind::RequestFailed {
            self.fail(problem);
            return;
        }
        self.does_without_pool.set(true);
        self.end_pool();
        self.turn.set(self.turn.get() + 1);
        let mut computation = self.computation.borrow_mut();
        computation.forget_pace();
        computation.ask_again();
        drop(computation);
        self.tell_measured(None);
        self.go_on();
    }

    fn hand_to_own_worker(&self) {
        if self.own_worker.borrow().is_explaining() {
            return;
        }
        let link = self.link.borrow();
        let Some(link) = &*link else {
            return;
        };
        let mut computation = self.computation.borrow_mut();
        // What the pool has taken comes from there.
        if computation.out() > 0 {
            return;
        }
        let count = TOKENS_FOR_OWN_WORKER / computation.tokens().max(1);
        let inputs = computation.hand_out(count.clamp(1, INPUTS_FOR_OWN_WORKER), browser::now());
        let Some(question) = computation.question().filter(|_| !inputs.is_empty()) else {
            return;
        };
        let output = question.settings.target.output.clone();
        drop(computation);
        let request = self.own_worker.borrow_mut().explain(inputs, output);
        link.request(request);
    }

    /// Hears what the page's own worker says of what it was asked here. Whether it was about that.
    pub fn hears(self: &Rc<Self>, event: &LinkEvent) -> bool {
        let answered = |request| self.own_worker.borrow_mut().answered(request, browser::now());
        match event {
            LinkEvent::Reply { request, reply } if request.kind() == RequestKind::Evaluate => {
                match (answered(request), reply) {
                    (Some(Answered::Explanation(inputs)), Reply::Outputs(outputs)) => {
                        self.answered(inputs, outputs.clone());
                    }
                    (Some(Answered::Measurement(milliseconds)), _) => self.tell_measured(Some(milliseconds)),
                    _ => {}
                }
                true
            }
            LinkEvent::RequestFailed { request, problem } if request.kind() == RequestKind::Evaluate => {
                if let Some(Answered::Explanation(_)) = answered(request) {
                    self.fail(problem.clone());
                }
                true
            }
            LinkEvent::Freed => {
                if self.is_own_worker_ending.replace(false) {
                    self.tell_freed();
                }
                true
            }
            // The state stops wanting explanations until there is another worker.
            LinkEvent::Failed(_) => {
                self.own_worker.borrow_mut().lost();
                self.is_own_worker_ending.set(false);
                false
            }
            _ => false,
        }
    }

    fn answered(self: &Rc<Self>, inputs: Vec<MaskedInput>, outputs: Vec<Vec<f32>>) {
        self.computation
            .borrow_mut()
            .answered(inputs, outputs, browser::now());
        self.go_on();
    }

    fn fail(self: &Rc<Self>, problem: Problem) {
        self.stop_what_is_out();
        let news = self.computation.borrow_mut().fail(problem);
        self.tell(news);
    }
}

/// How many workers share what has to be evaluated.
fn workers_of_pool() -> usize {
    PoolSize::AsTheMachineHas.workers()
}
