//! How changes enter the history of the browser.

use vitrine_record::{HeadIdx, LayerIdx};

use super::{State, heads::HeadChoice};

/// What a change of the state means for the history of the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryStep {
    /// The change came from the address, or concerns nothing in it.
    Keep,
    /// The change can be gone back from.
    Push,
    /// The change refines the one before it.
    Replace,
}

/// What the last change of the address was, where the next one may refine it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LastChange {
    /// Typing: what is typed next belongs to it.
    Typing,
    /// Typing of the text to compare with: what is typed next belongs to it.
    TypingOther,
    /// Typing of a text that the score that is explained is about: what is typed next belongs to it.
    TypingScore,
    /// A head was switched: isolating the same head, as a double click does, belongs to it.
    HeadToggle {
        /// The head.
        head: HeadIdx,
        /// What was on before.
        before: HeadChoice,
    },
    /// What is shown of attention was changed: a slider that is drawn on belongs to it.
    Options,
    /// Layers were passed by: the next one belongs to them.
    Scrub,
    /// A control of an explanation was drawn on: what it passes next belongs to it.
    Explanation,
    /// A head was scaled: a slider that is drawn on belongs to it.
    Scale {
        /// The layer.
        layer: LayerIdx,
        /// The head within it.
        head: HeadIdx,
    },
    /// Something that nothing refines.
    #[default]
    Other,
}

impl State {
    /// The text is about to change by typing.
    pub(super) fn typed(&mut self) {
        if self.is_current() && !self.link.tokens.is_empty() {
            self.selected_in = Some(self.shown.analysis.clone());
        } else if self.selected_in.is_none() {
            // The choice came with an address whose text was never read: there are no words to follow.
            self.forget_selection();
        }
        self.remember_hidden();
        self.refines(LastChange::Typing);
        self.hover = None;
        self.request_problem = None;
    }

    pub(super) fn chosen(&mut self) {
        self.refines(LastChange::Other);
    }

    /// A change that refines the one before it, if that was the same, is one step of the history with it.
    pub(super) fn refines(&mut self, change: LastChange) {
        let is_refined = change != LastChange::Other && self.last_change == change;
        self.history = if is_refined {
            HistoryStep::Replace
        } else {
            HistoryStep::Push
        };
        self.last_change = change;
    }
}
