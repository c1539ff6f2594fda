use proptest::prelude::*;
use vitrine_record::message::ProblemKind;
use vitrine_record::{Analysis, HeadEffects, LayerIdx, ModelOutput, Prediction};

use super::*;

/// Echoes the text, fails on "bad", evaluates at once, and ranks heads in three steps, of which "bad" fails the second.
struct Echo;

fn bad() -> Problem {
    Problem {
        kind: ProblemKind::RequestFailed,
        detail: "bad".into(),
    }
}

fn effects() -> Reply {
    let prediction = Prediction {
        logits: Vec::new(),
        probabilities: Vec::new(),
    };
    Reply::HeadEffects(HeadEffects {
        prediction,
        effects: Vec::new(),
    })
}

impl Engine for Echo {
    type Work = (String, usize);

    fn answer(&mut self, request: &Request) -> Result<Answer<(String, usize)>, Problem> {
        match request {
            Request::Analyse { text, .. } if text == "bad" => Err(bad()),
            Request::Analyse { text, pair, .. } => Ok(Answer::Reply(Reply::Analysis(Box::new(Analysis {
                model_hash: String::new(),
                text: text.clone(),
                pair: pair.clone(),
                tokens: vec![],
                prediction: None,
                attention: vec![],
                thumbnails: vec![],
                notices: vec![],
            })))),
            Request::RankHeads { text, .. } | Request::RankTokens { text, .. } => {
                Ok(Answer::Work((text.clone(), 0)))
            }
            Request::SurveyHeads { sentences } => Ok(Answer::Work((sentences.concat(), 0))),
            _ => Ok(Answer::Reply(Reply::Outputs(Vec::new()))),
        }
    }

    fn advance(&mut self, (text, steps): &mut (String, usize)) -> Result<Progress, Problem> {
        *steps += 1;
        match steps {
            2 if text == "bad" => Err(bad()),
            3 => Ok(Progress::Done(effects())),
            _ => Ok(Progress::Part(effects())),
        }
    }
}

fn rank(id: u32, text: &str) -> ToWorker {
    let request = Request::RankHeads {
        text: text.into(),
        pair: None,
        interventions: Vec::new(),
    };
    ToWorker::Request {
        id: RequestId(id),
        request,
    }
}

fn survey(id: u32) -> ToWorker {
    let sentences = vec!["text".into()].into();
    ToWorker::Request {
        id: RequestId(id),
        request: Request::SurveyHeads { sentences },
    }
}

fn rank_tokens(id: u32, text: &str) -> ToWorker {
    let request = Request::RankTokens {
        text: text.into(),
        pair: None,
        interventions: Vec::new(),
    };
    ToWorker::Request {
        id: RequestId(id),
        request,
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
            reply: Reply::Outputs(_),
        } => format!("{} evaluated", id.0),
        FromWorker::Superseded { id } => format!("{} superseded", id.0),
        FromWorker::Failed { id: Some(id), .. } => format!("{} failed", id.0),
        FromWorker::Failed { id: None, .. } => "failed".into(),
        FromWorker::Part { id, .. } => format!("{} part", id.0),
        FromWorker::Reply {
            id,
            reply: Reply::HeadEffects(_),
        } => format!("{} ranked", id.0),
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
        let todo = dispatch.receive(analyse(id, text), heard.post());
        assert_eq!(todo == Todo::Step, id == 1, "one step is asked for once");
    }
    assert_eq!(dispatch.step(heard.post()), Todo::Nothing);
    assert_eq!(heard.0, ["1 superseded", "2 superseded", "3 abc"]);
}

#[test]
fn work_that_is_handed_out_does_not_give_way() {
    let (mut dispatch, mut heard) = (Dispatch::default(), Heard::default());
    dispatch.loaded(Echo);
    let evaluate = |id| ToWorker::Request {
        id: RequestId(id),
        request: Request::Evaluate {
            inputs: Vec::new(),
            output: ModelOutput::Logits,
        },
    };
    dispatch.receive(evaluate(1), heard.post());
    dispatch.receive(analyse(2, "a"), heard.post());
    dispatch.receive(evaluate(3), heard.post());
    dispatch.receive(analyse(4, "b"), heard.post());
    while dispatch.step(heard.post()) == Todo::Step {}
    assert_eq!(heard.0, ["2 superseded", "1 evaluated", "3 evaluated", "4 b"]);
}

#[test]
fn what_is_short_comes_before_what_is_long_and_under_way() {
    let (mut dispatch, mut heard) = (Dispatch::default(), Heard::default());
    dispatch.loaded(Echo);
    assert_eq!(dispatch.receive(rank(1, "long"), heard.post()), Todo::Step);
    assert_eq!(dispatch.step(heard.post()), Todo::Step);
    assert_eq!(dispatch.step(heard.post()), Todo::Step);
    assert_eq!(dispatch.receive(analyse(2, "short"), heard.post()), Todo::Nothing);
    while dispatch.step(heard.post()) == Todo::Step {}
    assert_eq!(heard.0, ["1 part", "2 short", "1 part", "1 ranked"]);
}

