//! What is explained: which explanations the screen is to show, and what has become of each.

use vitrine_explain::{ExplainError, faithfulness::Faithfulness};
use vitrine_record::{
    Analysis, ExhibitName, Explanation, ExplanationChoice, ExplanationMethod, ExplanationSettings, MaskedRun,
    Masking, ModelOutput, OutputLink, Prediction, Token, TokenizedText,
    message::{Problem, TextInput},
};

use super::{CheckedAttributions, LastChange, Origin, PARTS_OF_AGREEMENT, SaliencePath, Shared, State};

/// Longer than this no explanation takes without being asked for, in seconds.
pub const LONGEST_UNASKED_SECONDS: f64 = 20.0;

/// LIME is repeated with so many seeds, to see how far its weights are chance.
pub const SEEDS: u32 = 5;

/// So many explanations are kept at most, those that are on the screen besides.
const MOST_KEPT: usize = 24;

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

/// What is known of an explanation at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Its values so far.
    pub explanation: Shared<Explanation>,
    /// Masked inputs that say most about it, the most telling first.
    pub masked: Shared<Vec<MaskedRun>>,
    /// How faithful what was asked about is; the explanation then has no values.
    pub faithfulness: Option<Shared<Vec<Faithfulness>>>,
    /// Inputs that it was told of so far.
    pub spent: usize,
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
    /// Has it wait.
    Pause,
    /// Has it go on.
    Resume,
    /// Wants it no more.
    Cancel,
    /// Wants it however long it takes, also after it was cancelled or has failed.
    Begin,
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
    },
    /// It is all there.
    Done(Snapshot),
    /// It cannot be computed.
    Failed(ExplanationFailure),
}

/// The method, those of Shapley values being one.
fn family(method: ExplanationMethod) -> ExplanationMethod {
    let is_shapley = ExplanationMethod::SHAPLEY.contains(&method);
    if is_shapley {
        ExplanationMethod::default()
    } else {
        method
    }
}

impl State {
    /// What is read off the model to be explained. A model without a classifier has no class to explain.
    pub fn explained_output(&self) -> Option<ModelOutput> {
        (!self.shown.model.labels.is_empty()).then_some(ModelOutput::Logits)
    }

    /// The class that is explained: the chosen one, or else the one that is predicted.
    pub fn explained_class(&self) -> usize {
        let predicted = || self.shown.analysis.prediction.as_ref()?.top();
        self.link
            .explanation
            .target
            .or_else(predicted)
            .unwrap_or_default()
    }

    /// The class that signed pictures are about: the one that is explained, or, where attention is looked at, the one that
    /// is predicted.
    pub fn class_of_pictures(&self) -> usize {
        match self.link.exhibit {
            ExhibitName::Attention => {
                let prediction = self.shown.analysis.prediction.as_ref();
                prediction.and_then(Prediction::top).unwrap_or_default()
            }
            _ => self.explained_class(),
        }
    }

    /// The text on the screen as it is explained; nothing while that is not what is in the field.
    pub(super) fn explained_input(&self) -> Option<TextInput> {
        let is_live = self.is_current() && self.shown.origin != Origin::Recorded;
        let analysis = &self.shown.analysis;
        let has_words = analysis.tokens.iter().any(|token| !token.special);
        (is_live && has_words).then(|| TextInput {
            text: self.link.text.clone(),
            pair: self.link.pair.clone(),
        })
    }

    /// The explanations that the screen is to show, the one that matters most first.
    pub fn explanation_questions(&self) -> Vec<ExplanationQuestion> {
        let choice = &self.link.explanation;
        let (Some(output), Some(input)) = (self.explained_output(), self.explained_input()) else {
            return Vec::new();
        };
        let class = self.explained_class();
        let settings = match self.link.exhibit {
            ExhibitName::Attention | ExhibitName::DataSet => Vec::new(),
            ExhibitName::Salience => vec![choice.occlusion_settings(output, class)],
            ExhibitName::Agreement => {
                let owen = choice.owen_settings(output.clone(), class);
                let occlusion = choice.occlusion_settings(output.clone(), class);
                let lime = |more| choice.lime_settings(output.clone(), class, choice.seed.wrapping_add(more));
                return self.agreement_questions(&input, [owen, occlusion], lime);
            }
            ExhibitName::Shap => vec![choice.shapley_settings(output, class)],
            // The expected fit knows no chance that could be repeated.
            ExhibitName::Lime if choice.lime.samples.is_none() => {
                vec![choice.lime_settings(output, class, choice.seed)]
            }
            ExhibitName::Lime => (0..SEEDS)
                .map(|more| choice.lime_settings(output.clone(), class, choice.seed.wrapping_add(more)))
                .collect(),
        };
        let settings = settings.into_iter();
        settings.map(|settings| self.question(&input, settings)).collect()
    }

    /// An explanation of a text.
    pub(super) fn question(&self, input: &TextInput, settings: ExplanationSettings) -> ExplanationQuestion {
        ExplanationQuestion {
            model_hash: self.shown.model.hash.clone(),
            input: input.clone(),
            settings,
            checked: None,
        }
    }

