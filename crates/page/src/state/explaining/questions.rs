//! What the screen wants explained, and what is known of it.

use vitrine_record::{
    ExhibitName, Explanation, ExplanationMethod, ExplanationSettings, Masking, ModelOutput, OutputLink,
    Prediction, message::TextInput,
};

use super::{ExplanationPhase, ExplanationQuestion, KnownExplanation, SEEDS, Snapshot};
use crate::state::{Origin, Shared, State};

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

    /// The scale of the scores that are explained.
    pub fn explained_link(&self) -> OutputLink {
        self.link.explanation.link
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
    pub(in crate::state) fn explained_input(&self) -> Option<TextInput> {
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
    pub(in crate::state) fn question(
        &self,
        input: &TextInput,
        settings: ExplanationSettings,
    ) -> ExplanationQuestion {
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
        if let Some(snapshot) = main.snapshot {
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
}
