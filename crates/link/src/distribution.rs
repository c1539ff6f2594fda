//! How work is handed out to several workers, without the workers.
//!
//! A job is a list of inputs that have nothing to do with each other. It is cut into pieces of about equal time, each of
//! inputs of like lengths; a worker that has nothing to do gets the next one. What a lost worker had is handed out
//! again, so that a job fails only when an input cannot be computed, or when no worker is left.

use std::collections::VecDeque;

use vitrine_record::{
    MaskedInput, ModelOutput,
    message::{Problem, Reply, Request},
};

pub use crate::job::JobId;
use crate::job::{Job, Piece};

/// How long a worker should have a piece at least, in milliseconds: shorter pieces would be batches of so few inputs that
/// each takes longer.
const TIME_OF_A_PIECE: f64 = 150.0;

/// And at most: of longer ones the page would hear too seldom. A worker can be stopped at a piece after each layer.
const LONGEST_TIME_OF_A_PIECE: f64 = 300.0;

/// Between the two, each worker has its part of a job in so many pieces.
const PIECES_FOR_A_WORKER: f64 = 8.0;

/// Milliseconds for a token before any were measured: those of a slow machine, so that the first pieces are small.
const FIRST_TIME_OF_A_TOKEN: f64 = 1.0;

/// How much of the time of a token is that of the newest piece.
const WEIGHT_OF_THE_NEWEST: f64 = 0.4;

/// A measured time counts as at most so many times the one that was expected: the page may have been busy when the
/// answer came.
const MOST_SURPRISE: f64 = 4.0;

/// So many pieces at most wait at a worker beside the one that it computes, so that it need not wait for the page.
const MOST_WAITING: usize = 1;

/// A worker's place in the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member(pub usize);

/// The outputs for all inputs of a job in their order, or why there are none.
pub type Outputs = Result<Vec<Vec<f32>>, Problem>;

/// The outputs for some inputs of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct PartOfJob {
    /// Which inputs.
    pub places: Vec<usize>,
    /// One output for each.
    pub outputs: Vec<Vec<f32>>,
}

/// What has to be done after something happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Start this worker.
    Start(Member),
    /// Ask this worker.
    Ask(Member, Request),
    /// Want no answer any more to what this worker was asked.
    Cancel(Member, Request),
    /// Tell whoever handed in the job what is new.
    Part(JobId, PartOfJob),
    /// Tell whoever handed in the job how it ended.
    Done(JobId, Outputs),
}

#[derive(Clone, Debug, PartialEq)]
enum MemberState {
    Unstarted,
    Starting,
    /// Has loaded its model, and has these pieces.
    AtWork(VecDeque<Handed>),
    Lost,
}

/// A piece that a worker has.
#[derive(Clone, Debug, PartialEq)]
struct Handed {
    piece: Piece,
    /// When the worker began with it at the earliest, in milliseconds.
    begun: f64,
}

/// The workers, and the jobs that wait for them in the order in which they came.
///
/// Whatever happens is told with the time at which it does, in milliseconds from any beginning.
#[derive(Debug)]
pub struct Distribution {
    members: Vec<MemberState>,
    jobs: VecDeque<Job>,
    last_problem: Option<Problem>,
    jobs_so_far: u32,
    /// Milliseconds for a token, as measured of late.
    time_of_a_token: f64,
    is_time_measured: bool,
}

impl Distribution {
    /// A pool of so many workers, at least one, none of which is started yet.
    pub fn new(members: usize) -> Distribution {
        Distribution {
            members: vec![MemberState::Unstarted; members.max(1)],
            jobs: VecDeque::new(),
            last_problem: None,
            jobs_so_far: 0,
            time_of_a_token: FIRST_TIME_OF_A_TOKEN,
            is_time_measured: false,
        }
    }

