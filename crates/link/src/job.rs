//! One job of a pool: its inputs, in the order in which they are handed out, and the outputs that have come.

use std::collections::VecDeque;

use vitrine_record::{
    MaskedInput, ModelOutput,
    message::{Request, TextInput},
};

/// Ties a result to its job. Jobs are counted up from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u32);

/// Inputs of a job that are handed out together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub job: JobId,
    /// Their places in the job.
    pub places: Vec<usize>,
    /// About how many tokens they have.
    pub tokens: usize,
}

#[derive(Debug)]
pub(crate) struct Job {
    pub id: JobId,
    inputs: Vec<MaskedInput>,
    output: ModelOutput,
    /// About how many tokens each input has.
    lengths: Vec<usize>,
    /// The places of the inputs that are to be handed out, longest first.
    left: VecDeque<usize>,
    tokens_left: usize,
    outputs: Vec<Option<Vec<f32>>>,
}

impl Job {
    pub fn new(id: JobId, inputs: Vec<MaskedInput>, output: ModelOutput) -> Job {
        let lengths: Vec<usize> = inputs.iter().map(length).collect();
        let mut left: Vec<usize> = (0..inputs.len()).collect();
        // Longest first: a worker batches inputs of one length, and the last pieces are the smallest.
        left.sort_by_key(|&place| std::cmp::Reverse(lengths[place]));
        Job {
            id,
            tokens_left: lengths.iter().sum(),
            left: left.into(),
            outputs: vec![None; inputs.len()],
            lengths,
            output,
            inputs,
        }
    }

    /// About how many tokens it has in all.
    pub fn tokens(&self) -> usize {
        self.lengths.iter().sum()
    }

    /// About how many tokens are still to be handed out.
    pub fn tokens_left(&self) -> usize {
        self.tokens_left
    }

    /// Cuts off a piece of at most about so many tokens, or of one input; nothing where all are handed out.
    pub fn cut(&mut self, most_tokens: usize) -> Option<Piece> {
        let mut piece = Piece {
            job: self.id,
            places: Vec::new(),
            tokens: 0,
        };
        while let Some(&place) = self.left.front() {
            let length = self.lengths[place];
            if let Some(&last) = piece.places.last() {
                // Where lengths change another batch begins, for which a new piece does as well.
                let is_another = length != self.lengths[last] && 2 * piece.tokens > most_tokens;
                if is_another || piece.tokens + length > most_tokens {
                    break;
                }
            }
            self.left.pop_front();
            self.tokens_left -= length;
            piece.tokens += length;
            piece.places.push(place);
        }
        (!piece.places.is_empty()).then_some(piece)
    }

    /// Takes a piece back that nobody computes any more.
    pub fn take_back(&mut self, piece: Piece) {
        self.tokens_left += piece.tokens;
        for place in piece.places.into_iter().rev() {
            self.left.push_front(place);
        }
    }

    /// What a worker is asked for a piece.
    pub fn request(&self, piece: &Piece) -> Request {
        Request::Evaluate {
            inputs: piece
                .places
                .iter()
                .map(|&place| self.inputs[place].clone())
                .collect(),
            output: self.output.clone(),
        }
    }

    /// Takes the outputs of a piece's inputs.
    pub fn fill(&mut self, places: &[usize], outputs: &[Vec<f32>]) {
        for (&place, output) in places.iter().zip(outputs) {
            self.outputs[place] = Some(output.clone());
        }
    }

    pub fn is_done(&self) -> bool {
        self.outputs.iter().all(Option::is_some)
    }

    /// The outputs that are there, in the order of the inputs.
    pub fn into_outputs(self) -> Vec<Vec<f32>> {
        self.outputs.into_iter().flatten().collect()
    }
}

/// About how many tokens an input has.
fn length(input: &MaskedInput) -> usize {
    match input {
        MaskedInput::Tokens { tokens, .. } => tokens.len(),
        MaskedInput::Text(TextInput { text, pair }) => {
            2 + length_of_text(text) + pair.as_ref().map_or(0, |pair| 1 + length_of_text(pair))
        }
    }
}

/// About how many tokens a text has: one for each character that is neither of a word nor white space, one for each
/// word, one more for every seven letters of a long one, and one for a special token such as `[MASK]`.
fn length_of_text(text: &str) -> usize {
    let mut length = 0;
    let mut letters = 0;
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character.is_alphanumeric() {
            if letters % 7 == 0 {
                length += 1;
            }
            letters += 1;
            continue;
        }
        letters = 0;
        if character.is_whitespace() {
            continue;
        }
        length += 1;
        if character == '['
            && let Some((name, after)) = rest.as_str().split_once(']')
            && !name.is_empty()
            && name.chars().all(|letter| letter.is_ascii_uppercase())
        {
            rest = after.chars();
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use vitrine_record::{MaskedToken, Segment};

    use super::*;

    fn tokens(count: usize) -> MaskedInput {
        MaskedInput::Tokens {
            tokens: vec![MaskedToken::Mask; count],
            segments: vec![Segment::A; count],
            hidden: Vec::new(),
        }
    }

    #[test]
    fn a_masked_word_is_as_long_as_the_word() {
        for (text, expected) in [
            ("", 0),
            ("not bad, at all", 5),
            ("[MASK] bad, [MASK] all", 5),
            ("[MASK]ly [brackets] [", 7),
            ("unwatchable", 2),
        ] {
            assert_eq!(length_of_text(text), expected, "{text}");
        }
        let input = MaskedInput::Text(TextInput {
            text: "bad".into(),
            pair: Some("good film".into()),
        });
        assert_eq!(length(&input), 6);
    }

    #[test]
    fn pieces_are_of_one_length_where_that_costs_little() {
        let inputs = [5, 9, 5, 9, 5, 5, 9, 40].map(tokens).into();
        let mut job = Job::new(JobId(0), inputs, ModelOutput::Logits);
        let mut pieces = Vec::new();
        while let Some(piece) = job.cut(33) {
            pieces.push(piece.places);
        }
        assert_eq!(pieces, [vec![7], vec![1, 3, 6], vec![0, 2, 4, 5]]);
        assert_eq!(job.tokens_left(), 0);
    }
}
