//! How work is handed out to several workers, without the workers.
//!
//! A job is a list of inputs that have nothing to do with each other. It is cut into pieces; a worker that has nothing
//! to do gets the next one. What a lost worker had is handed out again, so that a job fails only when an input cannot
//! be computed, or when no worker is left.

use std::{collections::VecDeque, ops::Range};

use vitrine_record::{
    MaskedInput, ModelOutput,
    message::{Problem, Reply, Request},
};

/// So many pieces a job has for each worker, so that the last ones end at nearly the same time.
const PIECES_FOR_EACH_WORKER: usize = 4;

/// So many inputs at most are handed out at once: what is handed out cannot be taken back.
const MOST_INPUTS_OF_A_PIECE: usize = 16;

/// A worker's place in the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member(pub usize);

/// Ties a result to its job. Jobs are counted up from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobId(pub u32);

/// What has to be done after something happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Start this worker.
    Start(Member),
    /// Ask this worker.
    Ask(Member, Request),
    /// Tell whoever handed in the job: the outputs of all its inputs in their order, or why there are none.
    Done(JobId, Result<Vec<Vec<f32>>, Problem>),
}

#[derive(Clone, Debug, PartialEq)]
enum MemberState {
    Unstarted,
    Starting,
    Idle,
    /// Has this piece of the job, which may be over already.
    Busy(JobId, Range<usize>),
    Lost,
}

#[derive(Debug)]
struct Job {
    id: JobId,
    inputs: Vec<MaskedInput>,
    output: ModelOutput,
    waiting: VecDeque<Range<usize>>,
    outputs: Vec<Option<Vec<f32>>>,
}

impl Job {
    fn new(id: JobId, inputs: Vec<MaskedInput>, output: ModelOutput, workers: usize) -> Job {
        let piece = inputs
            .len()
            .div_ceil(workers.max(1) * PIECES_FOR_EACH_WORKER)
            .clamp(1, MOST_INPUTS_OF_A_PIECE);
        let waiting = (0..inputs.len())
            .step_by(piece)
            .map(|start| start..(start + piece).min(inputs.len()))
            .collect();
        Job {
            id,
            waiting,
            outputs: vec![None; inputs.len()],
            inputs,
            output,
        }
    }

    fn is_done(&self) -> bool {
        self.outputs.iter().all(Option::is_some)
    }
}

/// The workers, and the jobs that wait for them in the order in which they came.
#[derive(Debug)]
pub struct Distribution {
    members: Vec<MemberState>,
    jobs: VecDeque<Job>,
    last_problem: Option<Problem>,
    jobs_so_far: u32,
}

impl Distribution {
    /// A pool of so many workers, at least one, none of which is started yet.
    pub fn new(members: usize) -> Distribution {
        Distribution {
            members: vec![MemberState::Unstarted; members.max(1)],
            jobs: VecDeque::new(),
            last_problem: None,
            jobs_so_far: 0,
        }
    }

    /// Takes a job. The first worker is started by the first job; the others when it is ready, so that they find the
    /// weights that it has fetched.
    pub fn hand_in(&mut self, inputs: Vec<MaskedInput>, output: ModelOutput) -> (JobId, Vec<Step>) {
        let id = JobId(self.jobs_so_far);
        self.jobs_so_far += 1;
        let workers = self.members.iter().filter(|member| **member != MemberState::Lost);
        self.jobs.push_back(Job::new(id, inputs, output, workers.count()));
        let mut steps = Vec::new();
        if self.members[0] == MemberState::Unstarted {
            self.members[0] = MemberState::Starting;
            steps.push(Step::Start(Member(0)));
        }
        self.carry_on(&mut steps);
        (id, steps)
    }

    /// How many workers have loaded their model and are not lost.
    pub fn at_work(&self) -> usize {
        let works = |member: &&MemberState| matches!(member, MemberState::Idle | MemberState::Busy(..));
        self.members.iter().filter(works).count()
    }

