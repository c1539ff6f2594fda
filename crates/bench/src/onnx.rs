//! Writes a BERT encoder as an ONNX file, so that other engines compute the same from the same weights.
//!
//! An ONNX file is one message of Protocol Buffers. Of that format this needs two things: numbers of variable length,
//! and fields that say how long they are (field numbers: `onnx.proto`, version 1.16).

use std::collections::HashMap;

use anyhow::{Context, Result};
use candle_core::Tensor;
use vitrine_model::BertConfig;

/// The oldest operator set with `Gelu`; that with `LayerNormalization` is older.
const OPERATOR_SET: u64 = 20;
/// The version of the file format that came with it.
const FORMAT: u64 = 9;
const FLOAT: u64 = 1;
const INT64: u64 = 7;

/// The file: `ids` `[batch, tokens]`, INT64, to `last_hidden_state` `[batch, tokens, hidden]`. All tokens are of the
/// first segment and none is masked.
///
/// # Errors
/// If `tensors` lacks a weight.
pub fn encoder(config: &BertConfig, tensors: &HashMap<String, Tensor>, tokens: usize) -> Result<Vec<u8>> {
    let mut graph = Graph {
        message: Message::default(),
        tensors,
    };
    graph.embeddings(tokens)?;
    let mut hidden = "embedded".to_owned();
    for layer in 0..config.num_hidden_layers {
        hidden = graph.layer(&format!("encoder.layer.{layer}"), &hidden, config)?;
    }
    graph.node("Identity", &[&hidden], "last_hidden_state", &[]);
    let mut graph = graph.message;
    graph.text(2, "encoder");
    graph.message(11, &value("ids", INT64, &["batch", "tokens"]));
    graph.message(
        12,
        &value("last_hidden_state", FLOAT, &["batch", "tokens", "hidden"]),
    );

    let mut operators = Message::default();
    operators.number(2, OPERATOR_SET);
    let mut model = Message::default();
    model.number(1, FORMAT);
    model.message(7, &graph);
    model.message(8, &operators);
    Ok(model.0)
}

/// A message of Protocol Buffers: its fields one after the other.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn variable_length(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn number(&mut self, field: u64, number: u64) {
        self.variable_length(field << 3);
        self.variable_length(number);
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.variable_length(field << 3 | 2);
        self.variable_length(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, field: u64, text: &str) {
        self.bytes(field, text.as_bytes());
    }

    fn message(&mut self, field: u64, message: &Message) {
        self.bytes(field, &message.0);
    }

    fn single(&mut self, field: u64, number: f32) {
        self.variable_length(field << 3 | 5);
        self.0.extend_from_slice(&number.to_le_bytes());
    }
}

/// The type of an input or output, with named dimensions.
fn value(name: &str, kind: u64, dims: &[&str]) -> Message {
    let mut shape = Message::default();
    for name in dims {
        let mut dim = Message::default();
        dim.text(2, name);
        shape.message(1, &dim);
    }
    let mut tensor = Message::default();
    tensor.number(1, kind);
    tensor.message(2, &shape);
    let mut kind = Message::default();
    kind.message(1, &tensor);
    let mut value = Message::default();
    value.text(1, name);
    value.message(2, &kind);
    value
}

/// What an operator is told beside its inputs.
enum Attribute<'a> {
    Int(&'a str, i64),
    Ints(&'a str, &'a [u64]),
    Float(&'a str, f32),
}

struct Graph<'a> {
    message: Message,
    tensors: &'a HashMap<String, Tensor>,
}

impl<'a> Graph<'a> {
    fn node(&mut self, operator: &str, inputs: &[&str], output: &str, attributes: &[Attribute<'_>]) {
        let mut node = Message::default();
        for input in inputs {
            node.text(1, input);
        }
        node.text(2, output);
        node.text(4, operator);
        for attribute in attributes {
            let mut message = Message::default();
            match attribute {
                Attribute::Float(name, number) => {
                    message.text(1, name);
                    message.single(2, *number);
                    message.number(20, 1);
                }
                Attribute::Int(name, number) => {
                    message.text(1, name);
                    message.number(3, *number as u64);
                    message.number(20, 2);
                }
                Attribute::Ints(name, numbers) => {
                    message.text(1, name);
                    for number in *numbers {
                        message.number(8, *number);
                    }
                    message.number(20, 7);
                }
            }
            node.message(5, &message);
        }
        self.message.message(1, &node);
    }

    fn constant(&mut self, name: &str, kind: u64, dims: &[usize], bytes: &[u8]) {
        let mut tensor = Message::default();
        for &dim in dims {
            tensor.number(1, dim as u64);
        }
        tensor.number(2, kind);
        tensor.text(8, name);
        tensor.bytes(9, bytes);
        self.message.message(5, &tensor);
    }

    fn floats(&mut self, name: &str, tensor: &Tensor) -> Result<()> {
        let values: Vec<f32> = tensor.flatten_all()?.to_vec1()?;
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, FLOAT, tensor.dims(), &bytes);
        Ok(())
    }

    fn integers(&mut self, name: &str, numbers: &[i64]) {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.constant(name, INT64, &[numbers.len()], &bytes);
    }

