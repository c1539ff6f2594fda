//! SP-LIME: a few explanations that show most of a model.

use std::collections::HashMap;

/// What was picked, and by what.
#[derive(Clone, Debug, PartialEq)]
pub struct SubmodularPick {
    /// The picked explanations by their places in the list, the first picked first.
    pub picks: Vec<usize>,
    /// All features, in the order of their first appearance, with their importance over all explanations.
    pub importance: Vec<(String, f64)>,
    /// The importance of all features that the picks so far show, after each pick.
    pub coverage: Vec<f64>,
}

/// Picks explanations, each a list of features and weights, one after the other: the one that raises the coverage most
/// (Ribeiro, Singh & Guestrin 2016, section 4 and algorithm 2). A feature's importance is I_j = √Σ_i |W_ij|; the coverage
/// of some explanations is the sum of the importance of all features to which one of them gives weight. Of several that
/// raise it equally the last is picked, as in the package.
///
/// ```
/// use vitrine_explain::lime::submodular_pick;
/// let explanation = |words: &[(&str, f64)]| words.iter().map(|(word, w)| (word.to_string(), *w)).collect();
/// let explanations: [Vec<(String, f64)>; 3] = [
///     explanation(&[("bad", -0.5), ("film", 0.1)]),
///     explanation(&[("bad", -0.4)]),
///     explanation(&[("good", 0.3)]),
/// ];
/// let picked = submodular_pick(&explanations, 2);
/// assert_eq!(picked.picks, [0, 2]);
/// assert_eq!(picked.importance[0], ("bad".to_owned(), 0.9_f64.sqrt()));
/// ```
pub fn submodular_pick(explanations: &[Vec<(String, f64)>], picks: usize) -> SubmodularPick {
    let mut features: Vec<String> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    // Of each explanation the weight of each of its features; one that is named twice has the sum.
    let mut weights: Vec<HashMap<usize, f64>> = Vec::new();
    for explanation in explanations {
        let mut of_this: HashMap<usize, f64> = HashMap::new();
        for (feature, weight) in explanation {
            let place = *places.entry(feature).or_insert_with(|| {
                features.push(feature.clone());
                features.len() - 1
            });
            *of_this.entry(place).or_default() += weight;
        }
        weights.push(of_this);
    }
    let mut sums = vec![0.0; features.len()];
    for (place, weight) in weights.iter().flatten() {
        sums[*place] += weight.abs();
    }
    let importance: Vec<f64> = sums.iter().map(|sum: &f64| sum.sqrt()).collect();

    // The features that each explanation shows. What they add is always summed in their order, so that what adds equal
    // parts adds the same.
    let of_each: Vec<Vec<usize>> = weights
        .iter()
        .map(|of_this| {
            let mut places: Vec<usize> = of_this
                .keys()
                .copied()
                .filter(|place| of_this[place] != 0.0)
                .collect();
            places.sort_unstable();
            places
        })
        .collect();
    let mut shown = vec![false; features.len()];
    let mut is_picked = vec![false; explanations.len()];
    let mut picked: Vec<usize> = Vec::new();
    let mut coverage = Vec::new();
    while picked.len() < picks.min(explanations.len()) {
        let added = |index: usize| -> f64 {
            let new = of_each[index].iter().filter(|place| !shown[**place]);
            new.map(|place| importance[*place]).sum()
        };
        let left = (0..explanations.len()).filter(|index| !is_picked[*index]);
        let best = left
            .map(|index| (index, added(index)))
            .max_by(|one, other| one.1.total_cmp(&other.1));
        let Some((index, _)) = best else { break };
        of_each[index].iter().for_each(|place| shown[*place] = true);
        is_picked[index] = true;
        picked.push(index);
        let all = importance.iter().zip(&shown).filter(|(_, shown)| **shown);
        coverage.push(all.map(|(importance, _)| importance).sum());
    }
    SubmodularPick {
        picks: picked,
        importance: features.into_iter().zip(importance).collect(),
        coverage,
    }
}