    /// Takes a job. The first worker is started by the first job; the others when it is ready, so that they find the
    /// weights that it has fetched.
    pub fn hand_in(&mut self, inputs: Vec<MaskedInput>, output: ModelOutput, now: f64) -> (JobId, Vec<Step>) {
        let id = JobId(self.jobs_so_far);
        self.jobs_so_far += 1;
        self.jobs.push_back(Job::new(id, inputs, output));
        let mut steps = Vec::new();
        if self.members[0] == MemberState::Unstarted {
            self.members[0] = MemberState::Starting;
            steps.push(Step::Start(Member(0)));
        }
        self.carry_on(now, &mut steps);
        (id, steps)
    }

    /// Forgets a job, of which nothing is told any more. What a worker has begun of it is its last.
    pub fn cancel(&mut self, id: JobId, now: f64) -> Vec<Step> {
        let mut steps = Vec::new();
        let Some(place) = self.jobs.iter().position(|job| job.id == id) else {
            return steps;
        };
        if let Some(job) = self.jobs.remove(place) {
            self.withdraw(&job, &mut steps);
        }
        self.carry_on(now, &mut steps);
        steps
    }

    /// Takes the pieces of a job away from all workers.
    fn withdraw(&mut self, job: &Job, steps: &mut Vec<Step>) {
        for (at, member) in self.members.iter_mut().enumerate() {
            if let MemberState::AtWork(handed) = member {
                handed.retain(|handed| {
                    let is_wanted = handed.piece.job != job.id;
                    if !is_wanted {
                        steps.push(Step::Cancel(Member(at), job.request(&handed.piece)));
                    }
                    is_wanted
                });
            }
        }
    }

    /// How many workers have loaded their model and are not lost.
    pub fn at_work(&self) -> usize {
        let works = |member: &&MemberState| matches!(member, MemberState::AtWork(_));
        self.members.iter().filter(works).count()
    }

