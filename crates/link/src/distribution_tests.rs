use proptest::prelude::*;
use vitrine_record::{
    MaskedToken, Segment, TokenId,
    message::{ProblemKind, TextInput},
};

use super::*;

/// An input of so many tokens, the first of which is its number.
fn input(number: usize, tokens: usize) -> MaskedInput {
    let kept = MaskedToken::Kept(TokenId(number as u32));
    MaskedInput::Tokens {
        tokens: vec![kept; tokens.max(1)],
        segments: vec![Segment::A; tokens.max(1)],
        hidden: Vec::new(),
    }
}

fn inputs(count: usize, tokens: usize) -> Vec<MaskedInput> {
    (0..count).map(|number| input(number, tokens)).collect()
}

fn size(request: &Request) -> usize {
    let Request::Evaluate { inputs, .. } = request else {
        panic!("not work: {request:?}");
    };
    inputs.len()
}

/// The output for each is its number.
fn reply(request: &Request) -> Reply {
    let Request::Evaluate { inputs, .. } = request else {
        panic!("not work: {request:?}");
    };
    let output = |input: &MaskedInput| match input {
        MaskedInput::Tokens { tokens, .. } => match tokens[0] {
            MaskedToken::Kept(TokenId(number)) => vec![number as f32],
            other => panic!("no number: {other:?}"),
        },
        MaskedInput::Text(text) => panic!("no number: {text:?}"),
    };
    Reply::Outputs(inputs.iter().map(output).collect())
}

fn problem(detail: &str) -> Problem {
    Problem {
        kind: ProblemKind::WorkerStopped,
        detail: detail.into(),
    }
}

/// Workers that do what they are told, in an order that a test gives, and take a millisecond for a token.
#[derive(Default)]
struct Hall {
    now: f64,
    starting: Vec<Member>,
    asked: Vec<(Member, Request)>,
    parts: Vec<(JobId, PartOfJob)>,
    done: Vec<(JobId, Outputs)>,
}

impl Hall {
    fn follow(&mut self, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Start(member) => self.starting.push(member),
                Step::Ask(member, request) => self.asked.push((member, request)),
                Step::Cancel(member, request) => {
                    let asked = (member, request);
                    let place = self.asked.iter().position(|other| *other == asked);
                    self.asked.remove(place.expect("it was asked"));
                }
                Step::Part(job, part) => self.parts.push((job, part)),
                Step::Done(job, result) => self.done.push((job, result)),
            }
        }
    }

    /// What a worker was asked first.
    fn next_of(&mut self, member: Member) -> Request {
        let place = self.asked.iter().position(|(asked, _)| *asked == member);
        self.asked.remove(place.expect("it was asked")).1
    }

    /// Lets one worker that is starting or busy do something; `fate` says which one and what.
    fn advance(&mut self, distribution: &mut Distribution, fate: usize) -> bool {
        self.now += 10.0;
        let (starting, busy) = (self.starting.len(), self.asked.len());
        if starting + busy == 0 {
            return false;
        }
        let (which, dies) = (fate % (starting + busy), fate.is_multiple_of(7));
        let steps = if which < starting {
            let member = self.starting.remove(which);
            if dies {
                distribution.lost(member, problem("at the start"), self.now)
            } else {
                distribution.ready(member, self.now)
            }
        } else {
            let (member, _) = self.asked[which - starting];
            if dies {
                self.asked.retain(|(asked, _)| *asked != member);
                distribution.lost(member, problem("at work"), self.now)
            } else {
                // A worker may answer first what it was asked last.
                let (_, request) = self.asked.remove(which - starting);
                distribution.answered(member, &request, reply(&request), self.now)
            }
        };
        self.follow(steps);
        true
    }
}

