//! Attention that another program computed, read from a JSON file. `docs/import.md` describes the format.

mod weights;

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

use crate::{HeadIdx, LayerAttention, LayerIdx, Position};
use weights::Weights;

/// The value of `format` in such a file.
pub const IMPORT_FORMAT: &str = "vitrine-attention-import";
/// The value of `version` that is read.
pub const IMPORT_VERSION: u32 = 1;

/// A larger distance of a row's sum from 1 is not rounding, even of half precision.
const LARGEST_ROUNDING: f64 = 5e-3;

/// Attention of an encoder, a decoder, or both.
#[derive(Clone, Debug, PartialEq)]
pub struct AttentionImport {
    /// What the person calls it.
    pub name: String,
    /// Self-attention of the encoder.
    pub encoder: Option<ImportedStack>,
    /// Self-attention of the decoder.
    pub decoder: Option<ImportedStack>,
    /// Attention from the decoder's tokens to the encoder's, all layers from 0; empty if the file has none.
    pub cross: Vec<LayerAttention>,
}

/// Tokens, and the attention between them.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedStack {
    /// The tokens as the other program writes them.
    pub tokens: Vec<String>,
    /// All layers from 0, at least one.
    pub layers: Vec<LayerAttention>,
}

/// A part of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportPart {
    /// Self-attention of the encoder.
    Encoder,
    /// Self-attention of the decoder.
    Decoder,
    /// Attention from the decoder to the encoder.
    Cross,
}

impl ImportPart {
    /// Its name in the file.
    pub fn name(self) -> &'static str {
        match self {
            ImportPart::Encoder => "encoder",
            ImportPart::Decoder => "decoder",
            ImportPart::Cross => "cross",
        }
    }
}

/// Rows of a part that do not sum to 1, as attention after dropout or of another kind does not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowsOff {
    /// The part.
    pub part: ImportPart,
    /// How many of its rows.
    pub count: usize,
    /// Of how many.
    pub rows: usize,
    /// Where the row is whose sum is furthest from 1.
    pub worst: (LayerIdx, HeadIdx, Position),
    /// What it sums to.
    pub sum: f64,
}

/// Why a file cannot be read: what is wrong, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableImport(String);

impl fmt::Display for UnreadableImport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "this is no attention to import: {}", self.0)
    }
}

impl std::error::Error for UnreadableImport {}

impl AttentionImport {
    /// A larger file is not read, in bytes.
    pub const LARGEST_FILE: usize = 64 << 20;
    /// The most tokens of an encoder, or of a decoder.
    pub const MOST_TOKENS: usize = 512;
    /// The most layers of each part, and the most heads of a layer.
    pub const MOST_LAYERS_OR_HEADS: usize = 64;
    /// The most weights of each part: what 12 layers of 12 heads have at 240 tokens.
    pub const MOST_WEIGHTS: usize = 1 << 23;
    /// The most characters of the name, and of a token.
    pub const MOST_CHARACTERS: usize = 256;

    /// Reads a file. Its size bounds what is allocated; what is larger than the limits above is refused before more of
    /// it is read.
    ///
    /// ```
    /// use vitrine_record::AttentionImport;
    /// let file = r#"{
    ///     "format": "vitrine-attention-import", "version": 1, "name": "by hand",
    ///     "encoder": {"tokens": ["good", "film"], "attention": [[[[1.0, 0.0], [0.25, 0.75]]]]}
    /// }"#;
    /// let import = AttentionImport::from_json(file.as_bytes())?;
    /// assert_eq!(import.encoder.unwrap().layers[0].row(0, 1), [0.25, 0.75]);
    /// # Ok::<(), vitrine_record::UnreadableImport>(())
    /// ```
    ///
    /// # Errors
    /// [`UnreadableImport`] if it is no such file, if its parts do not fit each other, if a weight is negative, or if
    /// anything is beyond the limits. Rows that do not sum to 1 are no error: see [`AttentionImport::rows_off`].
    pub fn from_json(json: &[u8]) -> Result<AttentionImport, UnreadableImport> {
        if json.len() > Self::LARGEST_FILE {
            return Err(UnreadableImport(format!(
                "the file has {} bytes, and at most {} are read; give fewer layers, or round the weights to five \
                 decimals",
                json.len(),
                Self::LARGEST_FILE
            )));
        }
        let file: File = serde_json::from_slice(json).map_err(|error| UnreadableImport(error.to_string()))?;
        file.check()
    }

    /// The parts that have rows which do not sum to 1.
    pub fn rows_off(&self) -> Vec<RowsOff> {
        let parts = [
            (ImportPart::Encoder, layers_of(&self.encoder)),
            (ImportPart::Decoder, layers_of(&self.decoder)),
            (ImportPart::Cross, self.cross.as_slice()),
        ];
        let off = parts
            .into_iter()
            .filter_map(|(part, layers)| rows_off(part, layers));
        off.collect()
    }
}

fn layers_of(stack: &Option<ImportedStack>) -> &[LayerAttention] {
    stack.as_ref().map_or(&[], |stack| &stack.layers)
}

