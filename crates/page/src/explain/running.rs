//! What is driven: an explanation, or a check of how faithful several are.

use vitrine_explain::{
    Coalition, Evaluations, ExplainError, ExplainedText, ExplanationRun, FaithfulnessRun, RunStep,
    faithfulness::{FaithfulnessSettings, Perturbation, PlayerOrder},
};
use vitrine_record::{Explanation, ExplanationCheck, ExplanationDetail};

use super::masked::MaskedRuns;
use crate::state::{ExplanationQuestion, MaskedRun, Shared, Snapshot};

/// Deletion and insertion, from the highest value down, beside random orders.
const CHECKED: FaithfulnessSettings = FaithfulnessSettings {
    random_orders: 10,
    infidelity_samples: 0,
    seed: 0,
    orders: &[PlayerOrder::Descending],
};

/// What became of the inputs of a run.
pub struct Spent {
    /// Those that came since it went on last.
    pub arrived: usize,
    /// Those that were run for it.
    pub computed: usize,
    /// Seconds that the others will take, as far as can be told.
    pub seconds_left: Option<f64>,
}

/// A run, and what is read off it besides its outcome.
pub enum Running {
    /// Of one method.
    Explanation {
        /// The run.
        run: Box<ExplanationRun>,
        /// What it asked for that says most.
        masked: Box<MaskedRuns>,
        /// The same as last told, and the explanation that was told with it.
        told: Option<(Shared<Explanation>, Shared<Vec<MaskedRun>>)>,
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
    /// Begins what a question asks of a text.
    pub fn begin(question: &ExplanationQuestion, text: ExplainedText) -> Result<Running, ExplainError> {
        let settings = &question.settings;
        let Some(checked) = &question.checked else {
            return Ok(Running::Explanation {
                run: Box::new(ExplanationRun::new(text, settings.clone())?),
                masked: Box::default(),
                told: None,
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

    /// What is known now. An explanation that did not advance is the one that was told before.
    pub fn snapshot(&mut self, evaluations: &Evaluations, progress: Spent, has_advanced: bool) -> Snapshot {
        let planned = self.planned_evaluations();
        let spent = self.evaluations() + progress.arrived;
        let Spent {
            computed,
            seconds_left,
            ..
        } = progress;
        match self {
            Running::Explanation { run, masked, told } => {
                let (explanation, masked) = match told.take() {
                    Some(told) if !has_advanced => told,
                    before => {
                        let has_new = masked.look(run, evaluations);
                        let before = before.map(|(_, masked)| masked).filter(|_| !has_new);
                        (
                            Shared::new(run.explanation()),
                            before.unwrap_or_else(|| Shared::new(masked.best())),
                        )
                    }
                };
                *told = Some((explanation.clone(), masked.clone()));
                Snapshot {
                    explanation,
                    masked,
                    faithfulness: None,
                    spent,
                    planned,
                    computed,
                    seconds_left,
                }
            }
            Running::Faithfulness { run, shell } => {
                let found = run.faithfulness();
                let mut explanation = Explanation::clone(shell);
                explanation.evaluations = run.evaluations();
                explanation.exact_evaluations = planned;
                let curve = found
                    .first()
                    .and_then(|found| found.curve(Perturbation::Remove, PlayerOrder::Descending));
                let scores = curve.map(|curve| &curve.scores[..]).unwrap_or_default();
                explanation.prediction = scores.first().copied().unwrap_or_default();
                Snapshot {
                    explanation: Shared::new(explanation),
                    masked: Shared::new(Vec::new()),
                    faithfulness: Some(Shared::new(found)),
                    spent,
                    planned,
                    computed,
                    seconds_left,
                }
            }
        }
    }
}
