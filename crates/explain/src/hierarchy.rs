//! Neighbours merged to groups, two at a time: the tree that Owen values follow.

use std::ops::Range;

use vitrine_record::GapLevel;

use crate::merge_score::MergeScores;

/// Two neighbouring groups made one: a row of a linkage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Merge {
    /// The node on the left.
    pub left: usize,
    /// The node on the right.
    pub right: usize,
    /// Its share of all leaves.
    pub height: f64,
    /// How many leaves it has.
    pub size: usize,
}

/// A binary tree over leaves in a row, each node being a run of neighbours.
///
/// With `n` leaves, nodes `0..n` are the leaves and node `n + i` is what the `i`th merge made, as in the linkages of
/// SciPy; a node comes after its parts, and the last one is the root.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeTree {
    leaves: usize,
    merges: Vec<Merge>,
    /// The leaves of each node.
    ranges: Vec<Range<usize>>,
}

impl MergeTree {
    /// Merges the two neighbours whose score is largest, the leftmost of several, until one is left: the clustering of
    /// the shap package, <https://github.com/shap/shap/blob/v0.51.0/shap/maskers/_text.py> (`partition_tree`, heights as
    /// in `Text.clustering`). Labels are those of [`labels_of_segments`](crate::labels_of_segments).
    ///
    /// ```
    /// use vitrine_explain::MergeTree;
    /// let tree = MergeTree::by_scores(&["love", "##ly", ",", "but", "dull"]);
    /// let groups = tree.merges().iter().enumerate().map(|(merge, _)| tree.range(5 + merge));
    /// assert_eq!(groups.collect::<Vec<_>>(), [0..2, 0..3, 3..5, 0..5]);
    /// ```
    pub fn by_scores(labels: &[impl AsRef<str>]) -> MergeTree {
        MergeTree::by_levels(labels, &[])
    }

    /// Merges across gaps of lower levels first, and among those of one level by the same scores. Gap `i` is between
    /// leaves `i` and `i + 1`; one without a level is [`GapLevel::WithinWord`].
    ///
    /// ```
    /// use vitrine_explain::MergeTree;
    /// use vitrine_record::GapLevel::*;
    /// let labels = ["not", "very", "good", "but", "short"];
    /// let tree = MergeTree::by_levels(&labels, &[WithinPhrase, WithinWord, BetweenPhrases, WithinPhrase]);
    /// let groups = tree.merges().iter().enumerate().map(|(merge, _)| tree.range(5 + merge));
    /// assert_eq!(groups.collect::<Vec<_>>(), [1..3, 0..3, 3..5, 0..5]);
    /// ```
    pub fn by_levels(labels: &[impl AsRef<str>], levels: &[GapLevel]) -> MergeTree {
        let mut scores = MergeScores::new(labels.iter().map(AsRef::as_ref).collect());
        let mut groups = Groups::new(labels.len());
        let level = |gap: usize| levels.get(gap).copied().unwrap_or_default();
        let mut gaps: Vec<(GapLevel, f64)> = (1..labels.len())
            .map(|right| {
                (
                    level(right - 1),
                    scores.of(&(right - 1..right), &(right..right + 1)),
                )
            })
            .collect();
        while let Some((first, rest)) = gaps.split_first() {
            let mut best = (0, first);
            for (at, gap) in (1..).zip(rest) {
                if gap.0 < best.1.0 || gap.0 == best.1.0 && gap.1 > best.1.1 {
                    best = (at, gap);
                }
            }
            let at = best.0;
            scores.note_merge(&groups.range(at), &groups.range(at + 1));
            groups.merge(at);
            gaps.remove(at);
            for changed in at.saturating_sub(1)..=at {
                if let Some(gap) = gaps.get_mut(changed) {
                    gap.1 = scores.of(&groups.range(changed), &groups.range(changed + 1));
                }
            }
        }
        groups.tree
    }

    /// Merges across the gaps in their order, gap `i` being between leaves `i` and `i + 1`; `None` unless each of the
    /// `leaves − 1` gaps is named once.
    ///
    /// ```
    /// use vitrine_explain::MergeTree;
    /// let tree = MergeTree::by_gap_order(4, &[1, 2, 0]).unwrap();
    /// assert_eq!([tree.range(4), tree.range(5), tree.range(6)], [1..3, 1..4, 0..4]);
    /// assert_eq!(MergeTree::by_gap_order(3, &[0, 0]), None);
    /// ```
    pub fn by_gap_order(leaves: usize, order: &[usize]) -> Option<MergeTree> {
        if order.len() + 1 != leaves.max(1) {
            return None;
        }
        let mut groups = Groups::new(leaves);
        for gap in order {
            let at = groups
                .nodes
                .iter()
                .position(|node| groups.tree.ranges[*node].end == gap + 1)?;
            if at + 1 == groups.nodes.len() {
                return None;
            }
            groups.merge(at);
        }
        Some(groups.tree)
    }

