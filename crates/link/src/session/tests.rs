use vitrine_record::{
    AblationEffect, Analysis, HeadEffects, HeadIdx, LayerIdx, ModelInfo, ModelOutput, Prediction,
    message::{TextInput, WeightsSource},
};

use super::*;

fn ask(text: &str) -> Request {
    Request::Analyse {
        text: text.into(),
        pair: None,
        layer: LayerIdx(0),
    }
}

fn evaluate() -> Request {
    Request::Evaluate {
        inputs: Vec::new(),
        output: ModelOutput::Logits,
    }
}

fn rank() -> Request {
    Request::RankHeads {
        text: "a".into(),
        pair: None,
        interventions: Vec::new(),
    }
}

/// So many classes has the untouched prediction, and so many the one without a head.
fn effects(classes: usize, others: usize) -> Reply {
    let prediction = |classes| Prediction {
        logits: vec![0.0; classes],
        probabilities: vec![0.0; classes],
    };
    Reply::HeadEffects(HeadEffects {
        prediction: prediction(classes),
        effects: vec![AblationEffect {
            ablated: (LayerIdx(0), HeadIdx(0)),
            prediction: prediction(others),
        }],
    })
}

fn part(id: u32, reply: Reply) -> FromWorker {
    FromWorker::Part {
        id: RequestId(id),
        reply,
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
        thumbnails: Vec::new(),
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
    assert_eq!(session.receive(reply(1, "old")), LinkEvent::Freed.into());
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
fn requests_of_several_kinds_are_answered_side_by_side() {
    let mut session = Session::new("manifest".into());
    session.request(evaluate());
    session.request(ask("old"));
    session.request(ask("new"));
    let sent = session.receive(hello()).send;
    let asked = |id, request| ToWorker::Request {
        id: RequestId(id),
        request,
    };
    assert_eq!(sent[1..], [asked(1, evaluate()), asked(3, ask("new"))]);
    session.receive(model_ready());
    let answer = session.receive(reply(3, "new")).event;
    assert!(matches!(answer, Some(LinkEvent::Reply { request, .. }) if request == ask("new")));
    session.request(ask("newer"));
    let all = [1, 4].map(|id| ToWorker::Cancel { id: RequestId(id) });
    assert_eq!(session.cancel_all().send, all);
}

#[test]
fn work_that_is_handed_out_does_not_give_way_and_is_cancelled_piece_by_piece() {
    let mut session = ready();
    let piece = |text: &str| Request::Evaluate {
        inputs: Vec::new(),
        output: ModelOutput::SimilarityTo(TextInput {
            text: text.into(),
            pair: None,
        }),
    };
    for (id, text) in [(1, "a"), (2, "b"), (3, "b")] {
        let request = piece(text);
        let id = RequestId(id);
        assert_eq!(
            session.request(request.clone()).send,
            [ToWorker::Request { id, request }]
        );
    }
    assert_eq!(
        session.cancel_request(&piece("b")).send,
        [ToWorker::Cancel { id: RequestId(2) }]
    );
    assert_eq!(session.cancel_request(&piece("c")).send, []);
    for (id, expected) in [(1, true), (2, false), (3, true)] {
        let id = RequestId(id);
        let reply = Reply::Outputs(Vec::new());
        let told = session.receive(FromWorker::Reply { id, reply }).event;
        assert_eq!(matches!(told, Some(LinkEvent::Reply { .. })), expected, "{id:?}");
    }
}

#[test]
fn the_clock_runs_as_long_as_anything_is_owed() {
    let mut session = ready();
    session.request(ask("a"));
    session.request(evaluate());
    for _ in 1..PATIENCE_FOR_REPLY {
        assert_eq!(session.tick(), Outcome::default());
    }
    session.receive(reply(1, "a"));
    for _ in 1..PATIENCE_FOR_REPLY {
        assert_eq!(
            session.tick(),
            Outcome::default(),
            "the answer was a sign of life"
        );
        session.request(ask("b"));
        session.cancel(RequestKind::Analyse);
    }
    assert_eq!(kind(session.tick()), Some(ProblemKind::WorkerSilent));
    let mut session = ready();
    session.request(evaluate());
    session.cancel(RequestKind::Evaluate);
    assert!((0..1000).all(|_| session.tick() == Outcome::default()));
}

#[test]
fn parts_come_before_the_answer_and_are_signs_of_life() {
    let mut session = ready();
    session.request(rank());
    for _ in 0..2 * PATIENCE_FOR_REPLY {
        assert_eq!(session.tick(), Outcome::default());
        let told = session.receive(part(1, effects(2, 2)));
        let (request, reply) = (rank(), effects(2, 2));
        assert_eq!(told, LinkEvent::Part { request, reply }.into());
    }
    let last = FromWorker::Reply {
        id: RequestId(1),
        reply: effects(2, 2),
    };
    assert!(matches!(
        session.receive(last).event,
        Some(LinkEvent::Reply { .. })
    ));
    assert_eq!(session.receive(part(1, effects(2, 2))), Outcome::default());
}

#[test]
fn a_part_that_was_not_asked_for_ends_its_request() {
    let mut session = ready();
    session.request(rank());
    session.request(ask("a"));
    let FromWorker::Reply { reply: analysis, .. } = reply(2, "a") else {
        panic!("a reply")
    };
    for (id, request, misshapen) in [(1, rank(), effects(2, 3)), (2, ask("a"), analysis)] {
        let outcome = session.receive(part(id, misshapen));
        assert_eq!(outcome.send, [ToWorker::Cancel { id: RequestId(id) }]);
        assert!(matches!(outcome.event, Some(LinkEvent::RequestFailed { request: of, .. }) if of == request));
    }
    assert_eq!(session.cancel_all(), Outcome::default());
}

#[test]
fn what_is_cancelled_is_not_answered() {
    let mut session = ready();
    assert_eq!(session.cancel_all(), Outcome::default(), "nothing was asked");
    session.request(ask("a"));
    assert_eq!(session.cancel(RequestKind::Evaluate), Outcome::default());
    assert_eq!(
        session.cancel(RequestKind::Analyse).send,
        [ToWorker::Cancel { id: RequestId(1) }]
    );
    let told = session.receive(reply(1, "a"));
    assert_eq!(told, LinkEvent::Freed.into(), "it had begun");
    assert_eq!(session.receive(reply(1, "a")), Outcome::default());
    assert!(
        (0..1000).all(|_| session.tick() == Outcome::default()),
        "nothing is owed"
    );
    let mut early = Session::new("manifest".into());
    early.request(ask("a"));
    assert_eq!(early.cancel_all(), Outcome::default(), "nothing was sent");
    assert_eq!(
        early.receive(hello()).send.len(),
        1,
        "only the weights are asked for"
    );
}

#[test]
fn a_worker_is_free_once_it_has_ended_all_that_was_cancelled() {
    let mut session = ready();
    for _ in 0..3 {
        session.request(evaluate());
    }
    session.cancel(RequestKind::Evaluate);
    session.request(ask("a"));
    let ended = |id| FromWorker::Superseded { id: RequestId(id) };
    assert_eq!(session.receive(ended(2)), Outcome::default());
    assert_eq!(session.receive(ended(3)), Outcome::default());
    let outputs = FromWorker::Reply {
        id: RequestId(1),
        reply: Reply::Outputs(Vec::new()),
    };
    assert_eq!(session.receive(outputs), LinkEvent::Freed.into());
    assert_eq!(session.receive(ended(2)), Outcome::default());
    assert!(matches!(
        session.receive(reply(4, "a")).event,
        Some(LinkEvent::Reply { .. })
    ));
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
    analysis.prediction = Some(Prediction {
        logits: vec![0.0],
        probabilities: Vec::new(),
    });
    let outcome = session.receive(FromWorker::Reply {
        id,
        reply: Reply::Analysis(analysis),
    });
    assert!(matches!(outcome.event, Some(LinkEvent::RequestFailed { .. })));
}
