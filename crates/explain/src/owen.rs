//! Owen values over a merge tree: what the shap package calls Partition.

use std::{cmp::Ordering, collections::BTreeMap, ops::RangeInclusive};

use crate::{
    AdditiveValues, Coalition, CoalitionMethod, MergeTree, additive::CompensatedSum, method::assert_one_each,
};

/// Groups that are divided together, as the package does for a text: what a run that is stopped early knows depends on it.
const GROUPS_OF_A_ROUND: usize = 3;

/// Groups that are divided together where all of them will be: few at first, so that there soon is something to be seen,
/// and then more, since whoever evaluates waits at the end of each round for the last.
const GROUPS_OF_A_COMPLETE_ROUND: RangeInclusive<usize> = 32..=128;

/// Of the evaluations so far, one in so many.
const SHARE_OF_A_COMPLETE_ROUND: usize = 8;

/// Groups at most whose values are asked for at once, where the budget may end before some of them are divided.
const GROUPS_AHEAD: usize = 24;

/// In which company a part of a group is looked at: without or with the other part of that group, and of each group
/// around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OwenContexts {
    /// In all of them, each as likely: Owen values.
    #[default]
    Both,
    /// Always without. What two parts do together stays with their group. It costs two evaluations for each merge.
    Without,
    /// Always with.
    With,
}

/// How far Owen values are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwenSettings {
    /// Evaluations at most, those of nobody and of everybody included; `None` for as many as it takes. The package's
    /// `max_evals`. It ends with the round in which that number is reached, so that an odd one may be exceeded by one, and
    /// those of nobody and of everybody are always asked for.
    pub most_evaluations: Option<usize>,
    /// The package's `fixed_context`.
    pub contexts: OwenContexts,
}

/// What is known of Owen values.
#[derive(Clone, Debug, PartialEq)]
pub struct OwenOutcome {
    /// One value for each leaf. The credit of a group that was not divided is spread evenly over its leaves.
    pub leaves: AdditiveValues,
    /// What each node of the tree has for itself, in the tree's order: all of it has come down to the leaves when all was
    /// computed in both contexts. The package's `hierarchical_values`.
    pub own_values: Vec<f64>,
    /// Of each node, Σ weight · |difference| over the contexts in which it still waits to be divided.
    pub grouped: Vec<f64>,
    /// Whether each node has been divided, in all contexts that were come to. Leaves are.
    pub is_resolved: Vec<bool>,
    /// Evaluations that the exact values cost, those of nobody and of everybody included; `None` if they are too many to
    /// count.
    pub exact_evaluations: Option<usize>,
}

/// Owen values (Owen 1977, "Values of games with a priori unions") of a game whose coalition structure is a binary tree,
/// computed from the root down, the largest differences first. As the shap package does it:
/// <https://github.com/shap/shap/blob/v0.51.0/shap/explainers/_partition.py> (`owen`, `lower_credit`).
///
/// A group that makes a difference `d` in some company hands it to its two parts: each part's difference is looked at
/// without and with the other, and each of the four counts half as much as `d` did. Where the budget ends the group keeps
/// its difference, and in every state base value and values sum to the prediction.
///
/// Equal priorities are taken in the order in which they came, where the package draws lots; and priorities are those of
/// the one value that is explained, where the package takes the largest of all outputs.
///
/// ```
/// use vitrine_explain::{MergeTree, OwenSettings, OwenValues, explain};
/// // Players 0 and 1 are worth something together only; player 2 adds 1 to whatever is there.
/// let value = |coalition: &vitrine_explain::Coalition| {
///     let together = coalition.contains(0) && coalition.contains(1);
///     f64::from(u8::from(together)) * 6.0 + f64::from(u8::from(coalition.contains(2)))
/// };
/// let tree = MergeTree::by_gap_order(3, &[0, 1]).unwrap();
/// let method = OwenValues::new(tree, OwenSettings::default());
/// let outcome = explain(method, |coalitions| Ok::<_, ()>(coalitions.iter().map(value).collect())).unwrap();
/// assert_eq!(outcome.leaves.values, [3.0, 3.0, 1.0]);
/// assert_eq!(outcome.leaves.evaluations, 8);
/// assert_eq!(outcome.exact_evaluations, Some(8));
/// ```
#[derive(Clone, Debug)]
pub struct OwenValues {
    tree: MergeTree,
    settings: OwenSettings,
    exact_evaluations: Option<usize>,
    /// Whether no group will be left undivided.
    is_complete: bool,
    /// The leaves of each node.
    members: Vec<Coalition>,
    wanted: Vec<Coalition>,
    /// Whose parts' values are wanted, two for each.
    asked: Vec<Turn>,
    /// The values of nobody and of everybody.
    ends: Option<(f64, f64)>,
    /// Evaluations that were used.
    evaluations: usize,
    /// Groups that have not been divided, in one company each.
    waiting: BTreeMap<Turn, Waiting>,
    /// How many came to wait so far.
    came: u64,
    /// What each node has for itself, but for those that wait.
    own: Vec<CompensatedSum>,
    /// Whether each node has been divided in some company.
    is_divided: Vec<bool>,
}

