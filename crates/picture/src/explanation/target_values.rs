//! What the parts of a picture are worth, for whoever names them.

use std::collections::BTreeMap;

use vitrine_record::{Explanation, ExplanationDetail};

use super::{Hierarchy, SignedScale, TargetOf};

/// The values of all that can be pointed at in the pictures of an explanation, and the scale that each is written on. They
/// are found once: a picture of groups or of pairs has hundreds of parts.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetValues {
    features: Vec<f64>,
    scale: SignedScale,
    /// Of each group that is drawn, by its place in the merge tree.
    groups: BTreeMap<usize, f64>,
    scale_of_groups: SignedScale,
    /// `[feature, feature]`; empty without interactions.
    pairs: Vec<f64>,
    scale_of_pairs: SignedScale,
}

impl TargetValues {
    /// Those of an explanation.
    pub fn new(explanation: &Explanation) -> TargetValues {
        let hierarchy = Hierarchy::new(explanation);
        let nodes = hierarchy.iter().flat_map(|hierarchy| &hierarchy.nodes);
        let pairs = match &explanation.detail {
            ExplanationDetail::Interactions(pairs) => pairs.clone(),
            _ => Vec::new(),
        };
        TargetValues {
            features: explanation.features.iter().map(|feature| feature.value).collect(),
            scale: SignedScale::of([explanation]),
            groups: nodes.filter_map(|node| Some((node.group?, node.value))).collect(),
            scale_of_groups: hierarchy.map_or(SignedScale::of_values([]), |hierarchy| hierarchy.scale()),
            scale_of_pairs: SignedScale::of_values(pairs.iter().copied()),
            pairs,
        }
    }

    /// The value of a part, of several features their sum, and its scale; nothing of what has none, as what the values do
    /// not account for.
    pub fn of(&self, part: &TargetOf) -> Option<(f64, SignedScale)> {
        match part {
            TargetOf::Pair([one, other]) => {
                let count = self.features.len();
                let value = self.pairs.get(one * count + other).filter(|_| *other < count)?;
                Some((*value, self.scale_of_pairs))
            }
            TargetOf::Group { group, .. } => Some((*self.groups.get(group)?, self.scale_of_groups)),
            part => {
                let features = part.features();
                let values = features.iter().filter_map(|feature| self.features.get(*feature));
                (!features.is_empty()).then(|| (values.sum(), self.scale))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explanation::{BarChart, InteractionMatrix, Measures, Picture, fixture, picture::words};

    fn targets(picture: &Picture) -> impl Iterator<Item = &TargetOf> {
        picture.targets.iter().map(|target| &target.of)
    }

    #[test]
    fn each_part_has_the_value_that_is_drawn() {
        let explanation = fixture::truncated();
        let values = TargetValues::new(&explanation);
        let hierarchy = Hierarchy::new(&explanation).unwrap();
        let scale = hierarchy.scale();
        let picture = hierarchy.picture(scale, Measures::EXPORT, &words(scale));
        let mut groups = 0;
        for of in targets(&picture) {
            if let TargetOf::Group { group, .. } = of {
                let node = hierarchy.nodes.iter().find(|node| node.group == Some(*group));
                assert_eq!(values.of(of), node.map(|node| (node.value, scale)));
                groups += 1;
            }
        }
        assert!(groups > 0);

        let scale = SignedScale::of([&explanation]);
        let picture = BarChart::new(&explanation, 3).picture(scale, Measures::EXPORT, &words(scale));
        let sum: f64 = targets(&picture)
            .filter_map(|of| values.of(of))
            .map(|(value, _)| value)
            .sum();
        let expect: f64 = explanation.features.iter().map(|feature| feature.value).sum();
        assert!((sum - expect).abs() < 1e-12, "{sum} for {expect}");
        assert_eq!(values.of(&TargetOf::Features(Vec::new())), None);
    }

    #[test]
    fn each_pair_has_its_interaction() {
        let explanation = fixture::with_interactions();
        let values = TargetValues::new(&explanation);
        let matrix = InteractionMatrix::new(&explanation).unwrap();
        for (row, column) in (0..11).flat_map(|row| (0..11).map(move |column| (row, column))) {
            let found = values.of(&TargetOf::Pair([row, column]));
            assert_eq!(found.map(|(value, _)| value), matrix.value(row, column));
            assert!(found.is_none_or(|(_, scale)| scale == matrix.scale()));
        }
    }
}
