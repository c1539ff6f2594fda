//! What the metrics of heads need to know of tokens.

use std::collections::BTreeMap;

use vitrine_record::Token;

/// Which tokens of a text are special, punctuation, or occur again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRoles {
    pub(crate) tokens: usize,
    /// The special token that opens the input: BERT's `[CLS]`.
    pub(crate) cls: Vec<usize>,
    /// All other special tokens: BERT's `[SEP]`.
    pub(crate) sep: Vec<usize>,
    pub(crate) punctuation: Vec<usize>,
    /// For each token, the other positions of the same piece.
    pub(crate) duplicates: Vec<Vec<usize>>,
}

impl TokenRoles {
    /// Reads them off the tokens of one input.
    pub fn new(tokens: &[Token]) -> TokenRoles {
        let positions = |holds: &dyn Fn(usize, &Token) -> bool| -> Vec<usize> {
            let found = tokens
                .iter()
                .enumerate()
                .filter(|(index, token)| holds(*index, token));
            found.map(|(index, _)| index).collect()
        };
        TokenRoles {
            tokens: tokens.len(),
            cls: positions(&|index, token| token.special && index == 0),
            sep: positions(&|index, token| token.special && index > 0),
            punctuation: positions(&|_, token| is_punctuation_token(token)),
            duplicates: duplicates(tokens),
        }
    }
}

fn duplicates(tokens: &[Token]) -> Vec<Vec<usize>> {
    // The template repeats its tokens, and the unknown piece stands for any two different words.
    let is_word = |token: &Token| !token.special && token.piece != Token::UNKNOWN_PIECE;
    let mut places = BTreeMap::<_, Vec<usize>>::new();
    for (index, token) in tokens.iter().enumerate().filter(|(_, token)| is_word(token)) {
        places.entry(token.id).or_default().push(index);
    }
    let others = |(index, token): (usize, &Token)| {
        let same = places.get(&token.id).filter(|_| is_word(token));
        let others = same
            .into_iter()
            .flatten()
            .copied()
            .filter(|&other| other != index);
        others.collect()
    };
    tokens.iter().enumerate().map(others).collect()
}

fn is_punctuation_token(token: &Token) -> bool {
    // The `##` before a piece that continues a word is punctuation itself and changes nothing.
    !token.special && !token.piece.is_empty() && token.piece.chars().all(is_punctuation)
}

/// Whether BERT's tokenizer splits off this character as punctuation: what ASCII has besides letters, digits and
/// space, and what Unicode has in its category P. Of the latter, these are the blocks that Western and East Asian
/// texts use: Latin-1, General Punctuation, CJK Symbols and Punctuation, full-width forms.
pub fn is_punctuation(character: char) -> bool {
    matches!(character,
        '!'..='/' | ':'..='@' | '['..='`' | '{'..='~'
        | '\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}'
        | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{2043}' | '\u{2045}'..='\u{2051}' | '\u{2053}'..='\u{205e}'
        | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}' | '\u{3030}' | '\u{303d}'
        | '\u{ff01}'..='\u{ff03}' | '\u{ff05}'..='\u{ff0a}' | '\u{ff0c}'..='\u{ff0f}' | '\u{ff1a}' | '\u{ff1b}'
        | '\u{ff1f}' | '\u{ff20}' | '\u{ff3b}'..='\u{ff3d}' | '\u{ff3f}' | '\u{ff5b}' | '\u{ff5d}'
        | '\u{ff5f}'..='\u{ff65}'
    )
}
