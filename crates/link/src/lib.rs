//! The conversation of a page with the workers that hold the model.
//!
//! [`Link`] is one worker, for whoever types: of each kind of request the newest wins. [`Pool`] is several, for work
//! that comes in many independent inputs: none is dropped, and the answers come back in the order of the inputs,
//! however many workers there are and whichever of them is lost. What each of them does in which case is decided by
//! plain state ([`Session`](session::Session), [`Distribution`](distribution::Distribution)) that knows no browser and
//! is tested natively.

mod browser;
pub mod distribution;
mod job;
mod kept;
mod link;
mod pool;
pub mod session;

pub use distribution::{JobId, Outputs, PartOfJob};
pub use kept::are_weights_kept;
pub use link::{Link, OnLinkEvent};
pub use pool::{OnFree, OnOutputs, OnPart, Pool, PoolSize};
pub use session::LinkEvent;
