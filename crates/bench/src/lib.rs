//! Times the forward pass of the encoder beside candle's own `BertModel` on the same weights, and makes an ONNX file
//! of them for other engines.
//!
//! The weights are pseudo-random and of the shape of the shipped model: the time of a forward pass does not
//! depend on their values. Peers take turns within one run, so that a machine that is busy for a while is busy
//! for all of them.

#[cfg(target_arch = "wasm32")]
mod browser;
mod onnx;
#[cfg(target_arch = "wasm32")]
mod peak;
mod peers;
mod timing;

pub use peers::{Input, Peer, Peers};
pub use timing::{SHAPES, Shape, Timing, measure};