/// When a group's turn comes: the largest priority first, then the one that came first.
#[derive(Clone, Copy, Debug)]
struct Turn {
    priority: f64,
    came: u64,
}

impl Ord for Turn {
    fn cmp(&self, other: &Turn) -> Ordering {
        let by_priority = other.priority.total_cmp(&self.priority);
        by_priority.then(self.came.cmp(&other.came))
    }
}

impl PartialOrd for Turn {
    fn partial_cmp(&self, other: &Turn) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Turn {
    fn eq(&self, other: &Turn) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Turn {}

/// A group in one company.
#[derive(Clone, Debug)]
struct Waiting {
    node: usize,
    company: Coalition,
    /// The value of the company alone.
    without: f64,
    /// Its value with the whole group.
    with: f64,
    /// A power of two, so that products with it are exact.
    weight: f64,
    /// Its value with the first part of the group, and with the second, where they are known.
    parts: Option<(f64, f64)>,
}

impl OwenValues {
    /// Begins with the game of a tree's leaves.
    pub fn new(tree: MergeTree, settings: OwenSettings) -> OwenValues {
        let nobody = Coalition::empty(tree.leaves());
        let members = |node| tree.range(node).fold(nobody.clone(), Coalition::with);
        let exact_evaluations = owen_evaluations(&tree, settings.contexts);
        let is_complete = match (settings.most_evaluations, exact_evaluations) {
            (Some(most), Some(exact)) => most >= exact,
            (most, _) => most.is_none(),
        };
        OwenValues {
            wanted: vec![nobody.clone(), Coalition::full(tree.leaves())],
            members: (0..tree.nodes()).map(members).collect(),
            own: vec![CompensatedSum::default(); tree.nodes()],
            is_divided: vec![false; tree.nodes()],
            exact_evaluations,
            is_complete,
            tree,
            settings,
            asked: Vec::new(),
            ends: None,
            evaluations: 0,
            waiting: BTreeMap::new(),
            came: 0,
        }
    }

    /// The tree.
    pub fn tree(&self) -> &MergeTree {
        &self.tree
    }

    /// Evaluations that were used so far, counted as the package counts them. What was asked for ahead does not count.
    pub fn evaluations(&self) -> usize {
        self.evaluations
    }

    /// Evaluations that the exact values cost; see [`owen_evaluations`].
    pub fn exact_evaluations(&self) -> Option<usize> {
        self.exact_evaluations
    }

    /// Evaluations that will be used in all, counted as in [`evaluations`](Self::evaluations); `None` if they are too many
    /// to count.
    pub fn planned_evaluations(&self) -> Option<usize> {
        let most = self.settings.most_evaluations;
        let most = most.and_then(|most| most.max(2).checked_next_multiple_of(2));
        match (most, self.exact_evaluations) {
            (Some(most), Some(exact)) => Some(most.min(exact)),
            (most, exact) => most.or(exact),
        }
    }

    fn evaluations_left(&self) -> usize {
        let most = self.settings.most_evaluations.unwrap_or(usize::MAX);
        most.saturating_sub(self.evaluations)
    }

    fn groups_of_a_round(&self) -> usize {
        if self.is_complete {
            let (least, most) = (
                GROUPS_OF_A_COMPLETE_ROUND.start(),
                GROUPS_OF_A_COMPLETE_ROUND.end(),
            );
            (self.evaluations / 2 / SHARE_OF_A_COMPLETE_ROUND).clamp(*least, *most)
        } else {
            GROUPS_OF_A_ROUND
        }
    }

    /// Divides groups round by round as far as the values that are known lead, then asks for more.
    fn advance(&mut self) {
        while self.evaluations_left() > 0 {
            let groups = self.groups_of_a_round().min(self.evaluations_left().div_ceil(2));
            let next = self.waiting.iter().take(groups);
            if next.clone().any(|(_, group)| group.parts.is_none()) {
                return self.ask();
            }
            let round: Vec<Turn> = next.map(|(turn, _)| *turn).collect();
            if round.is_empty() {
                return;
            }
            for turn in round {
                if let Some(group) = self.waiting.remove(&turn) {
                    self.divide(group);
                }
            }
        }
    }

    /// Asks for the values of the groups whose turn comes next. They are of more than one round, so that many can be
    /// computed together: groups that are next in line mostly remain so. The fewer evaluations are left, the fewer of them
    /// are staked on that.
    fn ask(&mut self) {
        let left = self.evaluations_left();
        let ahead = (left / 8).min(GROUPS_AHEAD).max(self.groups_of_a_round());
        let next = self.waiting.iter().take(ahead.min(left.div_ceil(2)));
        for (turn, group) in next.filter(|(_, group)| group.parts.is_none()) {
            if let Some((first, second)) = self.tree.parts(group.node) {
                self.asked.push(*turn);
                self.wanted.push(group.company.union(&self.members[first]));
                self.wanted.push(group.company.union(&self.members[second]));
            }
        }
    }

    fn divide(&mut self, group: Waiting) {
        let (Some((first, second)), Some((with_first, with_second))) =
            (self.tree.parts(group.node), group.parts)
        else {
            return;
        };
        self.evaluations += 2;
        self.is_divided[group.node] = true;
        let Waiting {
            without,
            with,
            weight,
            ..
        } = group;
        let part_weight = match self.settings.contexts {
            OwenContexts::Both => weight / 2.0,
            OwenContexts::Without | OwenContexts::With => weight,
        };
        let together = match self.settings.contexts {
            OwenContexts::Both => 0.0,
            OwenContexts::Without => weight,
            OwenContexts::With => -weight,
        };
        for (value, sign) in [
            (with, 1.0),
            (with_first, -1.0),
            (with_second, -1.0),
            (without, 1.0),
        ] {
            self.own[group.node].add(value * sign * together);
        }
        if self.settings.contexts != OwenContexts::With {
            let company = &group.company;
            self.wait(first, company.clone(), (without, with_first), part_weight);
            self.wait(second, company.clone(), (without, with_second), part_weight);
        }
        if self.settings.contexts != OwenContexts::Without {
            let (with_second_there, with_first_there) = (
                group.company.union(&self.members[second]),
                group.company.union(&self.members[first]),
            );
            self.wait(first, with_second_there, (with_second, with), part_weight);
            self.wait(second, with_first_there, (with_first, with), part_weight);
        }
    }

    /// Lines a group up; a leaf, which cannot be divided, has its credit at once.
    fn wait(&mut self, node: usize, company: Coalition, (without, with): (f64, f64), weight: f64) {
        if self.tree.parts(node).is_none() {
            self.own[node].add(with * weight);
            self.own[node].add(-without * weight);
            return;
        }
        let priority = (with - without).abs() * weight;
        let turn = Turn {
            priority,
            came: self.came,
        };
        self.came += 1;
        let group = Waiting {
            node,
            company,
            without,
            with,
            weight,
            parts: None,
        };
        self.waiting.insert(turn, group);
    }
}

impl CoalitionMethod for OwenValues {
    type Outcome = OwenOutcome;

    fn wanted(&self) -> &[Coalition] {
        &self.wanted
    }

    fn receive(&mut self, values: &[f64]) {
        assert_one_each(&self.wanted, values);
        self.wanted.clear();
        match self.ends {
            None => {
                let ends = (values[0], values[1]);
                self.ends = Some(ends);
                self.evaluations = 2;
                if let Some(root) = self.tree.root() {
                    self.wait(root, Coalition::empty(self.tree.leaves()), ends, 1.0);
                }
            }
            Some(_) => {
                for (turn, parts) in self.asked.drain(..).zip(values.chunks_exact(2)) {
                    if let Some(group) = self.waiting.get_mut(&turn) {
                        group.parts = Some((parts[0], parts[1]));
                    }
                }
            }
        }
        self.advance();
    }

    fn outcome(&self) -> OwenOutcome {
        let (leaves, nodes) = (self.tree.leaves(), self.tree.nodes());
        let mut own = self.own.clone();
        let mut grouped = vec![0.0; nodes];
        let mut is_resolved = self.is_divided.clone();
        is_resolved[..leaves].fill(true);
        for (turn, group) in &self.waiting {
            own[group.node].add(group.with * group.weight);
            own[group.node].add(-group.without * group.weight);
            grouped[group.node] += turn.priority;
            is_resolved[group.node] = false;
        }
        // What each leaf of a node has from the groups around the node.
        let mut shares = vec![CompensatedSum::default(); nodes];
        for node in (leaves..nodes).rev() {
            let mut share = shares[node];
            share.add(own[node].value() / self.tree.range(node).len() as f64);
            if let Some((first, second)) = self.tree.parts(node) {
                shares[first] = share;
                shares[second] = share;
            }
        }
        let value = |leaf: usize| {
            let mut value = shares[leaf];
            value.add(own[leaf].value());
            value.value()
        };
        let (base_value, prediction) = self.ends.unwrap_or_default();
        OwenOutcome {
            leaves: AdditiveValues {
                base_value,
                prediction,
                values: (0..leaves).map(value).collect(),
                evaluations: self.evaluations,
            },
            own_values: own.iter().map(CompensatedSum::value).collect(),
            grouped,
            is_resolved,
            exact_evaluations: self.exact_evaluations,
        }
    }
}

/// Evaluations that exact Owen values cost, those of nobody and of everybody included: 2 + 2 · Σ 2^depth over the merges
/// of the tree in both contexts, and 2 + 2 · merges in one. `None` if they are more than 32 bits can count, which is the
/// most that a program in a browser counts to.
///
/// ```
/// use vitrine_explain::{MergeTree, OwenContexts, owen_evaluations};
/// let chain = MergeTree::by_gap_order(5, &[0, 1, 2, 3]).unwrap();
/// let balanced = MergeTree::by_gap_order(5, &[0, 2, 1, 3]).unwrap();
/// assert_eq!(owen_evaluations(&chain, OwenContexts::Both), Some(2 + 2 * (1 + 2 + 4 + 8)));
/// assert_eq!(owen_evaluations(&balanced, OwenContexts::Both), Some(2 + 2 * (1 + 2 + 4 + 4)));
/// assert_eq!(owen_evaluations(&chain, OwenContexts::Without), Some(10));
/// let chain = |leaves: usize| MergeTree::by_gap_order(leaves, &(0..leaves - 1).collect::<Vec<_>>()).unwrap();
/// assert_eq!(owen_evaluations(&chain(31), OwenContexts::Both), Some(1 << 31));
/// assert_eq!(owen_evaluations(&chain(32), OwenContexts::Both), None);
/// ```
pub fn owen_evaluations(tree: &MergeTree, contexts: OwenContexts) -> Option<usize> {
    let merges = tree.depths().split_off(tree.leaves());
    let pairs = match contexts {
        OwenContexts::Both => merges.into_iter().try_fold(0_u32, |sum, depth| {
            let contexts = 1_u32.checked_shl(u32::try_from(depth).ok()?)?;
            sum.checked_add(contexts)
        })?,
        OwenContexts::Without | OwenContexts::With => u32::try_from(merges.len()).ok()?,
    };
    usize::try_from(pairs.checked_mul(2)?.checked_add(2)?).ok()
}
