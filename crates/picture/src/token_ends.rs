//! The tokens at both ends of attention.

use vitrine_record::{Side, Token};

/// The tokens that ask and those that answer: the same list where attention is between the tokens of one text, another
/// for each end where it is from one text to another.
///
/// ```
/// use vitrine_picture::TokenEnds;
/// use vitrine_record::Side;
/// let ends = TokenEnds::from(&[]);
/// assert!(ends.at(Side::Source).is_empty());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TokenEnds<'a> {
    /// The tokens that rows stand for.
    pub destinations: &'a [Token],
    /// The tokens that columns stand for.
    pub sources: &'a [Token],
}

impl<'a> TokenEnds<'a> {
    /// The tokens at an end.
    pub fn at(self, side: Side) -> &'a [Token] {
        match side {
            Side::Destination => self.destinations,
            Side::Source => self.sources,
        }
    }
}

impl<'a> From<&'a [Token]> for TokenEnds<'a> {
    fn from(tokens: &'a [Token]) -> Self {
        TokenEnds {
            destinations: tokens,
            sources: tokens,
        }
    }
}

impl<'a> From<&'a Vec<Token>> for TokenEnds<'a> {
    fn from(tokens: &'a Vec<Token>) -> Self {
        tokens.as_slice().into()
    }
}

impl<'a, const COUNT: usize> From<&'a [Token; COUNT]> for TokenEnds<'a> {
    fn from(tokens: &'a [Token; COUNT]) -> Self {
        tokens.as_slice().into()
    }
}
