//! The groups that a person chose, gap by gap: they are of one text.

use vitrine_record::Grouping;

use super::State;

impl State {
    /// Another text has other gaps.
    pub(super) fn forget_grouping(&mut self) {
        let grouping = &mut self.link.explanation.grouping;
        if matches!(grouping, Grouping::Chosen(_)) {
            *grouping = Grouping::default();
        }
    }

    /// Of the text of an address it is known how many gaps it has once the model has read it.
    pub(super) fn hold_grouping_to_text(&mut self) {
        let tokens = self.shown.analysis.tokens.len();
        if let Grouping::Chosen(levels) = &self.link.explanation.grouping
            && levels.len() + 1 != tokens
        {
            self.forget_grouping();
        }
    }
}
