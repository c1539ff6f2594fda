//! Texts that are explained together: which, how far that is, and what has come of it.

mod cost;

use std::rc::Rc;

use vitrine_record::{
    DataSetChoice, ExhibitName, Explanation, ExplanationMethod, ExplanationSettings, Grouping, LimeSettings,
    SentenceList, SentenceSet, TokenizedText,
    message::{Problem, Request, TextInput},
};

use super::{
    ExplanationFailure, ExplanationNews, ExplanationOrder, ExplanationQuestion, LastChange, OrderedText,
    Shared, State,
};

/// The label of each text of a list, where it has one.
pub type Labels = Rc<[Option<Rc<str>>]>;

/// A text of the list, with its explanation.
#[derive(Clone, Debug, PartialEq)]
pub struct DataSetText {
    /// Its place in the list.
    pub place: usize,
    /// Why its score is what it is.
    pub explanation: Shared<Explanation>,
    /// The class that is predicted, where there is one.
    pub predicted: Option<usize>,
}

/// How far the texts are.
#[derive(Clone, Debug, PartialEq)]
pub enum DataSetPhase {
    /// They are being explained one after the other, while nothing on the screen has to be explained first.
    Running,
    /// They wait until someone has them go on.
    Paused,
    /// Someone wanted no more; what has come stays.
    Cancelled,
    /// All are explained.
    Done,
    /// The workers could not go on.
    Failed(Problem),
}

/// Texts that someone wanted explained, and what has come of it.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedDataSet {
    /// Where they come from.
    pub set: SentenceSet,
    /// The texts.
    pub sentences: SentenceList,
    /// The label that the list gives each.
    pub labels: Labels,
    /// The same as the model reads them.
    pub texts: Shared<Vec<Shared<TokenizedText>>>,
    /// How each is explained.
    pub settings: ExplanationSettings,
    /// The weights.
    pub model_hash: String,
    /// How far they are.
    pub phase: DataSetPhase,
    /// Those that are explained, in the order of the list.
    pub explained: Shared<Vec<DataSetText>>,
    /// How many have nothing that could be explained.
    pub skipped: usize,
    /// For each text how many tokens the model will have read for it, at most.
    pub work: Rc<[f64]>,
    /// Of the text that is being explained, the share that is done.
    pub share_of_next: f64,
    /// Tokens, as in `work`, that were read so far, and the milliseconds that this took: the last texts count most.
    measured: Option<(f64, f64)>,
}

impl AskedDataSet {
    /// How many texts are behind it.
    pub fn behind(&self) -> usize {
        self.explained.len() + self.skipped
    }

    /// The share of all work that is done.
    pub fn share(&self) -> f64 {
        let all: f64 = self.work.iter().sum();
        let left = self.work_left();
        if all > 0.0 { 1.0 - left / all } else { 1.0 }
    }

    fn work_left(&self) -> f64 {
        let after: f64 = self.work.iter().skip(self.behind() + 1).sum();
        let next = self.work.get(self.behind()).copied().unwrap_or_default();
        after + next * (1.0 - self.share_of_next)
    }

    /// Seconds that it will still take, by what the last texts took; nothing before the first.
    pub fn seconds_left(&self) -> Option<f64> {
        let (work, milliseconds) = self.measured.filter(|(work, _)| *work > 0.0)?;
        Some(self.work_left() * milliseconds / work / 1000.0)
    }

    /// How many texts are longer than the model reads.
    pub fn cut(&self) -> usize {
        let texts = self.texts.iter();
        texts.filter(|text| !text.truncations.is_empty()).count()
    }

    fn next_question(&self) -> Option<ExplanationQuestion> {
        let sentence = self.sentences.get(self.behind())?;
        Some(ExplanationQuestion {
            model_hash: self.model_hash.clone(),
            input: input(sentence),
            checked: None,
            settings: self.settings.clone(),
        })
    }

    /// The text that was being explained is behind it.
    fn go_on(&mut self) {
        self.share_of_next = 0.0;
        if self.behind() >= self.sentences.len() {
            self.phase = DataSetPhase::Done;
        }
    }
}

/// The texts that are chosen, those that were asked for, and what is looked at of them. No text is in the address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataSet {
    /// What `listed` was made from.
    listed_from: Option<(SentenceSet, Rc<str>)>,
    /// The texts that are chosen, known once the exhibit was open.
    pub listed: SentenceList,
    /// The label of each.
    pub labels: Labels,
    /// The same as the model reads them, once it has said so.
    pub texts: Option<Shared<Vec<Shared<TokenizedText>>>>,
    /// Milliseconds in which one worker reads a token, once that was measured.
    pub milliseconds_per_token: Option<f64>,
    /// What someone wanted explained.
    pub asked: Option<AskedDataSet>,
    /// The token whose occurrences are listed.
    pub token: Option<Rc<str>>,
}

/// What happens about texts that are explained together.
#[derive(Clone, Debug, PartialEq)]
pub enum DataSetChange {
    /// Chooses what is explained, and how it is drawn.
    Choose(DataSetChoice),
    /// Has the texts that are chosen explained.
    Begin,
    /// Has it wait.
    Pause,
    /// Has it go on.
    Resume,
    /// Wants no more of it.
    Cancel,
    /// A worker was found to take so many milliseconds for a token.
    Measured(f64),
    /// Lists the occurrences of a token, or no more.
    ChooseToken(Option<Rc<str>>),
    /// Looks at the text of a place alone.
    OpenText(usize),
}

