//! What follows from what happens to a worker.

use vitrine_record::{
    ModelInfo,
    message::{Problem, Reply, Request, ToWorker, WeightsSource},
};

/// What the page is told.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkEvent {
    /// Weights are coming.
    Progress {
        /// Bytes so far.
        received: u64,
        /// Bytes in all.
        total: u64,
        /// Where they come from.
        source: WeightsSource,
    },
    /// The weights were broken and are fetched again.
    Retried,
    /// The model is loaded.
    Ready {
        /// What it is.
        model: ModelInfo,
        /// Where its weights came from.
        source: WeightsSource,
    },
    /// The answer to the newest request of its kind.
    Reply {
        /// The request.
        request: Request,
        /// The answer: of the request's kind, and with shapes that agree.
        reply: Reply,
    },
    /// A part of the answer to the newest request of its kind; more parts, or the answer, follow.
    Part {
        /// The request.
        request: Request,
        /// What is new: of the request's kind, and with shapes that agree.
        reply: Reply,
    },
    /// The newest request of its kind has no answer; the next one may have.
    RequestFailed {
        /// The request.
        request: Request,
        /// Why it has none.
        problem: Problem,
    },
    /// The worker has ended what it had begun of requests that nobody wants any more.
    Freed,
    /// The worker is lost.
    Failed(Problem),
}

/// What follows from something that happened.
#[derive(Debug, Default, PartialEq)]
pub struct Outcome {
    /// To be sent to the worker, in this order.
    pub send: Vec<ToWorker>,
    /// To be told to the page.
    pub event: Option<LinkEvent>,
}

impl From<LinkEvent> for Outcome {
    fn from(event: LinkEvent) -> Outcome {
        Outcome {
            send: Vec::new(),
            event: Some(event),
        }
    }
}
