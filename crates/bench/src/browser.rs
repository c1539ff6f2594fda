//! What a page measures with: the measuring itself waits for engines that answer later, and so is the page's.

use wasm_bindgen::{JsError, prelude::wasm_bindgen};

use crate::peers::{Input, Peer, Peers};
use crate::timing::Shape;
use crate::{SHAPES, peak};

/// All peers, and the input that they are given.
#[wasm_bindgen]
pub struct Bench {
    peers: Peers,
    input: Option<Input>,
}

fn told(error: anyhow::Error) -> JsError {
    JsError::new(&format!("{error:#}"))
}

#[wasm_bindgen]
impl Bench {
    /// Builds the peers.
    ///
    /// # Errors
    /// A sentence if one cannot be built.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Bench, JsError> {
        console_error_panic_hook::set_once();
        let peers = Peers::new().map_err(told)?;
        Ok(Bench { peers, input: None })
    }

    /// The shapes to be measured, as JSON: `[{"batch": 1, "tokens": 8}, …]`.
    ///
    /// # Errors
    /// None that is known.
    pub fn shapes() -> Result<String, JsError> {
        Ok(serde_json::to_string(&SHAPES)?)
    }

    /// The same encoder as an ONNX file for inputs of so many tokens.
    ///
    /// # Errors
    /// If a weight is missing.
    pub fn onnx(&self, tokens: usize) -> Result<Vec<u8>, JsError> {
        self.peers.onnx(tokens).map_err(told)
    }

    /// Makes an input and holds the peers in this program to one another; returns its ids.
    ///
    /// # Errors
    /// If they do not compute the same.
    pub fn prepare(&mut self, batch: usize, tokens: usize) -> Result<Vec<i64>, JsError> {
        let input = self.peers.input(Shape { batch, tokens }).map_err(told)?;
        self.peers.check_agreement(&input).map_err(told)?;
        let ids = input.ids().map_err(told)?;
        self.input = Some(input);
        Ok(ids)
    }

    /// One forward pass of a peer, whose name is written as JSON writes it.
    ///
    /// # Errors
    /// If there is no such peer, no input, or the peer fails.
    pub fn forward(&self, peer: &str) -> Result<(), JsError> {
        self.computed(peer).map(drop)
    }

    /// The last hidden state that a peer computes.
    ///
    /// # Errors
    /// As for [`Bench::forward`].
    pub fn output(&self, peer: &str) -> Result<Vec<f32>, JsError> {
        Ok(self.computed(peer)?.flatten_all()?.to_vec1()?)
    }

    /// Operations of a forward pass; a multiply-add counts as two.
    pub fn operations(&self, batch: usize, tokens: usize) -> f64 {
        self.peers.operations(Shape { batch, tokens })
    }
}

impl Bench {
    fn computed(&self, peer: &str) -> Result<candle_core::Tensor, JsError> {
        let peer: Peer = serde_json::from_value(peer.into())?;
        let input = self
            .input
            .as_ref()
            .ok_or_else(|| JsError::new("no input is prepared"))?;
        self.peers.forward(peer, input).map_err(told)
    }
}

/// Multiply-adds in registers: does so many turns of them and returns how many operations that were, and a number
/// that came of them.
#[wasm_bindgen]
pub fn peak_operations(turns: u32, seed: f32) -> Vec<f64> {
    vec![peak::operations(turns), f64::from(peak::run(turns, seed))]
}
