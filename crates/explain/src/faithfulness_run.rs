//! Faithfulness of several attributions of one text, word by word.

use std::{collections::HashSet, ops::Range};

use vitrine_record::{ExplanationTarget, MaskedInput, Masking};

use crate::{
    Coalition, CoalitionMethod, Evaluations, ExplainError, ExplainedText, RunStep, TokenMasker,
    agreement::tokens_of_words,
    faithfulness::{Faithfulness, FaithfulnessCheck, FaithfulnessSettings},
    run::scores,
};

/// The value of each word, special tokens left out, in the order of [`tokens_of_words`]; 0 for a word without one.
pub type AttributionOfWords = Vec<f64>;

/// Checks of several attributions, bound to the text that they are of. Words are taken away whole, with all their tokens
/// and by the same masking for all, so that attributions with features of different kinds are measured alike; inputs that
/// other runs asked for need not be computed again.
///
/// It is driven as an [`ExplanationRun`](crate::ExplanationRun) is. All attributions are compared with the same random
/// orders.
pub struct FaithfulnessRun {
    masker: TokenMasker,
    /// The tokens of each word.
    words: Vec<Range<usize>>,
    target: ExplanationTarget,
    checks: Vec<FaithfulnessCheck>,
    /// The inputs that the first unfinished check waits for.
    inputs: Vec<MaskedInput>,
    /// The coalitions whose values came.
    known: HashSet<Coalition>,
    planned: usize,
}

impl FaithfulnessRun {
    /// Begins; nothing is computed yet. Of an attribution with more values than there are words the first count, and words
    /// beyond the last value have 0.
    ///
    /// # Errors
    /// Those of [`TokenMasker::new`].
    pub fn new(
        text: ExplainedText,
        target: ExplanationTarget,
        masking: Masking,
        attributions: &[AttributionOfWords],
        settings: FaithfulnessSettings,
    ) -> Result<FaithfulnessRun, ExplainError> {
        let words = tokens_of_words(&text.tokens);
        // Special tokens belong to no word.
        let masking = Masking {
            special_players: false,
            ..masking
        };
        let check = |values: &AttributionOfWords| {
            let mut values = values.clone();
            values.resize(words.len(), 0.0);
            FaithfulnessCheck::new(&values, settings)
        };
        let checks: Vec<FaithfulnessCheck> = attributions.iter().map(check).collect();
        let planned: HashSet<&Coalition> = checks.iter().flat_map(FaithfulnessCheck::coalitions).collect();
        let mut run = FaithfulnessRun {
            planned: planned.len(),
            checks,
            masker: TokenMasker::new(text, masking)?,
            words,
            target,
            inputs: Vec::new(),
            known: HashSet::new(),
        };
        run.ask();
        Ok(run)
    }

    /// Coalitions of words that it will have asked for in all, each once: the checks have many in common.
    pub fn planned_evaluations(&self) -> usize {
        self.planned
    }

    /// Those of them that it has been told of so far.
    pub fn evaluations(&self) -> usize {
        self.known.len()
    }

    /// Goes one round further, if all that it needs is known.
    ///
    /// # Errors
    /// Those of [`ExplanationRun::step`](crate::ExplanationRun::step).
    pub fn step(&mut self, evaluations: &Evaluations) -> Result<RunStep, ExplainError> {
        let Some(check) = open(&mut self.checks) else {
            return Ok(RunStep::Finished);
        };
        let text = self.masker.text();
        if !evaluations.are_of(&text.model_hash, &self.target.output) {
            return Err(ExplainError::EvaluationsOfAnotherModel);
        }
        let Some(values) = scores(&self.inputs, evaluations, &self.target)? else {
            return Ok(RunStep::Missing(evaluations.missing(&self.inputs)));
        };
        self.known.extend(check.wanted().iter().cloned());
        check.receive(&values);
        self.ask();
        Ok(RunStep::Advanced)
    }

    /// What is known so far, of each attribution.
    pub fn faithfulness(&self) -> Vec<Faithfulness> {
        self.checks.iter().map(FaithfulnessCheck::outcome).collect()
    }

    fn ask(&mut self) {
        let wanted = match open(&mut self.checks) {
            Some(check) => check.wanted().to_vec(),
            None => Vec::new(),
        };
        self.inputs = wanted.iter().map(|present| self.input(present)).collect();
    }

