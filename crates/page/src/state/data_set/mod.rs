//! Texts that are explained together: which, how far that is, and what has come of it.

mod changes;
mod chosen;
mod gathered;

use std::rc::Rc;

use vitrine_record::{
    DataSetChoice, Explanation, ExplanationSettings, SentenceList, SentenceSet, TokenizedText,
    message::{Problem, TextInput},
};

use super::{ExplanationQuestion, Shared};
pub use gathered::Gathered;

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
    /// What those that are looked at have in common.
    pub gathered: Gathered,
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
    /// For each of them how many tokens are read to explain it at most, and the settings by which that is so, but for what
    /// of the output is explained.
    work: Option<(ExplanationSettings, Rc<[f64]>)>,
    /// Milliseconds for each token where all workers share the work, once that was measured.
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
    /// The workers were found to take so many milliseconds for a token, or are others than those that were measured.
    Measured(Option<f64>),
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