    /// What has become of the explanations that the screen is to show, in the same order.
    pub fn explanations(&self) -> Vec<KnownExplanation> {
        let questions = self.explanation_questions().into_iter();
        questions
            .map(|question| match self.explaining.of(&question) {
                Some(known) => known.clone(),
                None => KnownExplanation::new(question),
            })
            .collect()
    }

    /// What has become of the one that matters most.
    pub fn main_explanation(&self) -> Option<KnownExplanation> {
        self.explanations().into_iter().next()
    }

    /// All of those that are finished.
    pub fn finished_explanations(&self) -> Vec<Shared<Explanation>> {
        let all = self.explanations().into_iter();
        let finished =
            all.filter(|known| known.phase == ExplanationPhase::Done && known.question.checked.is_none());
        finished
            .filter_map(|known| known.explanation().cloned())
            .collect()
    }

    /// What is drawn: what is known of the explanation that matters most, or, before its first values, the newest one of
    /// the same text and exhibit. Whether it is what was asked for stands beside it.
    pub fn drawn_explanation(&self) -> Option<(Snapshot, bool)> {
        let main = self.main_explanation()?;
        // Before anything was run all its numbers are 0, which nobody has found.
        if let Some(snapshot) = main
            .snapshot
            .filter(|snapshot| snapshot.explanation.evaluations > 0)
        {
            return Some((snapshot, true));
        }
        let is_alike = |known: &&KnownExplanation| {
            let (one, other) = (&known.question, &main.question);
            let (of_one, of_other) = (&one.settings, &other.settings);
            one.input == other.input
                && one.model_hash == other.model_hash
                && of_one.target == of_other.target
                && one.checked.is_none()
                && family(of_one.method) == family(of_other.method)
        };
        let before = self.explaining.known.iter().rev().filter(is_alike);
        before
            .filter_map(|known| known.snapshot.clone())
            .next()
            .map(|snapshot| (snapshot, false))
    }

    /// Finished explanations of the same text by the same method, one for each masking, in the order in which they were
    /// computed: what becomes of ranks when what is missing is made missing in another way.
    pub fn explanations_by_masking(&self) -> Vec<(Masking, Shared<Explanation>)> {
        let Some(main) = self.main_explanation() else {
            return Vec::new();
        };
        let without_masking = |question: &ExplanationQuestion| {
            let mut question = question.clone();
            question.settings.masking = Masking::default();
            question
        };
        let asked = without_masking(&main.question);
        let known = self.explaining.known.iter();
        let same = known.filter(|known| {
            known.phase == ExplanationPhase::Done && without_masking(&known.question) == asked
        });
        same.filter_map(|known| Some((known.question.settings.masking, known.explanation()?.clone())))
            .collect()
    }

    /// What is to be computed next; nothing while the model is not ready for it, or when all is there. Texts of a list
    /// have to wait for what the screen is to show.
    pub fn explanation_order(&self) -> Option<ExplanationOrder> {
        if !matches!(self.engine, super::Engine::Ready { .. }) {
            return None;
        }
        self.order_for_screen().or_else(|| self.order_of_data_set())
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

    pub(super) fn change_explanation(&mut self, change: ExplanationChange) {
        match change {
            ExplanationChange::Choose(choice) => self.choose_explanation(choice, LastChange::Other),
            ExplanationChange::Slide(choice) => self.choose_explanation(choice, LastChange::Explanation),
            ExplanationChange::Pause => self.explaining.is_paused = true,
            ExplanationChange::Resume => self.explaining.is_paused = false,
            ExplanationChange::Cancel => {
                self.explaining.is_paused = false;
                self.cancel_salience();
                for question in self.explanation_questions() {
                    let known = self.explaining.of_mut(&question);
                    if matches!(
                        known.phase,
                        ExplanationPhase::Running | ExplanationPhase::Costly { .. }
                    ) {
                        known.phase = ExplanationPhase::Cancelled;
                    }
                }
            }
            ExplanationChange::Begin => {
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
        }
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
    pub(super) fn hear_of_explanation(&mut self, question: &ExplanationQuestion, news: ExplanationNews) {
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
            ExplanationNews::Costly { seconds } => known.phase = ExplanationPhase::Costly { seconds },
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
    pub(super) fn forget_old_explanations(&mut self) {
        let shown = self.explanation_questions();
        let is_shown = |known: &KnownExplanation| shown.contains(&known.question);
        self.explaining
            .known
            .retain(|known| is_shown(known) || known.phase == ExplanationPhase::Done);
        let more = self.explaining.known.len().saturating_sub(MOST_KEPT);
        let mut left = more;
        self.explaining.known.retain(|known| {
            let goes = left > 0 && !is_shown(known);
            left -= usize::from(goes);
            !goes
        });
    }

    /// What a lost worker could not compute another one may.
    pub(super) fn forget_failed_explanations(&mut self) {
        let failed = |known: &KnownExplanation| matches!(known.phase, ExplanationPhase::Failed(_));
        self.explaining.known.retain(|known| !failed(known));
    }

    /// The scale of the scores that are explained.
    pub fn explained_link(&self) -> OutputLink {
        self.link.explanation.link
    }
}
