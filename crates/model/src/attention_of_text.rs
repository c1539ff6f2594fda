//! The attention of a text, and nothing else of it.

use vitrine_record::LayerAttention;

use crate::error::Result;
use crate::input::{EncoderInput, TokenBatch};
use crate::model::Model;
use crate::run::advance_seeing;
use crate::tokenize::Encoding;

/// Reads at most so many tokens of a text, special tokens included, and never more than the model can: its tokens, and
/// the attention of all layers.
///
/// # Errors
/// Those of tokenizing and of the forward pass.
pub fn attention_of_text(
    model: &Model,
    text: &str,
    most_tokens: usize,
) -> Result<(Encoding, Vec<LayerAttention>)> {
    let encoder = model.encoder();
    let most_tokens = most_tokens.min(model.info().max_tokens);
    let encoding = model.tokenizer().encode(text, None, most_tokens)?;
    let batch = TokenBatch::single(&encoding, encoder.config())?;
    let mut pass = encoder.begin(EncoderInput::Tokens(&batch), &[])?;
    let mut layers = Vec::with_capacity(encoder.config().num_hidden_layers);
    while let Some(layer) = pass.next_layer() {
        layers.push(advance_seeing(&mut pass, layer)?);
    }
    Ok((encoding, layers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, Shape};
    use crate::{Layers, analyse};

    #[test]
    fn it_is_the_attention_of_the_analysis_as_far_as_the_text_is_read() {
        let model = testing::model(Shape::default(), 3).unwrap();
        let (encoding, layers) = attention_of_text(&model, "the film was bad", 24).unwrap();
        let (analysis, _) = analyse(&model, "the film was bad", None, &[], Layers::All).unwrap();
        assert_eq!(encoding.tokens, analysis.tokens);
        assert_eq!(layers, analysis.attention);
        let (cut, layers) = attention_of_text(&model, "the film was bad", 4).unwrap();
        let (short, _) = analyse(&model, "the film", None, &[], Layers::All).unwrap();
        assert_eq!((cut.tokens.len(), cut.truncations.len()), (4, 1));
        assert_eq!(layers, short.attention);
        let (longest, _) = attention_of_text(&model, &"film ".repeat(99), 1_000).unwrap();
        assert_eq!(longest.tokens.len(), model.info().max_tokens);
    }
}