    /// A worker has loaded its model.
    pub fn ready(&mut self, Member(at): Member, now: f64) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.members.get(at) == Some(&MemberState::Starting) {
            self.members[at] = MemberState::AtWork(VecDeque::new());
            self.start_others(&mut steps);
        }
        self.carry_on(now, &mut steps);
        steps
    }

    /// A worker has answered a request.
    pub fn answered(&mut self, Member(at): Member, request: &Request, reply: Reply, now: f64) -> Vec<Step> {
        let mut steps = Vec::new();
        if let (Some(Handed { piece, begun }), Reply::Outputs(outputs)) = (self.take(at, request, now), reply)
        {
            self.measured(now - begun, piece.tokens);
            if let Some(job) = self.jobs.iter_mut().find(|job| job.id == piece.job) {
                let places = piece.places;
                job.fill(&places, &outputs);
                steps.push(Step::Part(job.id, PartOfJob { places, outputs }));
            }
        }
        self.carry_on(now, &mut steps);
        steps
    }

    fn measured(&mut self, milliseconds: f64, tokens: usize) {
        let expected = self.time_of_a_token;
        let measured = milliseconds / tokens.max(1) as f64;
        let measured = measured.clamp(expected / MOST_SURPRISE, expected * MOST_SURPRISE);
        self.time_of_a_token += WEIGHT_OF_THE_NEWEST * (measured - expected);
        self.is_time_measured = true;
    }

    /// A worker cannot compute what it was asked, and no other could.
    pub fn refused(
        &mut self,
        Member(at): Member,
        request: &Request,
        mut problem: Problem,
        now: f64,
    ) -> Vec<Step> {
        let mut steps = Vec::new();
        if let Some(Handed { piece, .. }) = self.take(at, request, now)
            && let Some(place) = self.jobs.iter().position(|job| job.id == piece.job)
            && let Some(job) = self.jobs.remove(place)
        {
            self.withdraw(&job, &mut steps);
            let places: Vec<String> = piece.places.iter().map(usize::to_string).collect();
            problem.detail += &format!(" (the worker had inputs {} of the job)", places.join(", "));
            steps.push(Step::Done(job.id, Err(problem)));
        }
        self.carry_on(now, &mut steps);
        steps
    }

    /// A worker is lost. What it had is handed out again.
    pub fn lost(&mut self, Member(at): Member, problem: Problem, now: f64) -> Vec<Step> {
        let mut steps = Vec::new();
        if let Some(member) = self.members.get_mut(at) {
            let state = std::mem::replace(member, MemberState::Lost);
            self.last_problem = Some(problem);
            // If the first one could not start, another one still may.
            self.start_others(&mut steps);
            if let MemberState::AtWork(handed) = state {
                for Handed { piece, .. } in handed.into_iter().rev() {
                    if let Some(job) = self.jobs.iter_mut().find(|job| job.id == piece.job) {
                        job.take_back(piece);
                    }
                }
            }
        }
        self.carry_on(now, &mut steps);
        steps
    }

    /// The piece that a worker is done with, which is not always the one that it was asked first; whatever it still has,
    /// it goes on with now.
    fn take(&mut self, at: usize, request: &Request, now: f64) -> Option<Handed> {
        let Some(MemberState::AtWork(handed)) = self.members.get_mut(at) else {
            return None;
        };
        let is_asked = |handed: &Handed| {
            let job = self.jobs.iter().find(|job| job.id == handed.piece.job);
            job.is_some_and(|job| job.request(&handed.piece) == *request)
        };
        let place = handed.iter().position(is_asked)?;
        let done = handed.remove(place);
        for left in handed {
            left.begun = now;
        }
        done
    }

    fn start_others(&mut self, steps: &mut Vec<Step>) {
        for (at, member) in self.members.iter_mut().enumerate() {
            if *member == MemberState::Unstarted {
                *member = MemberState::Starting;
                steps.push(Step::Start(Member(at)));
            }
        }
    }

    /// Ends the jobs that are done or beyond hope, and gives work to whoever has none or will soon have none.
    fn carry_on(&mut self, now: f64, steps: &mut Vec<Step>) {
        let hopeless = self.members.iter().all(|member| *member == MemberState::Lost);
        let problem = self.last_problem.clone().filter(|_| hopeless);
        for job in std::mem::take(&mut self.jobs) {
            if job.is_done() {
                steps.push(Step::Done(job.id, Ok(job.into_outputs())));
            } else if let Some(problem) = &problem {
                steps.push(Step::Done(job.id, Err(problem.clone())));
            } else {
                self.jobs.push_back(job);
            }
        }
        let workers = self.at_work().max(1);
        let time_of_a_token = self.time_of_a_token.max(f64::EPSILON);
        let longest = if self.is_time_measured {
            LONGEST_TIME_OF_A_PIECE
        } else {
            TIME_OF_A_PIECE
        };
        let whole_piece = |job: &Job| {
            let part = job.tokens() as f64 * time_of_a_token / workers as f64;
            let time = (part / PIECES_FOR_A_WORKER).clamp(TIME_OF_A_PIECE, longest);
            (time / time_of_a_token) as usize
        };
        for waiting in 0..=MOST_WAITING {
            let mut round = None;
            for (at, member) in self.members.iter_mut().enumerate() {
                let MemberState::AtWork(handed) = member else {
                    continue;
                };
                if handed.len() != waiting {
                    continue;
                }
                let Some(job) = self.jobs.iter_mut().find(|job| job.tokens_left() > 0) else {
                    return;
                };
                let whole_piece = whole_piece(job);
                // Towards the end of a job nobody has work waiting while others have none.
                if waiting > 0 && job.tokens_left() < whole_piece.saturating_mul(workers) {
                    continue;
                }
                // The same for all in one round, so that a small job is shared equally.
                let share = match round {
                    Some((id, share)) if id == job.id => share,
                    _ => job.tokens_left().div_ceil(workers),
                };
                round = Some((job.id, share));
                if let Some(piece) = job.cut(whole_piece.min(share)) {
                    steps.push(Step::Ask(Member(at), job.request(&piece)));
                    handed.push_back(Handed { piece, begun: now });
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "distribution_tests.rs"]
mod tests;
