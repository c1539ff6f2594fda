//! What measurements find of explanations; see the User Timing API.

use crate::state::{ExplanationNews, ExplanationOrder, ExplanationQuestion};

/// Which moments are marked: of what the screen wants explained, when each was asked for, had its first part, waited for
/// someone's word and was done. A browser keeps every mark, so texts of a list, thousands of them, leave none.
#[derive(Debug, Default)]
pub struct Marks {
    /// What was asked for last.
    asked: Option<ExplanationQuestion>,
    has_part: bool,
}

impl Marks {
    /// The mark that an order leaves.
    pub fn of_order(&mut self, order: Option<&ExplanationOrder>) -> Option<&'static str> {
        let order = order?;
        if order.text.is_listed() {
            self.asked = None;
            return None;
        }
        if self.asked.as_ref() == Some(&order.question) {
            return None;
        }
        self.asked = Some(order.question.clone());
        self.has_part = false;
        Some("vitrine:explain-asked")
    }

    /// The mark that news leave.
    pub fn of_news(
        &mut self,
        question: &ExplanationQuestion,
        news: &ExplanationNews,
    ) -> Option<&'static str> {
        self.asked.as_ref().filter(|asked| *asked == question)?;
        match news {
            ExplanationNews::Progress(_) if self.has_part => None,
            ExplanationNews::Progress(_) => {
                self.has_part = true;
                Some("vitrine:explain-part")
            }
            ExplanationNews::Done(_) => Some("vitrine:explained"),
            ExplanationNews::Costly { .. } => Some("vitrine:explain-costly"),
            ExplanationNews::Failed(_) => None,
        }
    }
}
