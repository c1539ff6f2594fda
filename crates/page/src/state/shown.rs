//! What is on the screen, and how far the model is that could change it.

use std::{ops::Deref, rc::Rc};

use vitrine_record::{
    Analysis, ModelInfo,
    message::{Problem, TextInput, WeightsSource},
};

/// A large value that is compared by identity.
#[derive(Debug, Default)]
pub struct Shared<T>(Rc<T>);

impl<T> Shared<T> {
    /// Takes a value that will not change any more.
    pub fn new(value: T) -> Self {
        Shared(Rc::new(value))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared(Rc::clone(&self.0))
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Where the picture on the screen comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// The example that the page carries with it.
    Recorded,
    /// The model in this tab, asked for this text and pair.
    Live {
        /// What was asked.
        text: String,
        /// What was asked with it.
        pair: Option<String>,
    },
}

/// What is on the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The model that said it.
    pub model: Shared<ModelInfo>,
    /// What it said.
    pub analysis: Shared<Analysis>,
    /// How the page came by it.
    pub origin: Origin,
}

impl Shown {
    /// The text that it was said of.
    pub fn input(&self) -> TextInput {
        TextInput {
            text: self.analysis.text.clone(),
            pair: self.analysis.pair.clone(),
        }
    }
}

/// How far the model in this tab is.
#[derive(Clone, Debug, PartialEq)]
pub enum Engine {
    /// The visitor saves data and has not yet said that the weights may be fetched.
    AskingConsent,
    /// The worker is being started, or it is being found out whether the visitor must be asked first.
    Starting,
    /// The weights are coming.
    Loading {
        /// Bytes so far.
        received: u64,
        /// Bytes in all.
        total: u64,
        /// Where they come from.
        source: WeightsSource,
        /// Whether a first attempt was broken.
        retried: bool,
    },
    /// Requests are answered.
    Ready {
        /// Where the weights came from.
        source: WeightsSource,
    },
    /// Nothing will be answered until it is started again.
    Failed(Problem),
}