fn input(sentence: &str) -> TextInput {
    TextInput {
        text: sentence.to_owned(),
        pair: None,
    }
}

/// The largest of what is read off a classifier.
fn top(outputs: &[f32]) -> Option<usize> {
    let places = outputs.iter().enumerate();
    let top = places.max_by(|(_, one), (_, other)| one.total_cmp(other));
    top.filter(|_| outputs.len() > 1).map(|(class, _)| class)
}

/// Of what was measured before and what is measured now, so much is now.
const WEIGHT_OF_NEWEST: f64 = 0.15;

impl State {
    /// How each text would be explained: as in the exhibit of SHAP, by Owen values of a limited number of inputs.
    pub fn data_set_settings(&self) -> Option<ExplanationSettings> {
        let choice = &self.link.explanation;
        let target = choice
            .shapley_settings(self.explained_output()?, self.explained_class())
            .target;
        Some(ExplanationSettings {
            method: ExplanationMethod::Owen,
            target,
            masking: choice.masking,
            most_evaluations: Some(self.link.data_set.most_evaluations as usize),
            // Groups that a person chose are those of one text.
            grouping: match choice.grouping {
                Grouping::Chosen(_) => Grouping::default(),
                ref grouping => grouping.clone(),
            },
            interactions: false,
            lime: LimeSettings::default(),
            seed: 0,
        })
    }

    /// Whether the texts that were asked for are those that are chosen, explained as is chosen.
    pub fn is_data_set_asked(&self) -> bool {
        let asked = self.data_set.asked.as_ref();
        asked.is_some_and(|asked| {
            asked.sentences == self.data_set.listed
                && asked.labels == self.data_set.labels
                && Some(&asked.settings) == self.data_set_settings().as_ref()
                && asked.model_hash == self.shown.model.hash
        })
    }

    /// What has to be tokenized, so that it can be said how long texts take.
    pub(super) fn texts_to_tokenize(&self) -> Option<Request> {
        let is_open = self.link.exhibit == ExhibitName::DataSet;
        let is_wanted = is_open && self.data_set.texts.is_none() && !self.data_set.listed.is_empty();
        is_wanted.then(|| Request::Tokenize {
            inputs: self.data_set.listed.iter().map(|text| input(text)).collect(),
        })
    }

    pub(super) fn hear_tokens(&mut self, inputs: &[TextInput], texts: Vec<TokenizedText>) {
        let listed = self.data_set.listed.iter();
        let are_chosen = listed.len() == inputs.len()
            && listed
                .zip(inputs)
                .all(|(sentence, input)| *sentence == input.text);
        if are_chosen {
            self.data_set.texts = Some(Shared::new(texts.into_iter().map(Shared::new).collect()));
        }
    }

    /// Keeps the texts that are chosen, while the exhibit is open.
    pub(super) fn follow_list(&mut self) {
        let from = (self.link.data_set.set, self.own_list.clone());
        let is_open = self.link.exhibit == ExhibitName::DataSet;
        if !is_open || self.data_set.listed_from.as_ref() == Some(&from) {
            return;
        }
        // What is typed into the list changes nothing while another one is chosen.
        let is_same = from.0 != SentenceSet::Own
            && self
                .data_set
                .listed_from
                .as_ref()
                .is_some_and(|(set, _)| *set == from.0);
        if !is_same {
            self.data_set.listed = from.0.sentences(&from.1).into();
            self.data_set.labels = from
                .0
                .labels(&from.1)
                .into_iter()
                .map(|label| label.map(Rc::from))
                .collect();
            self.data_set.texts = None;
        }
        self.data_set.listed_from = Some(from);
    }

    /// The next text that is to be explained. While another exhibit is open it goes on, unless it is paused.
    pub(super) fn order_of_data_set(&self) -> Option<ExplanationOrder> {
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

    pub(super) fn hear_of_data_set(&mut self, question: &ExplanationQuestion, news: &ExplanationNews) {
        let Some(asked) = &mut self.data_set.asked else {
            return;
        };
        let is_expected = matches!(asked.phase, DataSetPhase::Running | DataSetPhase::Paused);
        if !is_expected || asked.next_question().as_ref() != Some(question) {
            return;
        }
        match news {
            ExplanationNews::Progress(snapshot) => {
                let evaluations = snapshot.spent as f64;
                asked.share_of_next = snapshot
                    .planned
                    .map_or(0.0, |planned| (evaluations / planned.max(1) as f64).min(1.0));
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

    pub(super) fn change_data_set(&mut self, change: DataSetChange) {
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
                self.data_set.milliseconds_per_token = Some(milliseconds);
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
        let (Some(settings), Some(texts)) = (self.data_set_settings(), self.data_set.texts.clone()) else {
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
            work: cost::work(&texts, &settings),
            texts,
            settings,
            model_hash: self.shown.model.hash.clone(),
            phase: DataSetPhase::Running,
            explained: Shared::new(Vec::new()),
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
        choice.target = Some(settings.target.index);
        choice.link = settings.target.link;
        choice.masking = settings.masking;
        choice.grouping = settings.grouping;
        // With as many inputs as it takes it is the same, where it was not cut short.
        choice.most_evaluations = budget
            .filter(|budget| exact.is_none_or(|exact| exact > *budget))
            .and_then(|budget| u32::try_from(budget).ok());
        self.choose_example(sentence);
        self.open_exhibit(ExhibitName::Shap);
    }
}