    /// The same without some leaves; those that are kept have their places among these as numbers. Owen values of the
    /// kept leaves are the same in both trees if the others never change a value.
    ///
    /// ```
    /// use vitrine_explain::MergeTree;
    /// let tree = MergeTree::by_gap_order(4, &[1, 2, 0]).unwrap();
    /// assert_eq!(tree.restricted_to(|leaf| leaf != 1), MergeTree::by_gap_order(3, &[1, 0]).unwrap());
    /// ```
    #[must_use]
    pub fn restricted_to(&self, is_kept: impl Fn(usize) -> bool) -> MergeTree {
        let kept = (0..self.leaves).filter(|leaf| is_kept(*leaf)).count();
        let mut tree = MergeTree::of_leaves(kept);
        // What of each node is left, as a node of the new tree.
        let mut left: Vec<Option<usize>> = Vec::with_capacity(self.nodes());
        let mut numbers = 0..kept;
        left.extend((0..self.leaves).map(|leaf| if is_kept(leaf) { numbers.next() } else { None }));
        for merge in &self.merges {
            let node = match (left[merge.left], left[merge.right]) {
                (Some(one), Some(other)) => Some(tree.push(one, other)),
                (one, other) => one.or(other),
            };
            left.push(node);
        }
        tree
    }

    /// Number of leaves.
    pub fn leaves(&self) -> usize {
        self.leaves
    }

    /// Number of nodes, leaves included.
    pub fn nodes(&self) -> usize {
        self.ranges.len()
    }

    /// The merges, each after those that made its parts.
    pub fn merges(&self) -> &[Merge] {
        &self.merges
    }

    /// The node of all leaves; `None` without leaves.
    pub fn root(&self) -> Option<usize> {
        self.nodes().checked_sub(1)
    }

    /// The leaves of a node; none of one that does not exist.
    pub fn range(&self, node: usize) -> Range<usize> {
        self.ranges.get(node).cloned().unwrap_or_default()
    }

    /// The two parts of a node; `None` of a leaf and of one that does not exist.
    pub fn parts(&self, node: usize) -> Option<(usize, usize)> {
        let merge = self.merges.get(node.checked_sub(self.leaves)?)?;
        Some((merge.left, merge.right))
    }

    /// How many merges lie above each node.
    pub fn depths(&self) -> Vec<usize> {
        let mut depths = vec![0; self.nodes()];
        for (index, merge) in self.merges.iter().enumerate().rev() {
            let below = depths[self.leaves + index] + 1;
            depths[merge.left] = below;
            depths[merge.right] = below;
        }
        depths
    }

    fn of_leaves(leaves: usize) -> MergeTree {
        MergeTree {
            leaves,
            merges: Vec::with_capacity(leaves.saturating_sub(1)),
            ranges: (0..leaves).map(|leaf| leaf..leaf + 1).collect(),
        }
    }

    /// Merges two nodes that are neighbours and belong to no other yet.
    fn push(&mut self, left: usize, right: usize) -> usize {
        let range = self.ranges[left].start..self.ranges[right].end;
        self.merges.push(Merge {
            left,
            right,
            height: range.len() as f64 / self.leaves as f64,
            size: range.len(),
        });
        self.ranges.push(range);
        self.nodes() - 1
    }
}

/// A tree in the making: the nodes that belong to no other yet, from left to right.
struct Groups {
    tree: MergeTree,
    nodes: Vec<usize>,
}

impl Groups {
    fn new(leaves: usize) -> Groups {
        Groups {
            tree: MergeTree::of_leaves(leaves),
            nodes: (0..leaves).collect(),
        }
    }

    fn range(&self, at: usize) -> Range<usize> {
        self.tree.range(self.nodes[at])
    }

    fn merge(&mut self, at: usize) {
        let right = self.nodes.remove(at + 1);
        self.nodes[at] = self.tree.push(self.nodes[at], right);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_of_no_leaf_and_of_one_have_no_merges() {
        let none = MergeTree::by_scores(&[] as &[&str]);
        assert_eq!((none.nodes(), none.root()), (0, None));
        let one = MergeTree::by_scores(&["film"]);
        assert_eq!((one.nodes(), one.root(), one.parts(0)), (1, Some(0), None));
        assert_eq!(one.restricted_to(|_| false), none);
        assert_eq!(MergeTree::by_gap_order(0, &[]), Some(none));
        assert_eq!(MergeTree::by_gap_order(1, &[]), Some(one));
    }

    #[test]
    fn gap_orders_that_name_no_gap_are_refused() {
        assert_eq!(MergeTree::by_gap_order(3, &[0]), None);
        assert_eq!(MergeTree::by_gap_order(3, &[0, 2]), None);
        assert_eq!(MergeTree::by_gap_order(0, &[0]), None);
    }

    #[test]
    fn two_separators_in_a_row_are_merged_last() {
        let tree = MergeTree::by_scores(&["so", "bad", "[SEP]", "[SEP]", "not", "bad"]);
        assert_eq!(
            tree.parts(10)
                .map(|(left, right)| (tree.range(left), tree.range(right))),
            Some((0..3, 3..6))
        );
    }

    #[test]
    fn five_hundred_leaves_take_no_time_to_speak_of() {
        let labels: Vec<String> = (0..512)
            .map(|at| ["a", "##b", ",", "(", ")", "."][at * at % 6].to_owned())
            .collect();
        let start = std::time::Instant::now();
        let tree = MergeTree::by_scores(&labels);
        assert!(start.elapsed().as_millis() < 500, "{:?}", start.elapsed());
        assert_eq!(tree.range(1022), 0..512);
        assert_eq!(tree.depths()[1022], 0);
    }
}
