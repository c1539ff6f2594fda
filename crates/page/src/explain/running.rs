//! What is driven: an explanation, or a check of how faithful several are.

use vitrine_explain::{
    Coalition, Evaluations, ExplainError, ExplainedText, ExplanationRun, FaithfulnessRun, RunStep,
    faithfulness::{Faithfulness, FaithfulnessSettings, Perturbation, PlayerOrder},
};
use vitrine_record::{Explanation, ExplanationCheck, ExplanationDetail};

use super::masked::MaskedRuns;
use crate::state::{ExplanationQuestion, MaskedList, Shared};

/// How it is checked how faithful methods are: by deletion and insertion, from the highest value down, beside random orders.
pub const CHECKED: FaithfulnessSettings = FaithfulnessSettings {
    random_orders: 10,
    infidelity_samples: 0,
    seed: 0,
    orders: &[PlayerOrder::Descending],
};

/// A run, and what is read off it besides its outcome.
pub enum Running {
    /// Of one method.
    Explanation {
        /// The run.
        run: Box<ExplanationRun>,
        /// What it asked for that says most, where someone may look at that.
        masked: Option<Box<MaskedRuns>>,
        /// The same as last told.
        told: Shared<MaskedList>,
    },
    /// Of a check.
    Faithfulness {
        /// The run.
        run: Box<FaithfulnessRun>,
        /// What is checked has no values of its own.
        shell: Box<Explanation>,
    },
}

impl Running {
    /// Begins what a question asks of a text; with a list of masked inputs, or without.
    pub fn begin(
        question: &ExplanationQuestion,
        text: ExplainedText,
        lists_masked: bool,
    ) -> Result<Running, ExplainError> {
        let settings = &question.settings;
        let Some(checked) = &question.checked else {
            return Ok(Running::Explanation {
                run: Box::new(ExplanationRun::new(text, settings.clone())?),
                masked: lists_masked.then(Box::default),
                told: Shared::default(),
            });
        };
        let attributions: Vec<_> = checked.iter().map(|(_, values)| values.clone()).collect();
        let shell = Explanation {
            model_hash: text.model_hash.clone(),
            input: text.input.clone(),
            settings: settings.clone(),
            tokens: text.tokens.clone(),
            values: vec![0.0; text.tokens.len()],
            features: Vec::new(),
            base_value: 0.0,
            prediction: 0.0,
            evaluations: 0,
            exact_evaluations: None,
            check: ExplanationCheck::Nothing,
            detail: ExplanationDetail::Nothing,
        };
        let (target, masking) = (settings.target.clone(), settings.masking);
        let run = FaithfulnessRun::new(text, target, masking, &attributions, CHECKED)?;
        Ok(Running::Faithfulness {
            run: Box::new(run),
            shell: Box::new(shell),
        })
    }

    /// Goes one round further.
    pub fn step(&mut self, evaluations: &Evaluations) -> Result<RunStep, ExplainError> {
        match self {
            Running::Explanation { run, .. } => run.step(evaluations),
            Running::Faithfulness { run, .. } => run.step(evaluations),
        }
    }

    /// Looks at some of the masked inputs that it asked for. Whether others may be left.
    pub fn look(&mut self, evaluations: &Evaluations) -> bool {
        let Running::Explanation {
            run,
            masked: Some(masked),
            told,
        } = self
        else {
            return false;
        };
        let has_new = masked.look(run, evaluations);
        if has_new {
            *told = Shared::new(masked.list(run));
        }
        has_new
    }

    /// Inputs that were used so far.
    pub fn evaluations(&self) -> usize {
        match self {
            Running::Explanation { run, .. } => run.evaluations(),
            Running::Faithfulness { run, .. } => run.evaluations(),
        }
    }

    /// Inputs that will have been asked for at most, where that is known.
    pub fn planned_evaluations(&self) -> Option<usize> {
        match self {
            Running::Explanation { run, .. } => run.planned_evaluations(),
            Running::Faithfulness { run, .. } => Some(run.planned_evaluations()),
        }
    }

    /// Coalitions that were not asked for yet: no method asks for more than all of them.
    pub fn most_unasked(&self) -> f64 {
        match self {
            Running::Explanation { run, .. } => {
                let players = run.asked().first().map_or(0, Coalition::players);
                let all = 2f64.powi(i32::try_from(players).unwrap_or(i32::MAX));
                all - run.asked().len() as f64
            }
            Running::Faithfulness { .. } => f64::INFINITY,
        }
    }

    /// What is read off the model for the text itself; nothing before it came, and nothing of a check.
    pub fn outputs(&self, evaluations: &Evaluations) -> Vec<f32> {
        let Running::Explanation { run, .. } = self else {
            return Vec::new();
        };
        let whole = run.asked().first().map(|first| Coalition::full(first.players()));
        let outputs = whole.and_then(|whole| evaluations.get(&run.input(&whole)));
        outputs.map(<[f32]>::to_vec).unwrap_or_default()
    }

    /// What is known now.
    pub fn found(&mut self, evaluations: &Evaluations) -> Found {
        self.look(evaluations);
        match self {
            Running::Explanation { run, told, .. } => Found {
                explanation: Shared::new(run.explanation()),
                masked: told.clone(),
                faithfulness: None,
            },
            Running::Faithfulness { run, shell } => {
                let found = run.faithfulness();
                let mut explanation = Explanation::clone(shell);
                explanation.evaluations = run.evaluations();
                explanation.exact_evaluations = Some(run.planned_evaluations());
                let curve = found
                    .first()
                    .and_then(|found| found.curve(Perturbation::Remove, PlayerOrder::Descending));
                let scores = curve.map(|curve| &curve.scores[..]).unwrap_or_default();
                explanation.prediction = scores.first().copied().unwrap_or_default();
                Found {
                    explanation: Shared::new(explanation),
                    masked: Shared::default(),
                    faithfulness: Some(Shared::new(found)),
                }
            }
        }
    }
}

/// What a run has found so far.
pub struct Found {
    /// The explanation; of a check one without values.
    pub explanation: Shared<Explanation>,
    /// Masked inputs that say most.
    pub masked: Shared<MaskedList>,
    /// Of a check, what it found.
    pub faithfulness: Option<Shared<Vec<Faithfulness>>>,
}
