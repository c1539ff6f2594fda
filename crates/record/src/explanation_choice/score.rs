//! What the address keeps of the score that is explained.

use crate::{ModelOutput, message::TextInput, named::named};

named! {
    /// What the score that is explained is of.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum ScoreKind {
        /// A class.
        #[default]
        Class = "class",
        /// How alike the model finds the text and another.
        Similarity = "similarity",
        /// How far the text lies from one text towards another.
        Direction = "direction",
    }
}

/// What a person chose of the score that is explained.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScoreChoice {
    /// What it is of.
    pub kind: ScoreKind,
    /// The text that the explained one is compared with, or that a direction leads to.
    pub like: String,
    /// The text that a direction comes from.
    pub unlike: String,
}

impl ScoreChoice {
    /// What the score is of, with a model of so many classes: without any it cannot be a class's.
    pub fn kind_for(&self, classes: usize) -> ScoreKind {
        match self.kind {
            ScoreKind::Class if classes == 0 => ScoreKind::Similarity,
            kind => kind,
        }
    }

    /// What is read off a model of so many classes; nothing before the texts are typed that it is compared with, and where
    /// both ends of a direction are the same.
    ///
    /// ```
    /// use vitrine_record::{ModelOutput, ScoreChoice, ScoreKind};
    /// let mut choice = ScoreChoice { like: "A good film".into(), ..ScoreChoice::default() };
    /// assert_eq!(choice.output(2), Some(ModelOutput::Logits));
    /// assert!(matches!(choice.output(0), Some(ModelOutput::SimilarityTo(text)) if text.text == "A good film"));
    /// choice.kind = ScoreKind::Direction;
    /// assert_eq!(choice.output(2), None, "it comes from nowhere");
    /// choice.unlike = "A bad film".into();
    /// assert!(matches!(choice.output(2), Some(ModelOutput::Direction { .. })));
    /// ```
    pub fn output(&self, classes: usize) -> Option<ModelOutput> {
        let text = |text: &str| {
            let input = TextInput {
                text: text.to_owned(),
                pair: None,
            };
            (!text.trim().is_empty()).then_some(input)
        };
        match self.kind_for(classes) {
            ScoreKind::Class => Some(ModelOutput::Logits),
            ScoreKind::Similarity => text(&self.like).map(ModelOutput::SimilarityTo),
            ScoreKind::Direction => {
                let (from, to) = (text(&self.unlike)?, text(&self.like)?);
                (from != to).then_some(ModelOutput::Direction { from, to })
            }
        }
    }

    /// Chooses what leads to an output.
    pub fn choose(&mut self, output: &ModelOutput) {
        match output {
            ModelOutput::Logits => self.kind = ScoreKind::Class,
            ModelOutput::SimilarityTo(to) => {
                self.kind = ScoreKind::Similarity;
                self.like.clone_from(&to.text);
            }
            ModelOutput::Direction { from, to } => {
                self.kind = ScoreKind::Direction;
                self.like.clone_from(&to.text);
                self.unlike.clone_from(&from.text);
            }
        }
    }
}
