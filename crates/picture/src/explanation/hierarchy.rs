//! The merge tree of a text: groups within groups, each with the sum of its values.

use std::{cmp::Reverse, ops::Range};

use vitrine_record::{Explanation, ExplanationDetail};

use super::{
    ExplanationWords, Measures, Picture, SignedScale, TargetOf,
    part::text_of,
    picture::{MIDDLE_OF_TYPE, NAME},
    signed_bars::{name_at_left, names_width},
};
use crate::{Anchor, Paint, Point, Shape, text_width};

/// A group, or a feature that stands alone.
#[derive(Clone, Debug, PartialEq)]
pub struct HierarchyNode {
    /// Its features, by their places in [`Explanation::features`].
    pub features: Range<usize>,
    /// What stands in the text there.
    pub text: String,
    /// The sum of its values.
    pub value: f64,
    /// How many groups it is in.
    pub depth: usize,
    /// The group of the merge tree that it is; none of a single feature.
    pub group: Option<usize>,
    /// Whether its parts are told apart, and are nodes of their own; a single feature has none.
    pub is_resolved: bool,
}

impl HierarchyNode {
    /// Whether no node lies within it.
    pub fn is_leaf(&self) -> bool {
        self.group.is_none() || !self.is_resolved
    }
}

/// All groups that are told apart, and what they consist of.
#[derive(Clone, Debug, PartialEq)]
pub struct Hierarchy {
    /// Each before its parts, in the order of the text.
    pub nodes: Vec<HierarchyNode>,
    /// What stands in the text where each feature is.
    pub names: Vec<String>,
    /// How many nodes lie within each other at most.
    pub levels: usize,
}

impl Hierarchy {
    /// The merge tree of an explanation that has one. A group that crosses another is left out.
    pub fn new(explanation: &Explanation) -> Option<Hierarchy> {
        let ExplanationDetail::MergeTree(groups) = &explanation.detail else {
            return None;
        };
        let count = explanation.features.len();
        let mut spans: Vec<(Range<usize>, Option<usize>)> = groups
            .iter()
            .enumerate()
            .filter(|(_, group)| group.features.len() > 1 && group.features.end <= count)
            .map(|(place, group)| (group.features.clone(), Some(place)))
            .chain((0..count).map(|feature| (feature..feature + 1, None)))
            .collect();
        // What contains another comes before it.
        spans.sort_by_key(|(features, _)| (features.start, Reverse(features.end)));
        let mut around: Vec<(Range<usize>, bool)> = Vec::new();
        let mut nodes = Vec::new();
        for (features, group) in spans {
            while around
                .last()
                .is_some_and(|(outer, _)| outer.end <= features.start)
            {
                around.pop();
            }
            let crosses = around.last().is_some_and(|(outer, _)| outer.end < features.end);
            let is_hidden = around.last().is_some_and(|(_, is_resolved)| !is_resolved);
            if crosses || is_hidden {
                continue;
            }
            let of_group = group.map(|place| &groups[place]);
            let is_resolved = of_group.is_none_or(|group| group.is_resolved);
            nodes.push(HierarchyNode {
                text: text_of(explanation, features.clone()),
                value: of_group
                    .map_or_else(|| explanation.features[features.start].value, |group| group.value),
                depth: around.len(),
                features: features.clone(),
                group,
                is_resolved,
            });
            around.push((features, is_resolved));
        }
        Some(Hierarchy {
            levels: nodes.iter().map(|node| node.depth + 1).max().unwrap_or(0),
            names: (0..count)
                .map(|feature| text_of(explanation, feature..feature + 1))
                .collect(),
            nodes,
        })
    }

    /// The scale of all nodes: to the largest.
    pub fn scale(&self) -> SignedScale {
        SignedScale::of_values(self.nodes.iter().map(|node| node.value))
    }

    /// The text with its groups below it, the whole at the bottom; of a text that is too long for the width, from above to
    /// below with the numbers of single features beside their names and its groups at the right. Each group reaches over all that it consists of. A group that is not told apart
    /// has an edge.
    pub fn picture(&self, scale: SignedScale, measures: Measures, words: &ExplanationWords<'_>) -> Picture {
        let size = measures.type_size;
        let wide = |name: &String| text_width(name, size) + 0.8 * size;
        let number = self.widest_number(size, words) + 0.6 * size;
        let leaves: Vec<f32> = self.names.iter().map(|name| wide(name).max(number)).collect();
        let total: f32 = leaves.iter().sum();
        if total <= measures.width {
            self.across(&leaves, scale, measures, words)
        } else {
            self.upright(number, scale, measures, words)
        }
    }

    fn widest_number(&self, size: f32, words: &ExplanationWords<'_>) -> f32 {
        let numbers = self.nodes.iter().map(|node| words.values.value(node.value));
        numbers
            .map(|number| text_width(&number, size * NUMBER))
            .fold(0.0, f32::max)
    }