fn rows_off(part: ImportPart, layers: &[LayerAttention]) -> Option<RowsOff> {
    let (mut count, mut rows) = (0, 0);
    let mut worst: Option<((LayerIdx, HeadIdx, Position), f64)> = None;
    for layer in layers {
        for (head, row) in (0..layer.heads()).flat_map(|head| (0..layer.tokens()).map(move |row| (head, row)))
        {
            let sum: f64 = layer.row(head, row).iter().map(|&weight| f64::from(weight)).sum();
            rows += 1;
            if (sum - 1.0).abs() <= LARGEST_ROUNDING {
                continue;
            }
            count += 1;
            if worst.is_none_or(|(_, before)| (sum - 1.0).abs() > (before - 1.0).abs()) {
                worst = Some(((layer.layer, HeadIdx(head), Position(row)), sum));
            }
        }
    }
    worst.map(|(worst, sum)| RowsOff {
        part,
        count,
        rows,
        worst,
        sum,
    })
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a JSON object with format, version, name and encoder or decoder"
)]
struct File {
    #[serde(rename = "format")]
    _format: Format,
    #[serde(rename = "version")]
    _version: Version,
    name: Text,
    #[serde(default, deserialize_with = "encoder")]
    encoder: Option<Stack>,
    #[serde(default, deserialize_with = "decoder")]
    decoder: Option<Stack>,
    #[serde(default, deserialize_with = "cross")]
    cross: Option<Cross>,
}

/// What is wrong is said with the part that it is wrong in.
fn part<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    part: ImportPart,
    deserializer: D,
) -> Result<T, D::Error> {
    T::deserialize(deserializer)
        .map_err(|error| D::Error::custom(format_args!("in {}: {error}", part.name())))
}

fn encoder<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Stack>, D::Error> {
    part(ImportPart::Encoder, deserializer)
}

fn decoder<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Stack>, D::Error> {
    part(ImportPart::Decoder, deserializer)
}

fn cross<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Cross>, D::Error> {
    part(ImportPart::Cross, deserializer)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stack {
    tokens: Tokens,
    attention: Weights,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cross {
    attention: Weights,
}

impl File {
    fn check(self) -> Result<AttentionImport, UnreadableImport> {
        let stack =
            |part: ImportPart, stack: Option<Stack>| -> Result<Option<ImportedStack>, UnreadableImport> {
                let Some(Stack { tokens, attention }) = stack else {
                    return Ok(None);
                };
                let layers = attention.into_layers(part, tokens.0.len(), None)?;
                Ok(Some(ImportedStack {
                    tokens: tokens.0,
                    layers,
                }))
            };
        let encoder = stack(ImportPart::Encoder, self.encoder)?;
        let decoder = stack(ImportPart::Decoder, self.decoder)?;
        let cross = match (self.cross, &encoder, &decoder) {
            (None, None, None) => {
                return Err(UnreadableImport(
                    "it has neither an encoder nor a decoder; give one of them".to_owned(),
                ));
            }
            (None, ..) => Vec::new(),
            (Some(cross), Some(encoder), Some(decoder)) => {
                let (asking, asked) = (decoder.tokens.len(), encoder.tokens.len());
                cross
                    .attention
                    .into_layers(ImportPart::Cross, asking, Some(asked))?
            }
            (Some(_), ..) => {
                return Err(UnreadableImport(
                    "cross is attention from a decoder to an encoder; give both".to_owned(),
                ));
            }
        };
        Ok(AttentionImport {
            name: self.name.0,
            encoder,
            decoder,
            cross,
        })
    }
}

struct Format;

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Format, D::Error> {
        let format = String::deserialize(deserializer)?;
        match format == IMPORT_FORMAT {
            true => Ok(Format),
            false => Err(D::Error::custom(format_args!(
                "format is {:?} instead of {IMPORT_FORMAT:?}",
                format
                    .chars()
                    .take(AttentionImport::MOST_CHARACTERS)
                    .collect::<String>()
            ))),
        }
    }
}

struct Version;

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Version, D::Error> {
        let version = u32::deserialize(deserializer)?;
        match version == IMPORT_VERSION {
            true => Ok(Version),
            false => Err(D::Error::custom(format_args!(
                "version is {version}, and this program reads {IMPORT_VERSION}"
            ))),
        }
    }
}

/// A text that is not too long.
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (length, most) = (text.chars().count(), AttentionImport::MOST_CHARACTERS);
        match length <= most {
            true => Ok(Text(text)),
            false => Err(D::Error::custom(format_args!(
                "a name or a token has {length} characters; give at most {most}"
            ))),
        }
    }
}

/// From one token on to as many as are read.
struct Tokens(Vec<String>);

impl<'de> Deserialize<'de> for Tokens {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tokens, D::Error> {
        deserializer.deserialize_seq(TokensVisitor)
    }
}

struct TokensVisitor;

impl<'de> Visitor<'de> for TokensVisitor {
    type Value = Tokens;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of tokens")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Tokens, S::Error> {
        let mut tokens = Vec::new();
        while let Some(Text(token)) = list.next_element()? {
            if tokens.len() == AttentionImport::MOST_TOKENS {
                return Err(S::Error::custom(format_args!(
                    "there are more than {} tokens; give a shorter text",
                    AttentionImport::MOST_TOKENS
                )));
            }
            tokens.push(token);
        }
        match tokens.is_empty() {
            true => Err(S::Error::custom("there are no tokens; give at least one")),
            false => Ok(Tokens(tokens)),
        }
    }
}