    /// A worker has loaded its model.
    pub fn ready(&mut self, Member(at): Member) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.members.get(at) == Some(&MemberState::Starting) {
            self.members[at] = MemberState::Idle;
            self.start_others(&mut steps);
        }
        self.carry_on(&mut steps);
        steps
    }

    /// A worker has answered.
    pub fn answered(&mut self, Member(at): Member, reply: Reply) -> Vec<Step> {
        if let (Some((id, piece)), Reply::Outputs(outputs)) = (self.take(at), reply)
            && let Some(job) = self.jobs.iter_mut().find(|job| job.id == id)
        {
            for (place, output) in piece.zip(outputs) {
                job.outputs[place] = Some(output);
            }
        }
        let mut steps = Vec::new();
        self.carry_on(&mut steps);
        steps
    }

    /// A worker cannot compute what it was asked, and no other could.
    pub fn refused(&mut self, Member(at): Member, problem: Problem) -> Vec<Step> {
        let mut steps = Vec::new();
        if let Some((id, _)) = self.take(at)
            && let Some(place) = self.jobs.iter().position(|job| job.id == id)
        {
            self.jobs.remove(place);
            steps.push(Step::Done(id, Err(problem)));
        }
        self.carry_on(&mut steps);
        steps
    }

    /// A worker is lost. What it had is handed out again.
    pub fn lost(&mut self, Member(at): Member, problem: Problem) -> Vec<Step> {
        let piece = self.take(at);
        let mut steps = Vec::new();
        if let Some(member) = self.members.get_mut(at) {
            *member = MemberState::Lost;
            self.last_problem = Some(problem);
            // If the first one could not start, another one still may.
            self.start_others(&mut steps);
        }
        if let Some((id, piece)) = piece
            && let Some(job) = self.jobs.iter_mut().find(|job| job.id == id)
        {
            job.waiting.push_front(piece);
        }
        self.carry_on(&mut steps);
        steps
    }

    /// The piece that a worker has, which it has no longer.
    fn take(&mut self, at: usize) -> Option<(JobId, Range<usize>)> {
        let member = self.members.get_mut(at)?;
        match std::mem::replace(member, MemberState::Idle) {
            MemberState::Busy(id, piece) => Some((id, piece)),
            other => {
                *member = other;
                None
            }
        }
    }

    fn start_others(&mut self, steps: &mut Vec<Step>) {
        for (at, member) in self.members.iter_mut().enumerate() {
            if *member == MemberState::Unstarted {
                *member = MemberState::Starting;
                steps.push(Step::Start(Member(at)));
            }
        }
    }

    /// Ends the jobs that are done or beyond hope, and gives work to whoever is idle.
    fn carry_on(&mut self, steps: &mut Vec<Step>) {
        let hopeless = self.members.iter().all(|member| *member == MemberState::Lost);
        let problem = self.last_problem.clone().filter(|_| hopeless);
        self.jobs.retain_mut(|job| {
            if job.is_done() {
                let outputs = job.outputs.drain(..).flatten().collect();
                steps.push(Step::Done(job.id, Ok(outputs)));
                return false;
            }
            if let Some(problem) = &problem {
                steps.push(Step::Done(job.id, Err(problem.clone())));
            }
            problem.is_none()
        });
        for (at, member) in self.members.iter_mut().enumerate() {
            if *member != MemberState::Idle {
                continue;
            }
            let next = self
                .jobs
                .iter_mut()
                .find_map(|job| job.waiting.pop_front().map(|piece| (job, piece)));
            let Some((job, piece)) = next else {
                return;
            };
            let inputs = job.inputs[piece.clone()].to_vec();
            steps.push(Step::Ask(
                Member(at),
                Request::Evaluate {
                    inputs,
                    output: job.output.clone(),
                },
            ));
            *member = MemberState::Busy(job.id, piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vitrine_record::message::{ProblemKind, TextInput};

    use super::*;

    fn inputs(count: usize) -> Vec<MaskedInput> {
        let input = |number: usize| {
            MaskedInput::Text(TextInput {
                text: number.to_string(),
                pair: None,
            })
        };
        (0..count).map(input).collect()
    }

    /// The output of each is the number that its text is.
    fn reply(request: &Request) -> Reply {
        let Request::Evaluate { inputs, .. } = request else {
            panic!("not work: {request:?}");
        };
        let output = |input: &MaskedInput| match input {
            MaskedInput::Text(input) => vec![input.text.parse().unwrap()],
            MaskedInput::Tokens { .. } => panic!("not a number"),
        };
        Reply::Outputs(inputs.iter().map(output).collect())
    }

    fn problem(detail: &str) -> Problem {
        Problem {
            kind: ProblemKind::WorkerStopped,
            detail: detail.into(),
        }
    }

    /// Workers that do what they are told, in an order that a test gives.
    #[derive(Default)]
    struct Hall {
        starting: Vec<Member>,
        asked: Vec<(Member, Request)>,
        done: Vec<(JobId, Result<Vec<Vec<f32>>, Problem>)>,
    }

    impl Hall {
        fn follow(&mut self, steps: Vec<Step>) {
            for step in steps {
                match step {
                    Step::Start(member) => self.starting.push(member),
                    Step::Ask(member, request) => self.asked.push((member, request)),
                    Step::Done(job, result) => self.done.push((job, result)),
                }
            }
        }

        /// Lets one worker that is starting or busy do something; `fate` says which one and what.
        fn advance(&mut self, distribution: &mut Distribution, fate: usize) -> bool {
            let (starting, busy) = (self.starting.len(), self.asked.len());
            if starting + busy == 0 {
                return false;
            }
            let (which, dies) = (fate % (starting + busy), fate.is_multiple_of(7));
            let steps = if which < starting {
                let member = self.starting.remove(which);
                if dies {
                    distribution.lost(member, problem("at the start"))
                } else {
                    distribution.ready(member)
                }
            } else {
                let (member, request) = self.asked.remove(which - starting);
                if dies {
                    distribution.lost(member, problem("at work"))
                } else {
                    distribution.answered(member, reply(&request))
                }
            };
            self.follow(steps);
            true
        }
    }

    proptest! {
        #[test]
        fn every_job_ends_once_and_its_answers_are_in_order(
            members in 1usize..5, counts in proptest::collection::vec(0usize..40, 1..4),
            fates in proptest::collection::vec(0usize..1000, 0..200),
        ) {
            let (mut distribution, mut hall) = (Distribution::new(members), Hall::default());
            for &count in &counts {
                let (_, steps) = distribution.hand_in(inputs(count), ModelOutput::Logits);
                hall.follow(steps);
            }
            for fate in fates {
                hall.advance(&mut distribution, fate);
            }
            while hall.advance(&mut distribution, 1) {}
            let mut ended: Vec<u32> = hall.done.iter().map(|(job, _)| job.0).collect();
            ended.sort_unstable();
            prop_assert_eq!(ended, (0..counts.len() as u32).collect::<Vec<_>>());
            let lost = distribution.members.iter().all(|member| *member == MemberState::Lost);
            for (job, result) in &hall.done {
                match result {
                    Ok(outputs) => {
                        let numbers: Vec<f32> = outputs.iter().map(|one| one[0]).collect();
                        let count = counts[job.0 as usize];
                        prop_assert_eq!(numbers, (0..count).map(|number| number as f32).collect::<Vec<_>>());
                    }
                    Err(_) => prop_assert!(lost, "a job failed while there were workers"),
                }
            }
        }
    }

    #[test]
    fn the_first_worker_fetches_the_weights_and_the_others_follow() {
        let (mut distribution, mut hall) = (Distribution::new(3), Hall::default());
        let (_, steps) = distribution.hand_in(inputs(9), ModelOutput::Logits);
        assert_eq!(steps, [Step::Start(Member(0))]);
        hall.follow(distribution.ready(Member(0)));
        assert_eq!(hall.starting, [Member(1), Member(2)]);
        assert_eq!(hall.asked.len(), 1);
        hall.follow(distribution.ready(Member(2)));
        assert_eq!(hall.asked[1].0, Member(2));
        assert_eq!(distribution.at_work(), 2);
    }

    #[test]
    fn what_cannot_be_computed_ends_its_job_and_no_other() {
        let (mut distribution, mut hall) = (Distribution::new(1), Hall::default());
        for count in [30, 2] {
            hall.follow(distribution.hand_in(inputs(count), ModelOutput::Logits).1);
        }
        hall.follow(distribution.ready(Member(0)));
        hall.follow(distribution.refused(Member(0), problem("no classifier")));
        assert_eq!(hall.done, [(JobId(0), Err(problem("no classifier")))]);
        hall.asked.remove(0);
        while hall.advance(&mut distribution, 1) {}
        assert_eq!(hall.done.len(), 2);
        assert!(hall.done[1].1.is_ok());
    }

    #[test]
    fn a_job_without_inputs_is_done_at_once() {
        let (id, steps) = Distribution::new(2).hand_in(Vec::new(), ModelOutput::Logits);
        assert_eq!(steps[1..], [Step::Done(id, Ok(Vec::new()))]);
    }
}
