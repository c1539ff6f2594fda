//! What gradients say of the text on the screen: when it is asked for, how far it is, and what stops it.

use vitrine_explain::{ExplainedText, agreement::places_by_size, explanation_of_salience};
use vitrine_record::{
    ExhibitName, Explanation, ExplanationMethod, ExplanationSettings, ExplanationTarget, GradientBaseline,
    Salience, Token,
    message::{Request, TextInput},
};

use super::{Answer, ExplanationPhase, ExplanationQuestion, LONGEST_UNASKED_SECONDS, Shared, State};

/// The text and the score that a request is about: whatever its path, its answer speaks of these.
fn subject(request: &Request) -> Option<(&TextInput, &ExplanationTarget)> {
    match request {
        Request::ComputeSalience { input, target, .. } => Some((input, target)),
        _ => None,
    }
}

/// What has been said about the path of integrated gradients, which one worker goes alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SaliencePath {
    /// The request that may take as long as it takes.
    allowed: Option<Request>,
    /// A request that is not asked for, and why: it would take long, or someone wanted it no more.
    halted: Option<(Request, ExplanationPhase)>,
    /// A request, and the seconds that it will still take.
    pace: Option<(Request, f64)>,
}

impl State {
    /// What the gradients are asked by, as the screen is to show it.
    pub fn salience_request(&self) -> Option<Request> {
        let is_shown = matches!(self.link.exhibit, ExhibitName::Salience | ExhibitName::Agreement);
        let (output, input) = (self.explained_output()?, self.explained_input()?);
        let choice = &self.link.explanation;
        is_shown.then(|| choice.salience_request(input, output, self.explained_class()))
    }

    /// The settings of integrated gradients, with the path of what is shown.
    pub fn path_settings(&self) -> Option<ExplanationSettings> {
        let (output, class) = (self.explained_output()?, self.explained_class());
        let mut settings = self.link.explanation.path_settings(output, class);
        settings.path.baseline = self.salience_baseline();
        let steps = self.salience().map(|(answer, _)| answer.value.steps);
        if let Some(steps) = steps.and_then(|steps| u16::try_from(steps).ok()) {
            settings.path.steps = steps;
        }
        Some(settings)
    }

    /// The request, if nothing speaks against asking it.
    pub(super) fn wanted_salience(&self) -> Option<Request> {
        let request = self.salience_request()?;
        (!self.explaining.is_paused && self.halt(&request).is_none()).then_some(request)
    }

    fn halt(&self, request: &Request) -> Option<&ExplanationPhase> {
        let halted = self.explaining.path.halted.as_ref();
        halted
            .filter(|(halted, _)| halted == request)
            .map(|(_, phase)| phase)
    }

    /// What gradients say of the text and the score on the screen, as far as it has come, and whether it is what was asked
    /// for: until the first part of that comes, what another path said of the same stays.
    pub fn salience(&self) -> Option<(&Answer<Salience>, bool)> {
        let request = self.salience_request()?;
        let answer = self.answers.salience.as_ref()?;
        // Not whether it came with this very analysis: the same text may have been analysed again.
        (subject(&answer.request) == subject(&request)).then(|| (answer, answer.request == request))
    }

    /// Where the path of what is shown begins; before anything is, that of the path that is asked for.
    pub fn salience_baseline(&self) -> GradientBaseline {
        match self.salience().map(|(answer, _)| &answer.request) {
            Some(Request::ComputeSalience { baseline, .. }) => *baseline,
            _ => self.link.explanation.path.baseline,
        }
    }

    /// The same once it is all there.
    pub fn whole_salience(&self) -> Option<&Salience> {
        let (answer, is_asked) = self.salience()?;
        (is_asked && answer.is_whole).then_some(&*answer.value)
    }

    /// How far the gradients are; nothing where there is nothing to explain.
    pub fn salience_phase(&self) -> Option<ExplanationPhase> {
        let request = self.salience_request()?;
        if self.whole_salience().is_some() {
            return Some(ExplanationPhase::Done);
        }
        if let Some(problem) = self.answers.problem(&request) {
            let failure = super::ExplanationFailure::Problem(problem.clone());
            return Some(ExplanationPhase::Failed(failure));
        }
        let halt = self.halt(&request).cloned();
        Some(halt.unwrap_or(ExplanationPhase::Running))
    }

    /// How far all is that the screen is to show, of explanations that are so far: what is done may leave the path open.
    pub fn phase_with_path(&self, of_explanations: &ExplanationPhase) -> ExplanationPhase {
        match (of_explanations, self.salience_phase()) {
            (ExplanationPhase::Done, Some(of_path)) => of_path,
            (of_explanations, _) => of_explanations.clone(),
        }
    }

