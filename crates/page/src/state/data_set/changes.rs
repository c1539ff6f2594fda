//! Which text is explained next, what a person does about the texts, and what has come of one.

use vitrine_record::{ExhibitName, ShapPicture};

use super::{AskedDataSet, DataSetChange, DataSetPhase, DataSetText, Gathered};
use crate::state::{
    ExplanationFailure, ExplanationNews, ExplanationOrder, ExplanationQuestion, LastChange, OrderedText,
    Shared, State,
};

/// The largest of what is read off a classifier.
fn top(outputs: &[f32]) -> Option<usize> {
    let places = outputs.iter().enumerate();
    let top = places.max_by(|(_, one), (_, other)| one.total_cmp(other));
    top.filter(|_| outputs.len() > 1).map(|(class, _)| class)
}

/// Of what was measured before and what is measured now, so much is now.
const WEIGHT_OF_NEWEST: f64 = 0.15;

impl State {
    /// The next text that is to be explained. While another exhibit is open it goes on, unless it is paused.
    pub(in crate::state) fn order_of_data_set(&self) -> Option<ExplanationOrder> {
        let asked = self.data_set.asked.as_ref()?;
        let is_open = self.link.exhibit == ExhibitName::DataSet;
        let is_paused = match asked.phase {
            DataSetPhase::Running => false,
            DataSetPhase::Paused if is_open => true,
            _ => return None,
        };
        if asked.model_hash != self.shown.model.hash {
            return None;
        }
        Some(ExplanationOrder {
            question: asked.next_question()?,
            text: OrderedText::Listed(asked.texts.get(asked.behind())?.clone()),
            is_paused,
            longest_seconds: None,
        })
    }

    pub(in crate::state) fn hear_of_data_set(
        &mut self,
        question: &ExplanationQuestion,
        news: &ExplanationNews,
    ) {
        let Some(asked) = &mut self.data_set.asked else {
            return;
        };
        let is_expected = matches!(asked.phase, DataSetPhase::Running | DataSetPhase::Paused);
        if !is_expected || asked.next_question().as_ref() != Some(question) {
            return;
        }
        match news {
            ExplanationNews::Progress(snapshot) => {
                let come = snapshot.explanation.evaluations + snapshot.arrived;
                asked.share_of_next = snapshot
                    .planned
                    .map_or(0.0, |planned| (come as f64 / planned.max(1) as f64).min(1.0));
            }
            ExplanationNews::Done(snapshot) => {
                let place = asked.behind();
                let work = asked.work.get(place).copied().unwrap_or_default();
                asked.measured = Some(match asked.measured {
                    Some((before, milliseconds)) => (
                        before + (work - before) * WEIGHT_OF_NEWEST,
                        milliseconds + (snapshot.milliseconds - milliseconds) * WEIGHT_OF_NEWEST,
                    ),
                    None => (work, snapshot.milliseconds),
                });
                let mut explained = (*asked.explained).clone();
                explained.push(DataSetText {
                    place,
                    explanation: snapshot.explanation.clone(),
                    predicted: top(&snapshot.outputs),
                });
                asked.explained = Shared::new(explained);
                asked.go_on();
            }
            ExplanationNews::Failed(ExplanationFailure::Unsuited(_)) => {
                asked.skipped += 1;
                asked.go_on();
            }
            ExplanationNews::Failed(ExplanationFailure::Problem(problem)) => {
                asked.phase = DataSetPhase::Failed(problem.clone());
            }
            // It may take as long as it takes.
            ExplanationNews::Costly { .. } => {}
        }
    }

    pub(in crate::state) fn change_data_set(&mut self, change: DataSetChange) {
        match change {
            DataSetChange::Choose(mut choice) => {
                choice.clamp(Some(self.shown.model.labels.len()));
                if choice != self.link.data_set {
                    self.link.data_set = choice;
                    self.refines(LastChange::Other);
                }
            }
            DataSetChange::Begin => self.begin_data_set(),
            DataSetChange::Pause => self.set_data_set_phase(DataSetPhase::Paused),
            DataSetChange::Resume => self.set_data_set_phase(DataSetPhase::Running),
            DataSetChange::Cancel => self.set_data_set_phase(DataSetPhase::Cancelled),
            DataSetChange::Measured(milliseconds) => {
                self.data_set.milliseconds_per_token = milliseconds;
            }
            DataSetChange::ChooseToken(token) => self.data_set.token = token,
            DataSetChange::OpenText(place) => self.open_text(place),
        }
    }

    fn set_data_set_phase(&mut self, phase: DataSetPhase) {
        if let Some(asked) = &mut self.data_set.asked
            && asked.phase != DataSetPhase::Done
        {
            asked.phase = phase;
        }
    }

    fn begin_data_set(&mut self) {
        let (Some(settings), Some(texts), Some((_, work))) = (
            self.data_set_settings(),
            self.data_set.texts.clone(),
            self.data_set.work.clone(),
        ) else {
            return;
        };
        if texts.is_empty() {
            return;
        }
        self.data_set.token = None;
        self.data_set.asked = Some(AskedDataSet {
            set: self.link.data_set.set,
            sentences: self.data_set.listed.clone(),
            labels: self.data_set.labels.clone(),
            work,
            texts,
            settings,
            model_hash: self.shown.model.hash.clone(),
            phase: DataSetPhase::Running,
            explained: Shared::new(Vec::new()),
            gathered: Gathered::new(&self.link.data_set),
            skipped: 0,
            share_of_next: 0.0,
            measured: None,
        });
    }

    /// Opens a text in the exhibit of SHAP, with the settings that it was explained with here.
    fn open_text(&mut self, place: usize) {
        let Some(asked) = &self.data_set.asked else {
            return;
        };
        let known = asked.explained.iter().find(|text| text.place == place);
        let (Some(sentence), Some(known)) = (asked.sentences.get(place).cloned(), known) else {
            return;
        };
        let settings = asked.settings.clone();
        let exact = known.explanation.exact_evaluations;
        let budget = settings.most_evaluations;
        let choice = &mut self.link.explanation;
        choice.method = settings.method;
        choice.choose_target(&settings.target);
        choice.masking = settings.masking;
        choice.grouping = settings.grouping;
        // Pairs would be computed from all combinations, whatever the method.
        if choice.picture == ShapPicture::Interactions {
            choice.picture = ShapPicture::default();
        }
        // With as many inputs as it takes it is the same, where it was not cut short.
        choice.most_evaluations = budget
            .filter(|budget| exact.is_none_or(|exact| exact > *budget))
            .and_then(|budget| u32::try_from(budget).ok());
        self.choose_example(sentence);
        self.open_exhibit(ExhibitName::Shap);
    }
}