/// A pool of so many workers that are all ready.
fn ready(members: usize) -> (Distribution, Hall) {
    let (mut distribution, mut hall) = (Distribution::new(members), Hall::default());
    let (_, steps) = distribution.hand_in(Vec::new(), ModelOutput::Logits, 0.0);
    hall.follow(steps);
    while let Some(member) = hall.starting.pop() {
        hall.follow(distribution.ready(member, 0.0));
    }
    hall.done.clear();
    (distribution, hall)
}

proptest! {
    #[test]
    fn every_job_ends_once_and_its_answers_are_in_order(
        members in 1usize..5,
        jobs in proptest::collection::vec(proptest::collection::vec(1usize..90, 0..40), 1..5),
        cancelled in proptest::option::of(0usize..5),
        fates in proptest::collection::vec(0usize..1000, 0..200),
    ) {
        let (mut distribution, mut hall) = (Distribution::new(members), Hall::default());
        for job in &jobs {
            let inputs = job.iter().enumerate().map(|(number, &tokens)| input(number, tokens)).collect();
            let (_, steps) = distribution.hand_in(inputs, ModelOutput::Logits, hall.now);
            hall.follow(steps);
        }
        let cancel_at = fates.len() / 3;
        let mut was_cancelled = None;
        for (turn, fate) in fates.into_iter().enumerate() {
            if let Some(job) = cancelled.filter(|_| turn == cancel_at) {
                was_cancelled = Some(job as u32).filter(|&id| hall.done.iter().all(|(done, _)| done.0 != id));
                let steps = distribution.cancel(JobId(job as u32), hall.now);
                hall.follow(steps);
            }
            hall.advance(&mut distribution, fate);
        }
        while hall.advance(&mut distribution, 1) {}
        let mut ended: Vec<u32> = hall.done.iter().map(|(job, _)| job.0).collect();
        ended.sort_unstable();
        let expected: Vec<u32> = (0..jobs.len() as u32).filter(|&job| was_cancelled != Some(job)).collect();
        prop_assert_eq!(ended, expected);
        let lost = distribution.members.iter().all(|member| *member == MemberState::Lost);
        for (job, result) in &hall.done {
            let count = jobs[job.0 as usize].len();
            let Ok(outputs) = result else {
                prop_assert!(lost, "a job failed while there were workers");
                continue;
            };
            let numbers: Vec<f32> = outputs.iter().map(|output| output[0]).collect();
            prop_assert_eq!(numbers, (0..count).map(|number| number as f32).collect::<Vec<_>>());
            let mut told: Vec<usize> = hall
                .parts
                .iter()
                .filter(|(of, _)| of == job)
                .flat_map(|(_, part)| {
                    assert!(part.places.iter().zip(&part.outputs).all(|(&place, output)| output[0] == place as f32));
                    part.places.clone()
                })
                .collect();
            told.sort_unstable();
            prop_assert_eq!(told, (0..count).collect::<Vec<_>>(), "each input is told in one part");
        }
    }
}

#[test]
fn the_first_worker_fetches_the_weights_and_the_others_follow() {
    let (mut distribution, mut hall) = (Distribution::new(3), Hall::default());
    let (_, steps) = distribution.hand_in(inputs(9, 20), ModelOutput::Logits, 0.0);
    assert_eq!(steps, [Step::Start(Member(0))]);
    hall.follow(distribution.ready(Member(0), 0.0));
    assert_eq!(hall.starting, [Member(1), Member(2)]);
    let before = hall.asked.len();
    hall.follow(distribution.ready(Member(2), 0.0));
    assert_eq!(hall.asked[before].0, Member(2));
    assert_eq!(distribution.at_work(), 2);
}

