//! What every component can reach: the state, and ways to change it.

use std::ops::Deref;

use yew::prelude::*;

use crate::{
    browser,
    i18n::Language,
    state::{Action, State},
};

/// The state as it was when the page was last drawn, and the ways to change it.
#[derive(Clone, PartialEq)]
pub struct Context {
    /// The state.
    pub state: UseReducerHandle<State>,
    /// Allows the weights to be fetched.
    pub consent: Callback<()>,
    /// Ends the worker and starts a new one.
    pub restart: Callback<()>,
}

impl Context {
    /// The language of the page.
    pub fn language(&self) -> Language {
        self.state.language
    }

    /// The text of a key; see [`Language::t`].
    pub fn t(&self, key: &'static str) -> &'static str {
        self.state.language.t(key)
    }

    /// The text of the first key where there is a pointer, and of the second where there are only fingers.
    pub fn by_device(&self, (pointer, touch): (&'static str, &'static str)) -> &'static str {
        let is_touched = browser::matches_media("(pointer: coarse)");
        self.t(if is_touched { touch } else { pointer })
    }

    /// The text of a key with its placeholders filled in; see [`Language::fill`].
    pub fn fill(&self, key: &'static str, arguments: &[(&str, &str)]) -> String {
        self.state.language.fill(key, arguments)
    }

    /// Texts, joined by the text of a key; see [`Language::joined`].
    pub fn joined<T: AsRef<str>>(&self, key: &'static str, texts: impl IntoIterator<Item = T>) -> String {
        self.state.language.joined(key, texts)
    }

    /// A callback that sends an action, whatever the event.
    pub fn sends<E>(&self, action: Action) -> Callback<E> {
        let dispatcher = self.state.dispatcher();
        Callback::from(move |_| dispatcher.dispatch(action.clone()))
    }
}

impl Deref for Context {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

/// The context of the page.
#[hook]
#[allow(
    clippy::expect_used,
    reason = "every component stands below the app, which provides it"
)]
pub fn use_page() -> Context {
    use_context::<Context>().expect("components stand below the app")
}