    fn weight(&self, name: &str) -> Result<&'a Tensor> {
        self.tensors
            .get(name)
            .with_context(|| format!("the weights lack {name}"))
    }

    fn linear(&mut self, name: &str, input: &str) -> Result<String> {
        let (weight, bias) = (format!("{name}.weight"), format!("{name}.bias"));
        self.floats(&weight, &self.weight(&weight)?.t()?)?;
        self.floats(&bias, self.weight(&bias)?)?;
        let (product, sum) = (format!("{name}.product"), format!("{name}.sum"));
        self.node("MatMul", &[input, &weight], &product, &[]);
        self.node("Add", &[&product, &bias], &sum, &[]);
        Ok(sum)
    }

    fn normalisation(&mut self, name: &str, input: &str, output: &str) -> Result<()> {
        let (gain, shift) = (format!("{name}.weight"), format!("{name}.bias"));
        self.floats(&gain, self.weight(&gain)?)?;
        self.floats(&shift, self.weight(&shift)?)?;
        self.node(
            "LayerNormalization",
            &[input, &gain, &shift],
            output,
            &[Attribute::Int("axis", -1), Attribute::Float("epsilon", 1e-12)],
        );
        Ok(())
    }

    /// The positions and the segment are of inputs of one length: they are added to the file for it.
    fn embeddings(&mut self, tokens: usize) -> Result<()> {
        let words = "embeddings.word_embeddings.weight";
        self.floats(words, self.weight(words)?)?;
        let positions = self
            .weight("embeddings.position_embeddings.weight")?
            .narrow(0, 0, tokens)?;
        let segment = self
            .weight("embeddings.token_type_embeddings.weight")?
            .narrow(0, 0, 1)?;
        self.floats("places", &positions.broadcast_add(&segment)?)?;
        self.node("Gather", &[words, "ids"], "words", &[]);
        self.node("Add", &["words", "places"], "placed", &[]);
        self.normalisation("embeddings.LayerNorm", "placed", "embedded")
    }

    fn layer(&mut self, name: &str, hidden: &str, config: &BertConfig) -> Result<String> {
        let heads = config.num_attention_heads;
        let head_size = config.hidden_size / heads;
        let [by_head, joined, root] = ["by_head", "joined", "root"].map(|part| format!("{name}.{part}"));
        self.integers(
            &by_head,
            &[0, 0, i64::try_from(heads)?, i64::try_from(head_size)?],
        );
        self.integers(&joined, &[0, 0, i64::try_from(config.hidden_size)?]);
        self.constant(&root, FLOAT, &[], &(head_size as f32).sqrt().to_le_bytes());
        let mut parts = Vec::new();
        for (part, order) in [
            ("query", [0, 2, 1, 3]),
            // Transposed already.
            ("key", [0, 2, 3, 1]),
            ("value", [0, 2, 1, 3]),
        ] {
            let projected = self.linear(&format!("{name}.attention.self.{part}"), hidden)?;
            let (cut, turned) = (format!("{projected}.cut"), format!("{projected}.turned"));
            self.node("Reshape", &[&projected, &by_head], &cut, &[]);
            self.node("Transpose", &[&cut], &turned, &[Attribute::Ints("perm", &order)]);
            parts.push(turned);
        }
        let step = |part: &str| format!("{name}.{part}");
        self.node("MatMul", &[&parts[0], &parts[1]], &step("products"), &[]);
        self.node("Div", &[&step("products"), &root], &step("scores"), &[]);
        let last = [Attribute::Int("axis", -1)];
        self.node("Softmax", &[&step("scores")], &step("probabilities"), &last);
        self.node(
            "MatMul",
            &[&step("probabilities"), &parts[2]],
            &step("heads"),
            &[],
        );
        let order = [Attribute::Ints("perm", &[0, 2, 1, 3])];
        self.node("Transpose", &[&step("heads")], &step("turned"), &order);
        self.node("Reshape", &[&step("turned"), &joined], &step("attended"), &[]);

        let attended = self.linear(&step("attention.output.dense"), &step("attended"))?;
        self.node("Add", &[&attended, hidden], &step("attention.residual"), &[]);
        self.normalisation(
            &step("attention.output.LayerNorm"),
            &step("attention.residual"),
            &step("middle"),
        )?;
        let inner = self.linear(&step("intermediate.dense"), &step("middle"))?;
        self.node("Gelu", &[&inner], &step("neurons"), &[]);
        let outer = self.linear(&step("output.dense"), &step("neurons"))?;
        self.node("Add", &[&outer, &step("middle")], &step("output.residual"), &[]);
        self.normalisation(
            &step("output.LayerNorm"),
            &step("output.residual"),
            &step("hidden"),
        )?;
        Ok(step("hidden"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_are_written_as_the_format_says() {
        // The examples of the format's own description: field 1 is 150; field 2 is "testing".
        let mut message = Message::default();
        message.number(1, 150);
        message.text(2, "testing");
        assert_eq!(
            message.0,
            [
                0x08, 0x96, 0x01, 0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67
            ]
        );
    }
}
