//! What is explained: which explanations the screen is to show, and what has become of each.

mod changes;
mod questions;

use vitrine_explain::{ExplainError, faithfulness::Faithfulness};
use vitrine_record::{
    Analysis, Explanation, ExplanationChoice, ExplanationSettings, MaskedRun, Token, TokenizedText,
    message::{Problem, TextInput},
};

use super::{CheckedAttributions, SaliencePath, Shared};

/// Longer than this no explanation takes without being asked for, in seconds.
pub const LONGEST_UNASKED_SECONDS: f64 = 20.0;

/// LIME is repeated with so many seeds, to see how far its weights are chance.
pub const SEEDS: u32 = 5;

/// An explanation that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplanationQuestion {
    /// The weights.
    pub model_hash: String,
    /// The text.
    pub input: TextInput,
    /// How it is explained.
    pub settings: ExplanationSettings,
    /// Where it is asked how faithful these are, of which the settings then say target and masking only.
    pub checked: Option<CheckedAttributions>,
}

/// How far an explanation is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExplanationPhase {
    /// It is being computed, or waits for its turn.
    Running,
    /// It would take long: it waits until someone asks for it.
    Costly {
        /// Seconds that it would still take.
        seconds: f64,
        /// Inputs that it would have asked for in the end, or the steps of a path.
        evaluations: usize,
    },
    /// Someone wanted it no more; what has come of it stays.
    Cancelled,
    /// All of it is there.
    Done,
    /// It could not be computed.
    Failed(ExplanationFailure),
}

/// Why an explanation could not be computed.
#[derive(Clone, Debug, PartialEq)]
pub enum ExplanationFailure {
    /// The method cannot do what is asked of it with this text.
    Unsuited(ExplainError),
    /// The workers could not.
    Problem(Problem),
}

/// The masked inputs that say most.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MaskedList {
    /// Those in which one feature is missing first, then the others; of both the most telling first.
    pub listed: Vec<MaskedRun>,
    /// How many different ones were run.
    pub count: usize,
}

/// What is known of an explanation at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Its values so far.
    pub explanation: Shared<Explanation>,
    /// Masked inputs that say most about it.
    pub masked: Shared<MaskedList>,
    /// How faithful what was asked about is; the explanation then has no values.
    pub faithfulness: Option<Shared<Vec<Faithfulness>>>,
    /// Inputs that came since these values did, for those that are to come next.
    pub arrived: usize,
    /// Inputs that it will have asked for in the end, where that is known.
    pub planned: Option<usize>,
    /// Inputs that were run for it: those that were not known already.
    pub computed: usize,
    /// What is read off the model for the text itself, all of it; empty before that is known.
    pub outputs: Vec<f32>,
    /// Milliseconds in which inputs were being run for it.
    pub milliseconds: f64,
    /// Seconds that it will take, as far as can be told; 0 when it is done.
    pub seconds_left: Option<f64>,
}

/// An explanation, as far as it has come.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownExplanation {
    /// What was asked.
    pub question: ExplanationQuestion,
    /// What is known; nothing before the first values.
    pub snapshot: Option<Snapshot>,
    /// How far it is.
    pub phase: ExplanationPhase,
    /// Whether it may take as long as it takes.
    pub may_take_long: bool,
}

impl KnownExplanation {
    fn new(question: ExplanationQuestion) -> KnownExplanation {
        KnownExplanation {
            question,
            snapshot: None,
            phase: ExplanationPhase::Running,
            may_take_long: false,
        }
    }

    /// The values so far.
    pub fn explanation(&self) -> Option<&Shared<Explanation>> {
        self.snapshot.as_ref().map(|snapshot| &snapshot.explanation)
    }
}

/// What is explained, and what was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explaining {
    /// The newest last.
    known: Vec<KnownExplanation>,
    /// Whether nothing is computed until someone says so.
    pub is_paused: bool,
    /// The path of integrated gradients.
    pub path: SaliencePath,
}

impl Explaining {
    /// What has become of a question.
    pub fn of(&self, question: &ExplanationQuestion) -> Option<&KnownExplanation> {
        self.known.iter().find(|known| known.question == *question)
    }

    fn of_mut(&mut self, question: &ExplanationQuestion) -> &mut KnownExplanation {
        let place = self.known.iter().position(|known| known.question == *question);
        let place = place.unwrap_or_else(|| {
            self.known.push(KnownExplanation::new(question.clone()));
            self.known.len() - 1
        });
        &mut self.known[place]
    }
}

/// A text as the model reads it, wherever that is known from.
#[derive(Clone, Debug, PartialEq)]
pub enum OrderedText {
    /// The text on the screen.
    OnScreen(Shared<Analysis>),
    /// A text of a list.
    Listed(Shared<TokenizedText>),
}

impl OrderedText {
    /// The model's input.
    pub fn tokens(&self) -> &[Token] {
        match self {
            OrderedText::OnScreen(analysis) => &analysis.tokens,
            OrderedText::Listed(text) => &text.tokens,
        }
    }

    /// Whether it is of a list, and not looked at by itself.
    pub fn is_listed(&self) -> bool {
        matches!(self, OrderedText::Listed(_))
    }
}

/// What is to be computed next.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplanationOrder {
    /// What is asked.
    pub question: ExplanationQuestion,
    /// The text as the model reads it.
    pub text: OrderedText,
    /// Whether it waits.
    pub is_paused: bool,
    /// How long it may take unasked, in seconds; `None` for as long as it takes.
    pub longest_seconds: Option<f64>,
}

/// What a person does about explanations.
#[derive(Clone, Debug, PartialEq)]
pub enum ExplanationChange {
    /// Chooses what is explained, and how.
    Choose(ExplanationChoice),
    /// The same by a control that is drawn on: all that it passes is one step of the history.
    Slide(ExplanationChoice),
    /// Someone typed the text that the explained one is compared with, or that a direction leads to.
    TypeLike(String),
    /// Someone typed the text that a direction comes from.
    TypeUnlike(String),
    /// Has it wait.
    Pause,
    /// Has it go on.
    Resume,
    /// Wants it no more.
    Cancel,
    /// Wants it however long it takes, also after it was cancelled or has failed.
    Begin,
    /// Chooses something else, and wants that however long it takes.
    BeginWith(ExplanationChoice),
}

/// What whoever computes explanations says of one.
#[derive(Clone, Debug, PartialEq)]
pub enum ExplanationNews {
    /// It has come so far.
    Progress(Snapshot),
    /// It would take longer than it may.
    Costly {
        /// Seconds that it would still take.
        seconds: f64,
        /// Inputs that it would have asked for in the end.
        evaluations: usize,
    },
    /// It is all there.
    Done(Snapshot),
    /// It cannot be computed.
    Failed(ExplanationFailure),
}