    /// Seconds that the path will still take, once enough of it was gone to tell.
    pub fn salience_seconds_left(&self) -> Option<f64> {
        let request = self.salience_request()?;
        let pace = self.explaining.path.pace.as_ref();
        pace.filter(|(of, _)| *of == request).map(|(_, seconds)| *seconds)
    }

    /// A path that would take long waits until someone asks for it.
    pub(super) fn hear_of_salience_pace(&mut self, request: Request, seconds: f64) {
        if self.salience_request().as_ref() != Some(&request) {
            return;
        }
        let path = &mut self.explaining.path;
        if seconds > LONGEST_UNASKED_SECONDS && path.allowed.as_ref() != Some(&request) {
            let evaluations = self.link.explanation.path.steps.into();
            let costly = ExplanationPhase::Costly { seconds, evaluations };
            path.halted = Some((request.clone(), costly));
        }
        path.pace = Some((request, seconds));
    }

    pub(super) fn cancel_salience(&mut self) {
        let is_open = matches!(
            self.salience_phase(),
            Some(ExplanationPhase::Running | ExplanationPhase::Costly { .. })
        );
        if let Some(request) = self.salience_request().filter(|_| is_open) {
            self.explaining.path.halted = Some((request, ExplanationPhase::Cancelled));
        }
    }

    pub(super) fn begin_salience(&mut self) {
        if let Some(request) = self.salience_request() {
            self.answers.forget_failure_of(&request);
            let path = &mut self.explaining.path;
            path.halted = None;
            path.allowed = Some(request);
        }
    }
}

/// What one method says of each token of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodValues {
    /// The method.
    pub method: ExplanationMethod,
    /// One for each token; none where the method gives a token no value.
    pub values: Vec<Option<f64>>,
}

impl MethodValues {
    /// The place of each token that was typed, by the size of its value, from 1: equal ones share a place, and what has
    /// no value has none.
    pub fn places(&self, tokens: &[Token]) -> Vec<Option<usize>> {
        let typed = |(value, token): (&Option<f64>, &Token)| value.filter(|_| !token.special);
        places_by_size(&self.values.iter().zip(tokens).map(typed).collect::<Vec<_>>())
    }

    /// The token that was typed and has the largest value, if any value is other than 0.
    pub fn first(&self, tokens: &[Token]) -> Option<usize> {
        let is_first = |at: &usize| self.values.get(*at).is_some_and(|value| *value != Some(0.0));
        let places = self.places(tokens);
        let first = places.iter().position(|place| *place == Some(1));
        first.filter(is_first)
    }
}

impl State {
    /// The explanation behind what a method says of the text on the screen, as files have it.
    pub fn explanation_by(&self, method: ExplanationMethod) -> Option<Explanation> {
        let is_it =
            |question: &ExplanationQuestion| question.checked.is_none() && question.settings.method == method;
        if let Some(question) = self.explanation_questions().into_iter().find(is_it) {
            return Some(Explanation::clone(self.explaining.of(&question)?.explanation()?));
        }
        let text = ExplainedText {
            model_hash: self.shown.model.hash.clone(),
            input: self.explained_input()?,
            tokens: self.shown.analysis.tokens.clone(),
        };
        let settings = ExplanationSettings {
            method,
            ..self.path_settings()?
        };
        let (answer, _) = self.salience()?;
        explanation_of_salience(text, settings, &answer.value)
    }

    /// What the methods of the exhibit say, as far as they have come, in its order.
    pub fn salience_values(&self) -> Vec<MethodValues> {
        let salience = self.salience();
        let of = |&method: &ExplanationMethod| {
            let values = match (method, &salience) {
                (ExplanationMethod::Occlusion, _) => self.occlusion_values()?,
                (_, Some((answer, _))) => answer
                    .value
                    .values(method)?
                    .iter()
                    .map(|value| Some(*value))
                    .collect(),
                (_, None) => return None,
            };
            Some(MethodValues { method, values })
        };
        ExplanationMethod::SALIENCE.iter().filter_map(of).collect()
    }

    /// What the score loses with each token alone. Values come all at once: some would look like the whole.
    fn occlusion_values(&self) -> Option<Vec<Option<f64>>> {
        let done = self.finished_explanations();
        let is_it =
            |explanation: &&Shared<Explanation>| explanation.settings.method == ExplanationMethod::Occlusion;
        let explanation = done.iter().find(is_it)?;
        let mut values = vec![None; explanation.tokens.len()];
        for feature in &explanation.features {
            if let Some(value) = values.get_mut(feature.tokens.start) {
                *value = Some(feature.value);
            }
        }
        Some(values)
    }
}
