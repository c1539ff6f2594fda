//! Which explanation is computed next, what a person does about explanations, and what whoever computes them says.

use vitrine_record::{
    ExhibitName, ExplanationChoice, ExplanationDetail, ExplanationMethod, ScoreChoice, SurrogateSample,
};

use super::{
    ExplanationChange, ExplanationNews, ExplanationOrder, ExplanationPhase, ExplanationQuestion,
    KnownExplanation, LONGEST_UNASKED_SECONDS, OrderedText, SEEDS,
};
use crate::state::{Engine, LastChange, PARTS_OF_AGREEMENT, State};

/// So many explanations are kept at most, those that are on the screen besides.
const MOST_KEPT: usize = 24;

/// Nor are more kept than have so many bytes of samples.
const MOST_BYTES_KEPT: usize = 48 << 20;

/// About how many bytes the samples of an explanation take. Of all samples of LIME together half of the words are missing.
fn bytes_of_samples(known: &KnownExplanation) -> usize {
    let Some(explanation) = known.explanation() else {
        return 0;
    };
    match &explanation.detail {
        ExplanationDetail::Samples(samples) => {
            let missing = explanation.tokens.len() / 2 * size_of::<u32>();
            // What is shared is counted, in two numbers beside it.
            let counts = 2 * size_of::<usize>();
            samples.len() * (size_of::<SurrogateSample>() + counts + missing)
        }
        _ => 0,
    }
}

impl State {
    /// What is to be computed next; nothing while the model is not ready for it, or when all is there. Texts of a list
    /// have to wait for what the screen is to show, but not while that is paused.
    pub fn explanation_order(&self) -> Option<ExplanationOrder> {
        if !matches!(self.engine, Engine::Ready { .. }) {
            return None;
        }
        let of_screen = self.order_for_screen();
        if of_screen.as_ref().is_some_and(|order| !order.is_paused) {
            return of_screen;
        }
        let of_list = self.order_of_data_set();
        let of_list = of_list.filter(|order| of_screen.is_none() || !order.is_paused);
        of_list.or(of_screen)
    }

    fn order_for_screen(&self) -> Option<ExplanationOrder> {
        // What comes after one that waits for someone's word waits with it.
        let mut open = self.explanations().into_iter().enumerate();
        // Methods that are compared do not need each other.
        let is_passed = |phase: &ExplanationPhase| match phase {
            ExplanationPhase::Done => true,
            ExplanationPhase::Failed(_) | ExplanationPhase::Costly { .. } => {
                self.link.exhibit == ExhibitName::Agreement
            }
            _ => false,
        };
        let first = open.find(|(_, known)| !is_passed(&known.phase));
        let (place, known) = first.filter(|(_, known)| known.phase == ExplanationPhase::Running)?;
        let longest = match place {
            0 => LONGEST_UNASKED_SECONDS,
            // So may each method, also of an edited text, which someone asked for.
            _ if self.link.exhibit == ExhibitName::Agreement
                && (place < PARTS_OF_AGREEMENT
                    || known.question.settings.method != ExplanationMethod::Lime) =>
            {
                LONGEST_UNASKED_SECONDS
            }
            // The repetitions share what one may take.
            _ => LONGEST_UNASKED_SECONDS / f64::from(SEEDS - 1),
        };
        Some(ExplanationOrder {
            text: OrderedText::OnScreen(self.analysis_of(&known.question).clone()),
            question: known.question,
            is_paused: self.explaining.is_paused,
            longest_seconds: (!known.may_take_long).then_some(longest),
        })
    }

    pub(in crate::state) fn change_explanation(&mut self, change: ExplanationChange) {
        match change {
            ExplanationChange::Choose(choice) => self.choose_explanation(choice, LastChange::Other),
            ExplanationChange::Slide(choice) => self.choose_explanation(choice, LastChange::Explanation),
            ExplanationChange::TypeLike(text) => self.type_score(|score| score.like = text),
            ExplanationChange::TypeUnlike(text) => self.type_score(|score| score.unlike = text),
            ExplanationChange::Pause => self.explaining.is_paused = true,
            ExplanationChange::Resume => self.explaining.is_paused = false,
            ExplanationChange::Cancel => {
                self.explaining.is_paused = false;
                self.cancel_salience();
                // What is cancelled may be the last that something else waited for.
                while self.cancel_open_explanations() {}
            }
            ExplanationChange::Begin => self.begin_explanations(),
            ExplanationChange::BeginWith(choice) => {
                self.choose_explanation(choice, LastChange::Other);
                self.begin_explanations();
            }
        }
    }