#[test]
fn what_is_under_way_stops_when_it_is_cancelled_or_superseded() {
    let (mut dispatch, mut heard) = (Dispatch::default(), Heard::default());
    dispatch.loaded(Echo);
    dispatch.receive(rank(1, "old"), heard.post());
    dispatch.step(heard.post());
    dispatch.step(heard.post());
    dispatch.receive(rank(2, "new"), heard.post());
    dispatch.step(heard.post());
    dispatch.step(heard.post());
    dispatch.receive(ToWorker::Cancel { id: RequestId(2) }, heard.post());
    assert_eq!(dispatch.step(heard.post()), Todo::Nothing);
    assert_eq!(heard.0, ["1 part", "1 superseded", "2 part", "2 superseded"]);
}

#[test]
fn a_step_that_fails_ends_its_request_and_no_other() {
    let (mut dispatch, mut heard) = (Dispatch::default(), Heard::default());
    dispatch.loaded(Echo);
    dispatch.receive(rank(1, "bad"), heard.post());
    dispatch.receive(analyse(2, "good"), heard.post());
    while dispatch.step(heard.post()) == Todo::Step {}
    assert_eq!(heard.0, ["2 good", "1 part", "1 failed"]);
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
fn long_requests_of_two_kinds_follow_each_other_and_end_alone() {
    let (mut dispatch, mut heard) = (Dispatch::default(), Heard::default());
    dispatch.loaded(Echo);
    dispatch.receive(rank_tokens(1, "a"), heard.post());
    dispatch.receive(rank(2, "a"), heard.post());
    for _ in 0..4 {
        dispatch.step(heard.post());
    }
    assert_eq!(heard.0, ["2 part", "2 part"], "what was asked last goes first");
    dispatch.receive(rank_tokens(3, "ab"), heard.post());
    dispatch.receive(ToWorker::Cancel { id: RequestId(3) }, heard.post());
    while dispatch.step(heard.post()) == Todo::Step {}
    assert_eq!(heard.0[2..], ["1 superseded", "3 superseded", "2 ranked"]);
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

#[test]
fn a_survey_waits_for_what_is_asked_later_and_stops_when_it_is_cancelled() {
    let (mut dispatch, mut heard) = (Dispatch::default(), Heard::default());
    dispatch.receive(load(), heard.post());
    dispatch.loaded(Echo);
    dispatch.receive(survey(1), heard.post());
    dispatch.step(heard.post());
    dispatch.step(heard.post());
    dispatch.receive(rank(2, "ranked"), heard.post());
    dispatch.receive(analyse(3, "short"), heard.post());
    for _ in 0..5 {
        dispatch.step(heard.post());
    }
    let said = ["1 part", "3 short", "2 part", "2 part", "2 ranked"];
    assert_eq!(heard.0, said, "what was asked last comes first");
    dispatch.receive(ToWorker::Cancel { id: RequestId(1) }, heard.post());
    assert_eq!(dispatch.step(heard.post()), Todo::Nothing);
    assert_eq!(heard.0[5..], ["1 superseded"]);
}

proptest! {
    /// What a page may do in any order: ask for something short (0) or long (1), cancel (2), let the worker step (3),
    /// have the model arrive (4) or fail (5).
    #[test]
    fn every_request_is_answered_exactly_once(actions in proptest::collection::vec((0..6u8, 1..20u32), 0..60)) {
        let (mut dispatch, mut heard) = (Dispatch::default(), Heard::default());
        let mut asked = 0;
        for (action, number) in actions {
            let text = if number % 7 == 0 { "bad" } else { "text" };
            match action {
                0 | 1 => {
                    asked += 1;
                    let message = if action == 0 { analyse(asked, text) } else { rank(asked, text) };
                    dispatch.receive(message, heard.post());
                }
                2 => { dispatch.receive(ToWorker::Cancel { id: RequestId(number) }, heard.post()); }
                3 => { dispatch.step(heard.post()); }
                4 => { dispatch.loaded(Echo); }
                _ => dispatch.load_failed(broken(), heard.post()),
            }
        }
        dispatch.loaded(Echo);
        while dispatch.step(heard.post()) == Todo::Step {}
        for id in 1..=asked {
            let (prefix, part) = (format!("{id} "), format!("{id} part"));
            let said: Vec<&String> = heard.0.iter().filter(|said| said.starts_with(&prefix)).collect();
            let answers = said.iter().filter(|said| ***said != part).count();
            prop_assert_eq!(answers, 1);
            prop_assert!(said.last().is_some_and(|last| **last != part), "nothing comes after an answer");
        }
    }
}
