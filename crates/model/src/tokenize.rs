//! From text to tokens that know where they stand in it.

use tokenizers::Tokenizer;
use vitrine_record::{Segment, Token, TokenId, Truncation};

use crate::error::{ModelError, Result};

/// A model's input with its places in what was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoding {
    /// `[CLS]`, the first text, `[SEP]`, and for a pair the second text and `[SEP]`.
    pub tokens: Vec<Token>,
    /// What was left out, for each text that was too long.
    pub truncations: Vec<Truncation>,
}

impl Encoding {
    /// How many tokens came from what was typed.
    pub fn typed_tokens(&self) -> usize {
        self.tokens.iter().filter(|token| !token.special).count()
    }
}

/// BERT's WordPiece tokenization with offsets.
#[derive(Clone)]
pub struct BertTokenizer {
    tokenizer: Tokenizer,
    cls: TokenId,
    sep: TokenId,
    mask: Option<TokenId>,
    pad: Option<TokenId>,
}

const CLS: &str = "[CLS]";
const SEP: &str = "[SEP]";
const MASK: &str = "[MASK]";
const PAD: &str = "[PAD]";

impl BertTokenizer {
    /// Reads a Hugging Face `tokenizer.json`. Padding and truncation that it may set are cleared.
    pub fn from_json(bytes: &[u8]) -> Result<BertTokenizer> {
        let tokenizer =
            Tokenizer::from_bytes(bytes).map_err(|error| ModelError::Tokenizer(error.to_string()))?;
        BertTokenizer::new(tokenizer)
    }

    /// Builds the tokenizer of an uncased BERT from the lines of its `vocab.txt`.
    pub fn from_vocabulary(vocabulary: &str, lowercase: bool) -> Result<BertTokenizer> {
        let json = tokenizer_json(vocabulary, lowercase)?;
        BertTokenizer::from_json(&json)
    }

    fn new(mut tokenizer: Tokenizer) -> Result<BertTokenizer> {
        tokenizer.with_padding(None);
        tokenizer
            .with_truncation(None)
            .map_err(|error| ModelError::Tokenizer(error.to_string()))?;
        let special = |name: &str| {
            tokenizer.token_to_id(name).map(TokenId).ok_or_else(|| {
                ModelError::Tokenizer(format!(
                    "its vocabulary has no {name}, which a BERT reads around each text"
                ))
            })
        };
        let (cls, sep) = (special(CLS)?, special(SEP)?);
        let (mask, pad) = (special(MASK).ok(), special(PAD).ok());
        Ok(BertTokenizer {
            tokenizer,
            cls,
            sep,
            mask,
            pad,
        })
    }

    /// Writes a Hugging Face `tokenizer.json`.
    pub fn to_json(&self) -> Result<Vec<u8>> {
        let json = self
            .tokenizer
            .to_string(false)
            .map_err(|error| ModelError::Tokenizer(error.to_string()))?;
        Ok(json.into_bytes())
    }

    /// The id of `[MASK]`, if the vocabulary has one.
    pub fn mask_id(&self) -> Option<TokenId> {
        self.mask
    }

    /// The id of `[PAD]`, if the vocabulary has one.
    pub fn pad_id(&self) -> Option<TokenId> {
        self.pad
    }

    /// The vocabulary in order, one entry a line, as `vocab.txt` has it. A number that no entry has is a gap
    /// in which `[unusedN]` stands.
    pub fn vocabulary_lines(&self) -> String {
        let size = self
            .tokenizer
            .get_vocab(true)
            .values()
            .max()
            .map_or(0, |&largest| largest + 1);
        let mut lines = String::new();
        for id in 0..size {
            match self.tokenizer.id_to_token(id) {
                Some(piece) => lines.push_str(&piece),
                None => lines.push_str(&format!("[unused{id}]")),
            }
            lines.push('\n');
        }
        lines
    }

    /// Tokenizes a text, or two, into at most `max_tokens` tokens. Of a pair the longer text is cut first, as
    /// Hugging Face's strategy `longest_first` does.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`] if the tokenizer fails, which a BERT's does on no text.
    pub fn encode(&self, text: &str, pair: Option<&str>, max_tokens: usize) -> Result<Encoding> {
        let mut first = self.pieces(text, Segment::A)?;
        let mut second = pair.map(|pair| self.pieces(pair, Segment::B)).transpose()?;
        let template = if second.is_some() { 3 } else { 2 };
        let room = max_tokens.saturating_sub(template);
        let (keep_first, keep_second) = fit(first.len(), second.as_ref().map_or(0, Vec::len), room);
        let mut truncations = Vec::new();
        truncations.extend(cut(&mut first, keep_first, Segment::A));
        if let Some(second) = &mut second {
            truncations.extend(cut(second, keep_second, Segment::B));
        }

        let mut tokens = vec![special(CLS, self.cls, Segment::A)];
        tokens.extend(first);
        tokens.push(special(SEP, self.sep, Segment::A));
        if let Some(second) = second {
            tokens.extend(second);
            tokens.push(special(SEP, self.sep, Segment::B));
        }
        Ok(Encoding { tokens, truncations })
    }

