//! The Web Worker of Vitrine: fetches a model, keeps it, and answers the page.
//!
//! [`Dispatch`] holds the order of requests, [`Session`] computes the answers, and `load` gets the weights here;
//! none of them knows a browser, and all are tested natively. Only `browser` speaks to one.

#[cfg(target_arch = "wasm32")]
mod browser;
mod dispatch;
mod evaluating;
#[cfg_attr(
    not(target_arch = "wasm32"),
    allow(dead_code, reason = "natively only tests load weights")
)]
mod load;
mod ranking;
mod salience;
mod session;
mod surveying;
mod variant;
mod work;

#[cfg(target_arch = "wasm32")]
pub use browser::start;
pub use dispatch::{Answer, Dispatch, Engine, Progress, Todo};
pub use evaluating::Evaluating;
pub use ranking::Ranking;
pub use salience::SalienceWork;
pub use session::Session;
pub use surveying::Surveying;
pub use variant::VariantWork;
pub use work::Work;
