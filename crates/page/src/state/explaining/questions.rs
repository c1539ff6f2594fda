//! What the screen wants explained, and what is known of it.

use vitrine_record::{
    ExhibitName, Explanation, ExplanationMethod, ExplanationSettings, ExplanationTarget, Masking,
    ModelOutput, Prediction, ScoreKind, message::TextInput,
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
    /// What the score that is explained is of. A model without a classifier has no class to explain.
    pub fn explained_kind(&self) -> ScoreKind {
        self.link
            .explanation
            .score
            .kind_for(self.shown.model.labels.len())
    }

    /// What is read off the model to be explained; nothing before it is known what texts are compared with.
    pub fn explained_output(&self) -> Option<ModelOutput> {
        self.link.explanation.score.output(self.shown.model.labels.len())
    }

    /// The same with the class and the scale, where it has such.
    pub fn explained_target(&self) -> Option<ExplanationTarget> {
        let choice = &self.link.explanation;
        Some(choice.target_of(self.explained_output()?, self.explained_class()))
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

    /// The class that signed pictures are about: the one that is explained, or, where none is, the one that is
    /// predicted.
    pub fn class_of_pictures(&self) -> usize {
        let explains_class = self.explained_kind() == ScoreKind::Class;
        if self.link.exhibit != ExhibitName::Attention && explains_class {
            return self.explained_class();
        }
        let prediction = self.shown.analysis.prediction.as_ref();
        prediction.and_then(Prediction::top).unwrap_or_default()
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

    /// Whether the exhibit that is looked at is to show an explanation that is not there yet, or not all of it.
    pub fn is_explanation_to_come(&self) -> bool {
        let exhibit = self.link.exhibit;
        if matches!(exhibit, ExhibitName::Attention | ExhibitName::DataSet) {
            return false;
        }
        let main = self.main_explanation();
        !self.is_current() || main.is_some_and(|known| known.phase == ExplanationPhase::Running)
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