    fn pieces(&self, text: &str, segment: Segment) -> Result<Vec<Token>> {
        let encoding = self
            .tokenizer
            .encode_char_offsets(text, false)
            .map_err(|error| ModelError::Tokenizer(error.to_string()))?;
        // Byte offset of each scalar value and of the end, so that slices can be taken by scalar index.
        let bytes: Vec<usize> = text
            .char_indices()
            .map(|(byte, _)| byte)
            .chain([text.len()])
            .collect();
        let last = bytes.len() - 1;
        let tokens = encoding
            .get_tokens()
            .iter()
            .zip(encoding.get_ids())
            .zip(encoding.get_offsets())
            .map(|((piece, &id), &(start, end))| {
                let (start, end) = (start.min(last), end.clamp(start.min(last), last));
                Token {
                    text: text[bytes[start]..bytes[end]].to_owned(),
                    piece: piece.clone(),
                    id: TokenId(id),
                    start,
                    end,
                    segment,
                    special: false,
                }
            })
            .collect();
        Ok(tokens)
    }
}

fn special(piece: &str, id: TokenId, segment: Segment) -> Token {
    Token {
        text: String::new(),
        piece: piece.to_owned(),
        id,
        start: 0,
        end: 0,
        segment,
        special: true,
    }
}

/// How many tokens of each text to keep so that both fit: the longer one gives first.
fn fit(first: usize, second: usize, room: usize) -> (usize, usize) {
    if first + second <= room {
        return (first, second);
    }
    let (shorter, longer) = (first.min(second), first.max(second));
    let (shorter, longer) = if shorter <= room / 2 {
        (shorter, longer.min(room - shorter))
    } else {
        (room / 2, room - room / 2)
    };
    if first <= second {
        (shorter, longer)
    } else {
        (longer, shorter)
    }
}

fn cut(tokens: &mut Vec<Token>, keep: usize, segment: Segment) -> Option<Truncation> {
    let unread_from = tokens.get(keep)?.start;
    let tokens_left_out = tokens.len() - keep;
    tokens.truncate(keep);
    Some(Truncation {
        segment,
        unread_from,
        tokens_left_out,
    })
}

/// The `tokenizer.json` of a BERT with this vocabulary.
fn tokenizer_json(vocabulary: &str, lowercase: bool) -> Result<Vec<u8>> {
    use serde_json::json;

    let mut ids = serde_json::Map::new();
    for (id, piece) in vocabulary.lines().enumerate() {
        ids.insert(piece.to_owned(), json!(id));
    }
    let added: Vec<_> = [PAD, Token::UNKNOWN_PIECE, CLS, SEP, MASK]
        .iter()
        .filter_map(|name| Some((ids.get(*name)?.as_u64()?, *name)))
        .map(|(id, name)| {
            json!({
                "id": id, "content": name, "special": true, "normalized": false,
                "single_word": false, "lstrip": false, "rstrip": false,
            })
        })
        .collect();
    let missing = |name: &str| {
        ModelError::Tokenizer(format!(
            "vocab.txt has no line {name}, which a BERT reads around each text"
        ))
    };
    let cls = ids.get(CLS).cloned().ok_or_else(|| missing(CLS))?;
    let sep = ids.get(SEP).cloned().ok_or_else(|| missing(SEP))?;
    let sequence = |id: &str, segment: u8| json!({"Sequence": {"id": id, "type_id": segment}});
    let special = |id: &str, segment: u8| json!({"SpecialToken": {"id": id, "type_id": segment}});
    let json = json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": added,
        "normalizer": {
            "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
            "strip_accents": null, "lowercase": lowercase,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [special(CLS, 0), sequence("A", 0), special(SEP, 0)],
            "pair": [special(CLS, 0), sequence("A", 0), special(SEP, 0), sequence("B", 1), special(SEP, 1)],
            "special_tokens": {
                CLS: {"id": CLS, "ids": [cls], "tokens": [CLS]},
                SEP: {"id": SEP, "ids": [sep], "tokens": [SEP]},
            },
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
        "model": {
            "type": "WordPiece", "unk_token": Token::UNKNOWN_PIECE, "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": ids,
        },
    });
    serde_json::to_vec(&json).map_err(|error| ModelError::Tokenizer(error.to_string()))
}
