//! The methods whose players are tokens.

use vitrine_record::{
    ExplanationCheck, ExplanationDetail, ExplanationMethod, ExplanationSettings, Grouping, MaskedInput,
    MergedGroup, message::TextInput,
};

use super::{Binding, Findings};
use crate::{
    AdditiveValues, Coalition, CoalitionMethod, ExactShapley, ExplainError, ExplainedText, KernelShap, Merge,
    MergeTree, Occlusion, OwenContexts, OwenOutcome, OwenSettings, OwenValues, PermutationShapley,
    TokenMasker, labels_of_segments, propose_gap_levels,
};

/// Evaluations of walks where none are named, as in the shap package: ten walks there and back.
const WALKS: usize = 10;

enum Method {
    Owen(Box<OwenValues>),
    Exact(Box<ExactShapley>),
    Permutation(Box<PermutationShapley>),
    Kernel(Box<KernelShap>),
    Occlusion(Box<Occlusion>),
}

/// A text whose tokens are players, and a method on them.
pub(super) struct TokensBinding {
    masker: TokenMasker,
    method: Method,
    /// Evaluations at most, where they are bounded or known.
    planned: Option<usize>,
}

impl TokensBinding {
    pub(super) fn new(
        text: &ExplainedText,
        settings: &ExplanationSettings,
    ) -> Result<TokensBinding, ExplainError> {
        let masker = TokenMasker::new(text.clone(), settings.masking)?;
        let players = masker.players();
        let budget = settings.most_evaluations;
        if let (Some(allowed), Some(needed)) = (budget, least_evaluations(settings.method, players))
            && allowed < needed
        {
            return Err(ExplainError::TooFewEvaluations { allowed, needed });
        }
        let (method, planned) = match settings.method {
            ExplanationMethod::Exact => {
                let exact = ExactShapley::new(players, settings.interactions)?;
                let planned = exact.exact_evaluations();
                (Method::Exact(Box::new(exact)), Some(planned))
            }
            ExplanationMethod::Permutation => {
                let budget = budget.unwrap_or(WALKS * (2 * players + 1));
                let walks = PermutationShapley::new(players, budget, settings.seed)?;
                let planned = walks.evaluations();
                (Method::Permutation(Box::new(walks)), Some(planned))
            }
            ExplanationMethod::Kernel => {
                let samples = budget.map(|most| most.saturating_sub(2));
                let kernel = KernelShap::with_selection(players, samples, settings.seed, settings.kernel);
                let planned = kernel.evaluations();
                (Method::Kernel(Box::new(kernel)), Some(planned))
            }
            ExplanationMethod::Occlusion => (
                Method::Occlusion(Box::new(Occlusion::new(players))),
                Some(players + 2),
            ),
            _ => {
                let owen = OwenSettings {
                    most_evaluations: budget,
                    contexts: OwenContexts::Both,
                };
                let owen = OwenValues::new(tree(&masker, &settings.grouping), owen);
                let planned = owen.planned_evaluations();
                (Method::Owen(Box::new(owen)), planned)
            }
        };
        Ok(TokensBinding {
            masker,
            method,
            planned,
        })
    }
}

/// Evaluations without which a method whose evaluations can be bounded has nothing to say; `None` of others. Walks say it
/// themselves.
fn least_evaluations(method: ExplanationMethod, players: usize) -> Option<usize> {
    match method {
        ExplanationMethod::Owen => Some(2),
        // Fewer samples than there are unknowns have many solutions.
        ExplanationMethod::Kernel => Some(players + 1),
        _ => None,
    }
}

/// The merge tree of the players. The scores read the special tokens too, whether or not they are players.
fn tree(masker: &TokenMasker, grouping: &Grouping) -> MergeTree {
    let tokens = &masker.text().tokens;
    let labels = labels_of_segments(masker.segments(), tokens);
    let tree = match grouping {
        Grouping::Scores => MergeTree::by_scores(&labels),
        Grouping::Proposed => MergeTree::by_levels(&labels, &propose_gap_levels(tokens)),
        Grouping::Chosen(levels) => MergeTree::by_levels(&labels, levels),
    };
    tree.restricted_to(|token| masker.tokens().contains(&token))
}