#[test]
fn pieces_take_as_long_as_they_should_on_quick_and_slow_machines() {
    for milliseconds_for_a_token in [0.02, 0.4, 3.0] {
        let (mut distribution, mut hall) = ready(1);
        let (_, steps) = distribution.hand_in(inputs(20_000, 12), ModelOutput::Logits, 0.0);
        hall.follow(steps);
        let mut times = Vec::new();
        while hall.done.is_empty() {
            let request = hall.next_of(Member(0));
            let time = 12.0 * size(&request) as f64 * milliseconds_for_a_token;
            hall.now += time;
            times.push(time);
            hall.follow(distribution.answered(Member(0), &request, reply(&request), hall.now));
        }
        assert!(times[0] <= 3.0 * TIME_OF_A_PIECE, "{times:?}");
        let settled = &times[times.len() / 2..times.len() - 1];
        let job = 20_000.0 * 12.0 * milliseconds_for_a_token;
        let wanted = (job / PIECES_FOR_A_WORKER).clamp(TIME_OF_A_PIECE, LONGEST_TIME_OF_A_PIECE);
        let fits = |time: &f64| (0.6 * wanted..=1.2 * wanted).contains(time);
        assert!(settled.iter().all(fits), "{milliseconds_for_a_token}: {times:?}");
    }
}

#[test]
fn a_small_job_is_shared_by_all() {
    let (mut distribution, mut hall) = ready(3);
    let (_, steps) = distribution.hand_in(inputs(6, 5), ModelOutput::Logits, 0.0);
    hall.follow(steps);
    let shares: Vec<(Member, usize)> = hall
        .asked
        .iter()
        .map(|(member, request)| (*member, size(request)))
        .collect();
    assert_eq!(shares, [(Member(0), 2), (Member(1), 2), (Member(2), 2)]);
}

#[test]
fn a_cancelled_job_leaves_its_workers_to_the_next_one() {
    let (mut distribution, mut hall) = ready(2);
    let (first, steps) = distribution.hand_in(inputs(500, 20), ModelOutput::Logits, 0.0);
    hall.follow(steps);
    let asked = hall.asked.len();
    assert_eq!(asked, 4, "one is computed and one waits at either");
    let output = ModelOutput::SimilarityTo(TextInput::default());
    let (second, steps) = distribution.hand_in(inputs(500, 20), output.clone(), 1.0);
    assert_eq!(steps, []);
    let steps = distribution.cancel(first, 2.0);
    assert_eq!(
        steps
            .iter()
            .filter(|step| matches!(step, Step::Cancel(..)))
            .count(),
        asked
    );
    hall.follow(steps);
    let is_of_second =
        |request: &Request| matches!(request, Request::Evaluate { output: of, .. } if *of == output);
    assert_eq!(hall.asked.len(), 4);
    assert!(hall.asked.iter().all(|(_, request)| is_of_second(request)));
    assert_eq!(distribution.cancel(first, 2.0), [], "it is gone");
    while hall.advance(&mut distribution, 1) {}
    assert_eq!(hall.done.len(), 1);
    assert_eq!(hall.done[0].0, second);
}

#[test]
fn what_cannot_be_computed_ends_its_job_and_no_other() {
    let (mut distribution, mut hall) = ready(1);
    for count in [30, 2] {
        hall.follow(
            distribution
                .hand_in(inputs(count, 30), ModelOutput::Logits, 0.0)
                .1,
        );
    }
    let first = hall.next_of(Member(0));
    hall.follow(distribution.refused(Member(0), &first, problem("no classifier"), 1.0));
    let Err(told) = &hall.done[0].1 else {
        panic!("it has an answer");
    };
    assert!(told.detail.starts_with("no classifier"), "{}", told.detail);
    assert_eq!(
        told.detail.matches(|c: char| c.is_ascii_digit()).count(),
        size(&first),
        "{}",
        told.detail
    );
    while hall.advance(&mut distribution, 1) {}
    assert_eq!(hall.done.len(), 2);
    assert!(hall.done[1].1.is_ok());
}

#[test]
fn a_job_without_inputs_is_done_at_once() {
    let (id, steps) = Distribution::new(2).hand_in(Vec::new(), ModelOutput::Logits, 0.0);
    assert_eq!(steps[1..], [Step::Done(id, Ok(Vec::new()))]);
}