    /// What the model reads when only some words are there.
    fn input(&self, present: &Coalition) -> MaskedInput {
        let missing = self
            .words
            .iter()
            .enumerate()
            .filter(|(word, _)| !present.contains(*word))
            .flat_map(|(_, tokens)| tokens.clone());
        let players = self.masker.tokens();
        let player = |token: usize| players.iter().position(|at| *at == token);
        let present = missing
            .filter_map(player)
            .fold(Coalition::full(players.len()), Coalition::without);
        self.masker.input(&present)
    }
}

/// The first check that still wants something.
fn open(checks: &mut [FaithfulnessCheck]) -> Option<&mut FaithfulnessCheck> {
    checks.iter_mut().find(|check| !check.wanted().is_empty())
}

#[cfg(test)]
mod tests {
    use vitrine_record::{MaskedToken, ModelOutput, Segment, Token, TokenId, message::TextInput};

    use super::*;
    use crate::faithfulness::{Perturbation, PlayerOrder};

    /// "love ##ly film" between special tokens: two words.
    fn text() -> ExplainedText {
        let pieces = ["[CLS]", "love", "##ly", "film", "[SEP]"];
        let places = [(0, 0), (0, 4), (4, 6), (7, 11), (11, 11)];
        let tokens = pieces
            .iter()
            .zip(places)
            .enumerate()
            .map(|(id, (piece, (start, end)))| Token {
                text: piece.trim_start_matches('#').to_owned(),
                piece: (*piece).to_owned(),
                id: TokenId(id as u32),
                start,
                end,
                segment: Segment::A,
                special: piece.starts_with('['),
            });
        ExplainedText {
            model_hash: String::new(),
            input: TextInput {
                text: "lovely film".to_owned(),
                pair: None,
            },
            tokens: tokens.collect(),
        }
    }

    /// 3 for "love", 4 for "##ly", 1 for "film"; no token but these counts.
    fn model(input: &MaskedInput) -> f32 {
        let MaskedInput::Tokens { tokens, .. } = input else {
            panic!("tokens are masked in their ids");
        };
        let worth = |token: &MaskedToken| match token {
            MaskedToken::Kept(TokenId(1)) => 3.0,
            MaskedToken::Kept(TokenId(2)) => 4.0,
            MaskedToken::Kept(TokenId(3)) => 1.0,
            _ => 0.0,
        };
        tokens.iter().map(worth).sum()
    }

    #[test]
    fn words_are_taken_away_whole_and_no_input_is_asked_for_twice() {
        let settings = FaithfulnessSettings {
            infidelity_samples: 0,
            orders: &[PlayerOrder::Descending],
            ..FaithfulnessSettings::default()
        };
        let similarity = ModelOutput::SimilarityTo(TextInput::default());
        let target = ExplanationTarget {
            output: similarity.clone(),
            ..ExplanationTarget::default()
        };
        let attributions = [vec![7.0, 1.0], vec![0.5, 2.0], vec![1.0]];
        let mut run =
            FaithfulnessRun::new(text(), target, Masking::default(), &attributions, settings).unwrap();
        let mut evaluations = Evaluations::new("", similarity);
        let mut computed = 0;
        loop {
            match run.step(&evaluations).unwrap() {
                RunStep::Missing(inputs) => {
                    computed += inputs.len();
                    for input in inputs {
                        let output = vec![model(&input)];
                        evaluations.insert(input, output);
                    }
                }
                RunStep::Advanced => {}
                RunStep::Finished => break,
            }
        }
        assert_eq!(computed, 4, "two words have four coalitions");
        assert_eq!((run.evaluations(), run.planned_evaluations()), (4, 4));
        let found = run.faithfulness();
        let deletion = |at: usize| {
            let curve = found[at].curve(Perturbation::Remove, PlayerOrder::Descending);
            curve.unwrap().scores.clone()
        };
        assert_eq!(deletion(0), [8.0, 1.0, 0.0]);
        assert_eq!(deletion(1), [8.0, 7.0, 0.0]);
        assert_eq!(deletion(2), deletion(0), "a word without a value has 0");
        assert_eq!(found[0].random, found[1].random, "the same random orders for all");
        assert_eq!(found[0].curves.len(), 2);
    }

    #[test]
    fn a_text_without_words_has_nothing_to_check() {
        let mut text = text();
        text.tokens.retain(|token| token.special);
        let run = FaithfulnessRun::new(
            text,
            ExplanationTarget::default(),
            Masking::default(),
            &[],
            FaithfulnessSettings::default(),
        );
        assert!(matches!(run, Err(ExplainError::NothingToExplain)));
    }
}