    fn across(
        &self,
        leaves: &[f32],
        scale: SignedScale,
        measures: Measures,
        words: &ExplanationWords<'_>,
    ) -> Picture {
        let size = measures.type_size;
        let mut picture = Picture::new(measures);
        let starts = sums(leaves);
        for (feature, name) in self.names.iter().enumerate() {
            let at = Point {
                x: (starts[feature] + starts[feature + 1]) / 2.0,
                y: size * (ROW / 2.0 + MIDDLE_OF_TYPE),
            };
            picture.text(at, Anchor::Middle, NAME, Paint::Ink, name.clone());
        }
        let row = |level: usize| size * ROW * (1 + level) as f32;
        for node in &self.nodes {
            // The whole is at the bottom, and what has no parts reaches up to the text.
            let bottom = row(self.levels - node.depth);
            let top = if node.is_leaf() {
                row(0)
            } else {
                bottom - size * ROW
            };
            let (left, right) = (starts[node.features.start], starts[node.features.end]);
            let number = Some(words.values.value(node.value));
            self.draw(&mut picture, node, [left, top, right, bottom], scale, number);
        }
        picture.height = row(self.levels);
        picture
    }

    fn upright(
        &self,
        number: f32,
        scale: SignedScale,
        measures: Measures,
        words: &ExplanationWords<'_>,
    ) -> Picture {
        let size = measures.type_size;
        let mut picture = Picture::new(measures);
        let left = names_width(self.names.iter().map(String::as_str), measures);
        let row = |feature: usize| feature as f32 * size * ROW;
        let baseline = |feature: usize| row(feature) + size * (ROW / 2.0 + MIDDLE_OF_TYPE);
        for (feature, name) in self.names.iter().enumerate() {
            let before = Point {
                x: left,
                y: baseline(feature),
            };
            name_at_left(&mut picture, name, Paint::Ink, before);
        }
        // A box of a single feature may be too narrow for its number.
        let left = left + number;
        for node in self.nodes.iter().filter(|node| node.group.is_none()) {
            let at = Point {
                x: left - 0.4 * size,
                y: baseline(node.features.start),
            };
            let number = words.values.value(node.value);
            picture.text(at, Anchor::End, (NUMBER, false), Paint::Quiet, number);
        }
        let column = ((measures.width - left) / self.levels.max(1) as f32).clamp(0.0, number);
        let place = |level: usize| left + level as f32 * column;
        for node in &self.nodes {
            let right = place(self.levels - node.depth);
            let start = if node.is_leaf() { left } else { right - column };
            let (top, bottom) = (row(node.features.start), row(node.features.end));
            let number = node.group.map(|_| words.values.value(node.value));
            self.draw(&mut picture, node, [start, top, right, bottom], scale, number);
        }
        picture.height = row(self.names.len());
        picture
    }

    fn draw(
        &self,
        picture: &mut Picture,
        node: &HierarchyNode,
        [left, top, right, bottom]: [f32; 4],
        scale: SignedScale,
        number: Option<String>,
    ) {
        let size = picture.measures.type_size;
        let corner = Point { x: left, y: top };
        let (wide, high) = (right - left, bottom - top);
        picture.rectangle(corner, wide - 1.0, high - 1.0, scale.paint(node.value));
        if !node.is_resolved {
            let (right, bottom) = (right - 1.0, bottom - 1.0);
            let inset = size * 0.2;
            let ends = [
                (left, top),
                (right, top),
                (right, bottom),
                (left, bottom),
                (left, top),
            ];
            let point = |(x, y): (f32, f32)| Point {
                x: if x == left { x + inset } else { x - inset },
                y: if y == top { y + inset } else { y - inset },
            };
            picture.shapes.push(Shape::Polyline {
                points: ends.into_iter().map(point).collect(),
                width: size * EDGE,
                paint: scale.text_paint(node.value),
            });
        }
        let needed = |number: &str| text_width(number, size * NUMBER) + 0.2 * size;
        let turned = number.as_deref().is_some_and(|number| needed(number) > wide);
        let room = if turned { high } else { wide };
        let has_room = |number: &String| needed(number) <= room && size <= wide.min(high);
        if let Some(number) = number.filter(has_room) {
            // The baseline lies below the middle of what is written, or at its right.
            let beside = size * NUMBER * MIDDLE_OF_TYPE;
            let (right, down) = if turned { (beside, 0.0) } else { (0.0, beside) };
            picture.shapes.push(Shape::Text {
                at: Point {
                    x: left + (wide - 1.0) / 2.0 + right,
                    y: top + (high - 1.0) / 2.0 + down,
                },
                anchor: Anchor::Middle,
                size: size * NUMBER,
                turned,
                bold: false,
                paint: scale.text_paint(node.value),
                content: number,
            });
        }
        let of = match node.group {
            Some(group) => TargetOf::Group {
                group,
                features: node.features.clone().collect(),
            },
            None => TargetOf::Features(node.features.clone().collect()),
        };
        picture.target(of, corner, wide, high);
    }
}

