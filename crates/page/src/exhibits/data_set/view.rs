//! What is drawn of the texts: those that are explained, or of them those of one predicted class.

use std::{cell::OnceCell, ops::Deref, rc::Rc};

use vitrine_explain::{Corpus, RankedToken, TextPick};
use vitrine_picture::explanation::{Cohort, SignedScale, ValueStyle};
use vitrine_record::{CohortsBy, DataSetChoice, DataSetPicture, ModelOutput, TextOrder};
use yew::prelude::*;

use super::cohorts::{List, TextCohort, cohorts};
use crate::{
    context::Context,
    exhibits::explanation::score_name,
    state::{AskedDataSet, DataSetText, Shared},
};

/// So many texts are picked as those that together show most.
const PICKED: usize = 5;

/// Texts with what is known of their tokens.
pub struct View {
    /// The texts that are shown.
    pub texts: Vec<DataSetText>,
    /// What they have in common.
    pub corpus: Shared<Corpus>,
    /// The same of those that stand beside each other; none where all stand together.
    pub cohorts: Vec<TextCohort>,
    /// How many texts are predicted to be of each class, in label-id order.
    pub of_class: Vec<usize>,
    /// The scale of all values.
    pub scale: SignedScale,
    /// The choices that it was made by.
    pub choice: DataSetChoice,
    /// What someone asked for.
    pub asked: AskedDataSet,
    /// The names of tokens and the places of texts in their orders, once someone wanted them: the page asks for them at
    /// each look, and to find them takes a while where there are many texts.
    ranked: OnceCell<Vec<String>>,
    order: OnceCell<Vec<usize>>,
    picked: OnceCell<TextPick>,
}

impl View {
    fn new(asked: &AskedDataSet, choice: DataSetChoice, classes: usize) -> View {
        let mut of_class = vec![0; classes];
        for class in asked.explained.iter().filter_map(|text| text.predicted) {
            if let Some(count) = of_class.get_mut(class) {
                *count += 1;
            }
        }
        let choice = DataSetChoice {
            cohort: choice.cohort.filter(|_| has_classes(asked)),
            ..choice
        };
        let all = asked.explained.iter();
        let is_shown = |text: &&DataSetText| choice.cohort.is_none() || text.predicted == choice.cohort;
        let texts: Vec<DataSetText> = all.filter(is_shown).cloned().collect();
        let corpus = asked.gathered.corpus.clone();
        let by = match choice.picture {
            DataSetPicture::Bars => choice.beside,
            DataSetPicture::Swarm | DataSetPicture::HeatMap => CohortsBy::Nothing,
        };
        let list = List {
            sentences: &asked.sentences,
            labels: &asked.labels,
        };
        View {
            cohorts: cohorts(&texts, list, by, choice.unit),
            scale: SignedScale::of_corpus(&corpus),
            texts,
            corpus,
            of_class,
            choice,
            asked: asked.clone(),
            ranked: OnceCell::new(),
            order: OnceCell::new(),
            picked: OnceCell::new(),
        }
    }

    /// The tokens that occur often enough, those that matter most first.
    pub fn ranked(&self) -> Vec<RankedToken<'_>> {
        let places = 0..self.ranked_names().len();
        places.filter_map(|place| self.ranked_at(place)).collect()
    }

    /// The token at a place among them.
    pub fn ranked_at(&self, place: usize) -> Option<RankedToken<'_>> {
        let name = self.ranked_names().get(place)?;
        Some((name, self.corpus.token(name)?))
    }

    fn ranked_names(&self) -> &[String] {
        let least = self.choice.least_occurrences as usize;
        self.ranked.get_or_init(|| {
            let ranked = self.corpus.ranked(self.choice.token_order, least).into_iter();
            ranked.map(|(name, _)| name.to_owned()).collect()
        })
    }

    /// Places of the texts in the order in which they are shown.
    pub fn order(&self) -> &[usize] {
        self.order.get_or_init(|| match self.choice.text_order {
            TextOrder::Prediction => self.corpus.by_prediction(),
            TextOrder::Likeness => self.corpus.by_likeness(),
            TextOrder::Pick => {
                let picked = self.picked().places.clone();
                let others = self.corpus.by_prediction().into_iter();
                let others: Vec<usize> = others.filter(|place| !picked.contains(place)).collect();
                [picked, others].concat()
            }
            TextOrder::List => self.corpus.texts().map(|text| text.place).collect(),
        })
    }

    /// The few texts that together show most.
    pub fn picked(&self) -> &TextPick {
        self.picked.get_or_init(|| self.corpus.pick(PICKED))
    }

    /// The texts that stand beside each other, with what they are called.
    pub fn cohorts(&self, page: &Context) -> Vec<Cohort<'_>> {
        let cohorts = self.cohorts.iter().map(|TextCohort { of, corpus }| Cohort {
            name: of.name(page),
            corpus,
        });
        cohorts.collect()
    }

    /// A text of the list.
    pub fn sentence(&self, place: usize) -> &str {
        self.asked.sentences.get(place).map_or("", String::as_str)
    }

    /// What is explained, in the page's words.
    pub fn score_name(&self, page: &Context) -> String {
        score_name(page, &self.asked.settings.target)
    }

    /// Whether it is known of each text which class is predicted.
    pub fn has_classes(&self) -> bool {
        has_classes(&self.asked)
    }

    /// How its values are written: in the pictures, the tables and the sentences alike.
    pub fn values(&self, page: &Context) -> ValueStyle {
        self.scale.values(page.language().numbers())
    }
}

/// What is read off the model says which class is predicted, where it is not something else.
fn has_classes(asked: &AskedDataSet) -> bool {
    asked.settings.target.output == ModelOutput::Logits
}

/// What is drawn, made anew when a text more is explained or something else is chosen; nothing before someone asked.
#[hook]
pub fn use_view(page: &Context) -> Option<Shared<View>> {
    let asked = page.data_set.asked.clone();
    // How far the next text is changes many times a second, and nothing of what is drawn.
    let known = asked.as_ref().map(|asked| {
        (
            asked.explained.clone(),
            asked.settings.clone(),
            asked.skipped,
            asked.phase.clone(),
        )
    });
    let classes = page.shown.model.labels.len();
    let view: Rc<Option<Shared<View>>> =
        use_memo((known, page.link.data_set, classes), |(_, choice, classes)| {
            let view = View::new(asked.as_ref()?, *choice, *classes);
            Some(Shared::new(view))
        });
    view.deref().clone()
}