impl Binding for TokensBinding {
    fn wanted(&self) -> &[Coalition] {
        match &self.method {
            Method::Owen(method) => method.wanted(),
            Method::Exact(method) => method.wanted(),
            Method::Permutation(method) => method.wanted(),
            Method::Kernel(method) => method.wanted(),
            Method::Occlusion(method) => method.wanted(),
        }
    }

    fn receive(&mut self, values: &[f64]) {
        match &mut self.method {
            Method::Owen(method) => method.receive(values),
            Method::Exact(method) => method.receive(values),
            Method::Permutation(method) => method.receive(values),
            Method::Kernel(method) => method.receive(values),
            Method::Occlusion(method) => method.receive(values),
        }
    }

    fn input(&self, present: &Coalition) -> MaskedInput {
        self.masker.input(present)
    }

    fn shown(&self, present: &Coalition) -> TextInput {
        self.masker.shown(present)
    }

    fn evaluations(&self) -> Option<usize> {
        match &self.method {
            Method::Owen(method) => Some(method.evaluations()),
            _ => None,
        }
    }

    fn exact_evaluations(&self) -> Option<usize> {
        match &self.method {
            Method::Owen(method) => method.exact_evaluations(),
            Method::Exact(method) => Some(method.exact_evaluations()),
            Method::Permutation(_) | Method::Kernel(_) => {
                // A program in a browser counts no further than 32 bits; what is said shall be the same everywhere.
                let all = 1_u32.checked_shl(u32::try_from(self.masker.players()).ok()?)?;
                usize::try_from(all).ok()
            }
            Method::Occlusion(_) => self.planned,
        }
    }

    fn planned_evaluations(&self) -> Option<usize> {
        self.planned
    }

    fn findings(&self) -> Findings {
        let (values, detail) = match &self.method {
            Method::Owen(method) => {
                let outcome = method.outcome();
                let groups = merged_groups(method.tree(), &outcome);
                (outcome.leaves, ExplanationDetail::MergeTree(groups))
            }
            Method::Exact(method) => {
                let outcome = method.outcome();
                let detail = outcome.interactions.map(ExplanationDetail::Interactions);
                (outcome.players, detail.unwrap_or_default())
            }
            Method::Permutation(method) => {
                let outcome = method.outcome();
                let errors = outcome.standard_errors.map(ExplanationDetail::StandardErrors);
                (outcome.players, errors.unwrap_or_default())
            }
            Method::Kernel(method) => (method.outcome().players, ExplanationDetail::Nothing),
            Method::Occlusion(method) => return self.occluded(method),
        };
        let check = ExplanationCheck::Additivity {
            residual: values.residual(),
        };
        self.found(&values, check, detail)
    }
}

impl TokensBinding {
    fn found(&self, found: &AdditiveValues, check: ExplanationCheck, detail: ExplanationDetail) -> Findings {
        let mut features = self.masker.features();
        for (feature, value) in features.iter_mut().zip(&found.values) {
            feature.value = *value;
        }
        let tokens = self.masker.tokens().iter().copied();
        Findings {
            token_values: tokens.zip(found.values.iter().copied()).collect(),
            features,
            base_value: found.base_value,
            prediction: found.prediction,
            check,
            detail,
        }
    }

    fn occluded(&self, method: &Occlusion) -> Findings {
        let outcome = method.outcome();
        let found = AdditiveValues {
            base_value: outcome.base_value.unwrap_or_default(),
            prediction: outcome.prediction.unwrap_or_default(),
            values: outcome
                .values
                .into_iter()
                .map(Option::unwrap_or_default)
                .collect(),
            evaluations: 0,
        };
        self.found(&found, ExplanationCheck::Nothing, ExplanationDetail::Nothing)
    }
}

fn merged_groups(tree: &MergeTree, outcome: &OwenOutcome) -> Vec<MergedGroup> {
    let group = |(node, merge): (usize, &Merge)| {
        let features = tree.range(node);
        let values = outcome.leaves.values.get(features.clone()).unwrap_or_default();
        MergedGroup {
            height: merge.height,
            value: values.iter().sum(),
            is_resolved: outcome.is_resolved.get(node).copied().unwrap_or_default(),
            features,
        }
    };
    (tree.leaves()..).zip(tree.merges()).map(group).collect()
}