/// Height of a row, width of an edge and the type of numbers, by the size of type.
const ROW: f32 = 1.7;
const EDGE: f32 = 0.14;
const NUMBER: f32 = 0.86;

/// Where each of some lengths begins, and where the last one ends.
fn sums(lengths: &[f32]) -> Vec<f32> {
    let mut sum = 0.0;
    let ends = lengths.iter().map(|length| {
        sum += length;
        sum
    });
    std::iter::once(0.0).chain(ends).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explanation::{
        fixture,
        picture::{TRIED, check_picture, words},
    };

    #[test]
    fn each_group_is_the_sum_of_its_parts() {
        let hierarchy = Hierarchy::new(&fixture::exact()).unwrap();
        assert_eq!(hierarchy.nodes.len(), 19, "ten features, nine groups");
        for (place, node) in hierarchy.nodes.iter().enumerate() {
            let inner = hierarchy.nodes[place + 1..].iter();
            let parts: Vec<&HierarchyNode> = inner
                .take_while(|inner| inner.features.start < node.features.end)
                .filter(|inner| inner.depth == node.depth + 1)
                .collect();
            if node.is_leaf() {
                assert!(parts.is_empty());
                continue;
            }
            let sum: f64 = parts.iter().map(|part| part.value).sum();
            assert!((sum - node.value).abs() < 1e-12, "{node:?}");
            assert_eq!(parts.len(), 2);
            assert_eq!(parts[0].features.end, parts[1].features.start);
        }
    }

    #[test]
    fn what_is_not_told_apart_has_no_parts() {
        let hierarchy = Hierarchy::new(&fixture::truncated()).unwrap();
        let open: Vec<_> = hierarchy
            .nodes
            .iter()
            .filter(|node| !node.is_resolved)
            .map(|node| (node.text.as_str(), node.features.clone()))
            .collect();
        assert_eq!(open, [("A lovely", 0..3), ("not unwatchable", 4..8)]);
        let leaves: usize = hierarchy
            .nodes
            .iter()
            .filter(|node| node.is_leaf())
            .map(|node| node.features.len())
            .sum();
        assert_eq!(leaves, 10, "each feature is in one");
    }

    #[test]
    fn groups_tile_the_picture_in_both_directions() {
        for measures in TRIED {
            for explanation in [fixture::exact(), fixture::truncated()] {
                let hierarchy = Hierarchy::new(&explanation).unwrap();
                let scale = hierarchy.scale();
                let picture = hierarchy.picture(scale, measures, &words(scale));
                check_picture(&picture);
                assert_eq!(picture.targets.len(), hierarchy.nodes.len());
                let area: f32 = picture
                    .targets
                    .iter()
                    .map(|target| target.width * target.height)
                    .sum();
                let ends = |end: fn(&crate::explanation::Target) -> f32| picture.targets.iter().map(end);
                let left = ends(|target| target.corner.x).fold(f32::INFINITY, f32::min);
                let top = ends(|target| target.corner.y).fold(f32::INFINITY, f32::min);
                let right = ends(|target| target.corner.x + target.width).fold(0.0, f32::max);
                let bottom = ends(|target| target.corner.y + target.height).fold(0.0, f32::max);
                let whole = (right - left) * (bottom - top);
                assert!((area - whole).abs() < 0.001 * whole, "no gap: {area} of {whole}");
            }
        }
    }

    #[test]
    fn each_feature_has_its_number_at_every_width() {
        for measures in TRIED {
            let hierarchy = Hierarchy::new(&fixture::exact()).unwrap();
            let scale = hierarchy.scale();
            let picture = hierarchy.picture(scale, measures, &words(scale));
            for node in hierarchy.nodes.iter().filter(|node| node.group.is_none()) {
                let number = words(scale).values.value(node.value);
                let is_it =
                    |shape: &Shape| matches!(shape, Shape::Text { content, .. } if *content == number);
                assert!(picture.shapes.iter().any(is_it), "{number} of {}", node.text);
            }
        }
    }

    #[test]
    fn a_tree_that_is_none_is_no_trouble() {
        assert_eq!(Hierarchy::new(&fixture::surrogate()), None);
        let mut explanation = fixture::exact();
        if let ExplanationDetail::MergeTree(groups) = &mut explanation.detail {
            groups[2].features = 2..6;
            groups[8].features = 0..99;
        }
        let hierarchy = Hierarchy::new(&explanation).unwrap();
        let scale = hierarchy.scale();
        check_picture(&hierarchy.picture(scale, Measures::EXPORT, &words(scale)));
        explanation.features.clear();
        let nothing = Hierarchy::new(&explanation).unwrap();
        assert_eq!((nothing.nodes.len(), nothing.levels), (0, 0));
        check_picture(&nothing.picture(scale, Measures::EXPORT, &words(scale)));
    }
}
