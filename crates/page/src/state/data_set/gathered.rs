//! What the texts that are looked at have in common.

use vitrine_explain::Corpus;
use vitrine_record::{DataSetChoice, TokenUnit};

use super::DataSetText;
use crate::state::{Shared, State};

/// What is known of the tokens of those texts that are explained and looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Gathered {
    /// What counts as a token, and the predicted class whose texts are looked at; none for all.
    by: (TokenUnit, Option<usize>),
    /// How many of the explained texts it knows of.
    taken: usize,
    /// What is known.
    pub corpus: Shared<Corpus>,
}

impl Gathered {
    /// Of no text yet.
    pub fn new(choice: &DataSetChoice) -> Gathered {
        Gathered {
            by: (choice.unit, choice.cohort),
            taken: 0,
            corpus: Shared::new(Corpus::new(choice.unit)),
        }
    }

    /// Takes in the texts that are new, or all, where something else is looked at.
    fn follow(&mut self, explained: &[DataSetText], choice: &DataSetChoice) {
        if self.by != (choice.unit, choice.cohort) {
            *self = Gathered::new(choice);
        }
        let new = explained.get(self.taken..).unwrap_or_default();
        if new.is_empty() {
            return;
        }
        let mut corpus = Corpus::clone(&self.corpus);
        for text in new {
            if choice.cohort.is_none() || text.predicted == choice.cohort {
                corpus.add(text.place, &text.explanation);
            }
        }
        self.taken = explained.len();
        self.corpus = Shared::new(corpus);
    }
}

impl State {
    /// Takes in texts that have come, while someone looks at them.
    pub(in crate::state) fn follow_texts(&mut self) {
        if let Some(asked) = &mut self.data_set.asked {
            asked.gathered.follow(&asked.explained, &self.link.data_set);
        }
    }
}
