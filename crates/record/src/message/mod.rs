//! How page and worker talk: small typed messages, carried as bytes.
//!
//! The worker opens with [`FromWorker::Hello`]; the page answers with [`ToWorker::Load`], and may send requests
//! at once: they wait for the model. A newer request takes the place of an older one of its [kind](RequestKind) that
//! has not been answered, if that [gives way](Request::gives_way), which is then answered by
//! [`FromWorker::Superseded`]. Every request is answered exactly once: by a reply, by `Superseded`, or by a failure that
//! carries its id. Before a reply that is long in the making come [parts](FromWorker::Part) of it.

mod request;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::ModelInfo;

pub use request::{Reply, Request, RequestKind, TextInput};

/// Ties a reply to its request. The page counts up from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub u32);

/// From page to worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToWorker {
    /// Fetch the model that the manifest at this absolute address describes, from the cache if it is there.
    Load {
        /// Absolute address of `models/manifest.json`.
        manifest_url: String,
    },
    /// Compute something.
    Request {
        /// Comes back with the reply.
        id: RequestId,
        /// What to compute.
        request: Request,
    },
    /// The reply to this request is not wanted any more.
    Cancel {
        /// The request.
        id: RequestId,
    },
}

/// From worker to page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromWorker {
    /// The worker runs and listens.
    Hello {
        /// Its [`crate::BUILD_ID`].
        build_id: String,
    },
    /// Bytes of the weights that have come so far.
    WeightsProgress {
        /// Bytes so far.
        received: u64,
        /// Bytes in all, from the manifest.
        total: u64,
        /// Where they come from.
        source: WeightsSource,
    },
    /// The download was broken and is begun again.
    WeightsRetried {
        /// What was wrong, in English, for a log.
        detail: String,
    },
    /// The model is loaded; requests are answered from now on.
    ModelReady {
        /// What it is.
        model: ModelInfo,
        /// Where its weights came from.
        source: WeightsSource,
    },
    /// The answer.
    Reply {
        /// The request.
        id: RequestId,
        /// The answer.
        reply: Reply,
    },
    /// A part of an answer that is long in the making. Any number of them come before the reply.
    Part {
        /// The request.
        id: RequestId,
        /// What is new: of the same kind as the whole answer.
        reply: Reply,
    },
    /// A newer request, or a cancel, came before this one was answered.
    Superseded {
        /// The request that will not be answered.
        id: RequestId,
    },
    /// Something went wrong: with one request, or, without an id, with the worker or its model as a whole.
    Failed {
        /// The request, if it was one.
        id: Option<RequestId>,
        /// What went wrong.
        problem: Problem,
    },
}

/// Where weights came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WeightsSource {
    /// Kept from an earlier visit.
    Cache,
    /// Fetched now.
    Network,
}

/// What went wrong. The page says the kind in the person's language; `detail` is English, for the curious.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What it is, and so what the page says and offers.
    pub kind: ProblemKind,
    /// What exactly, where.
    pub detail: String,
}

/// Kinds of trouble, each with its own sentence on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ProblemKind {
    /// The worker's files did not load.
    WorkerMissing,
    /// The worker is of another build than the page.
    WorkerOutdated,
    /// The worker stopped: a panic, or a promise rejected that nobody awaited.
    WorkerStopped,
    /// The worker has not answered for too long.
    WorkerSilent,
    /// The tab has no memory left.
    OutOfMemory,
    /// The weights could not be fetched.
    WeightsUnreachable,
    /// The weights came, but not whole or not the right ones, even when tried again.
    WeightsDamaged,
    /// The weights are whole, but not a model that this build reads.
    ModelUnreadable,
    /// This input could not be computed.
    RequestFailed,
}

/// A message that cannot be read: page and worker do not speak the same build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableMessage(String);

impl std::fmt::Display for UnreadableMessage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "a message between page and worker cannot be read: {}",
            self.0
        )
    }
}

impl std::error::Error for UnreadableMessage {}

/// Writes a message as bytes.
///
/// ```
/// use vitrine_record::message::{FromWorker, decode, encode};
/// let hello = FromWorker::Hello { build_id: "dev".into() };
/// assert_eq!(decode::<FromWorker>(&encode(&hello)?)?, hello);
/// assert!(decode::<FromWorker>(&[250]).is_err());
/// # Ok::<(), vitrine_record::message::UnreadableMessage>(())
/// ```
pub fn encode<M: Serialize>(message: &M) -> Result<Vec<u8>, UnreadableMessage> {
    postcard::to_stdvec(message).map_err(|error| UnreadableMessage(error.to_string()))
}

/// Reads a message from bytes.
pub fn decode<M: DeserializeOwned>(bytes: &[u8]) -> Result<M, UnreadableMessage> {
    postcard::from_bytes(bytes).map_err(|error| UnreadableMessage(error.to_string()))
}