    fn begin_explanations(&mut self) {
        self.explaining.is_paused = false;
        self.begin_salience();
        for question in self.explanation_questions() {
            let known = self.explaining.of_mut(&question);
            known.may_take_long = true;
            if known.phase != ExplanationPhase::Done {
                known.phase = ExplanationPhase::Running;
            }
        }
    }

    fn type_score(&mut self, change: impl FnOnce(&mut ScoreChoice)) {
        let mut choice = self.link.explanation.clone();
        change(&mut choice.score);
        self.choose_explanation(choice, LastChange::TypingScore);
    }

    /// Cancels what is open of what the screen is to show; whether there was anything.
    fn cancel_open_explanations(&mut self) -> bool {
        let mut is_any_open = false;
        for question in self.explanation_questions() {
            let known = self.explaining.of_mut(&question);
            if matches!(
                known.phase,
                ExplanationPhase::Running | ExplanationPhase::Costly { .. }
            ) {
                known.phase = ExplanationPhase::Cancelled;
                is_any_open = true;
            }
        }
        is_any_open
    }

    fn choose_explanation(&mut self, mut choice: ExplanationChoice, change: LastChange) {
        choice.clamp(Some(self.shown.model.labels.len()));
        if choice != self.link.explanation {
            self.link.explanation = choice;
            self.explaining.is_paused = false;
            self.refines(change);
        }
    }

    /// Takes what is said of an explanation, if the screen is still to show it.
    pub(in crate::state) fn hear_of_explanation(
        &mut self,
        question: &ExplanationQuestion,
        news: ExplanationNews,
    ) {
        self.hear_of_data_set(question, &news);
        if !self.explanation_questions().contains(question) {
            return;
        }
        let known = self.explaining.of_mut(question);
        if known.phase == ExplanationPhase::Cancelled {
            return;
        }
        match news {
            ExplanationNews::Progress(snapshot) => known.snapshot = Some(snapshot),
            ExplanationNews::Costly { seconds, evaluations } => {
                known.phase = ExplanationPhase::Costly { seconds, evaluations };
            }
            ExplanationNews::Done(snapshot) => {
                known.snapshot = Some(snapshot);
                known.phase = ExplanationPhase::Done;
            }
            ExplanationNews::Failed(failure) => known.phase = ExplanationPhase::Failed(failure),
        }
        self.forget_old_explanations();
    }

    /// Explanations that are no more on the screen and not done would stand for what they are not: they are begun anew,
    /// with all that was computed for them. Of the others the oldest go.
    pub(in crate::state) fn forget_old_explanations(&mut self) {
        let shown = self.explanation_questions();
        let is_shown = |known: &KnownExplanation| shown.contains(&known.question);
        self.explaining
            .known
            .retain(|known| is_shown(known) || known.phase == ExplanationPhase::Done);
        let mut more = self.explaining.known.len().saturating_sub(MOST_KEPT);
        let mut bytes: usize = self.explaining.known.iter().map(bytes_of_samples).sum();
        self.explaining.known.retain(|known| {
            let goes = (more > 0 || bytes > MOST_BYTES_KEPT) && !is_shown(known);
            if goes {
                more = more.saturating_sub(1);
                bytes -= bytes_of_samples(known);
            }
            !goes
        });
    }

    /// What a lost worker could not compute another one may.
    pub(in crate::state) fn forget_failed_explanations(&mut self) {
        let failed = |known: &KnownExplanation| matches!(known.phase, ExplanationPhase::Failed(_));
        self.explaining.known.retain(|known| !failed(known));
    }
}
