//! What a person changes in a run of the model, and which of the two runs they look at.

use std::collections::{BTreeMap, BTreeSet};

use crate::{HeadIdx, Intervention, LayerIdx, Percent, Position};

/// Which run is shown: as it is, with changes, or what the changes do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Run {
    /// The run without changes.
    Untouched,
    /// The changed run.
    Changed,
    /// The changed run and the untouched one beside each other.
    Both,
    /// The changed run minus the untouched one.
    #[default]
    Difference,
}

impl Run {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Run; 4] = [Run::Untouched, Run::Changed, Run::Both, Run::Difference];

    /// Its name in addresses and files.
    pub fn name(self) -> &'static str {
        match self {
            Run::Untouched => "untouched",
            Run::Changed => "changed",
            Run::Both => "both",
            Run::Difference => "difference",
        }
    }

    /// The run of a name.
    pub fn from_name(name: &str) -> Option<Run> {
        Run::ALL.into_iter().find(|run| run.name() == name)
    }
}

/// The changes to a run.
///
/// ```
/// use vitrine_record::{HeadIdx, LayerIdx, Percent, Position, RunChanges};
/// let mut changes = RunChanges::default();
/// changes.heads.insert((LayerIdx(3), HeadIdx(7)), RunChanges::ABLATED);
/// changes.heads.insert((LayerIdx(4), HeadIdx(1)), Percent(50));
/// assert!(changes.hide(Position(2), 3) && changes.hide(Position(0), 3));
/// assert!(!changes.hide(Position(1), 3), "something has to be left to look at");
/// assert_eq!(changes.interventions(6).len(), 2 + 2 * 6);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunChanges {
    /// What heads add is multiplied by this; [`RunChanges::FACTORS`] are allowed, and 100 changes nothing.
    pub heads: BTreeMap<(LayerIdx, HeadIdx), Percent>,
    /// Tokens that are hidden from all queries of all layers.
    pub hidden_keys: BTreeSet<Position>,
}

impl RunChanges {
    /// What a head can be multiplied by.
    pub const FACTORS: std::ops::RangeInclusive<u16> = 0..=200;

    /// The factor of a head that is ablated.
    pub const ABLATED: Percent = Percent(0);

    /// The factor of a head that is as the model has it.
    pub const UNCHANGED: Percent = Percent(100);

    /// Whether there is nothing in it, not even a head whose factor changes nothing.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty() && self.hidden_keys.is_empty()
    }

    /// Whether the run differs from the model's own.
    pub fn has_effect(&self) -> bool {
        !self.hidden_keys.is_empty() || self.heads.values().any(|factor| *factor != Self::UNCHANGED)
    }

    /// Hides one of so many tokens, and says whether it did: one at least has to stay, as attention has to go
    /// somewhere.
    pub fn hide(&mut self, key: Position, tokens: usize) -> bool {
        let is_last = self.hidden_keys.len() + 1 >= tokens && !self.hidden_keys.contains(&key);
        let can_be_hidden = key.0 < tokens && !is_last;
        if can_be_hidden {
            self.hidden_keys.insert(key);
        }
        can_be_hidden
    }

    /// The changes for a model of so many layers; none where all factors change nothing and no token is hidden.
    pub fn interventions(&self, layers: usize) -> Vec<Intervention> {
        let heads = self
            .heads
            .iter()
            .filter(|(_, factor)| **factor != Self::UNCHANGED)
            .map(|(&(layer, head), factor)| Intervention::ScaleHead {
                layer,
                head,
                factor: factor.share(),
            });
        let keys = self.hidden_keys.iter().flat_map(|&key| {
            (0..layers).map(move |layer| Intervention::HideKey {
                layer: LayerIdx(layer),
                key,
            })
        });
        heads.chain(keys).collect()
    }

    /// Holds heads to a model's, and hidden tokens to the number of tokens if that is known. Where all would be
    /// hidden, the first is shown again.
    pub fn clamp(&mut self, layers: usize, heads: usize, tokens: Option<usize>) {
        self.heads
            .retain(|&(layer, head), _| layer.0 < layers && head.0 < heads);
        for factor in self.heads.values_mut() {
            factor.0 = factor.0.clamp(*Self::FACTORS.start(), *Self::FACTORS.end());
        }
        if let Some(tokens) = tokens {
            self.hidden_keys.retain(|key| key.0 < tokens);
            if self.hidden_keys.len() >= tokens {
                self.hidden_keys.pop_first();
            }
        }
    }

    /// The factors as an address has them: layer, head and factor of each, `3.7.0_4.1.50`.
    pub(crate) fn heads_in_address(&self) -> String {
        let heads: Vec<String> = self
            .heads
            .iter()
            .map(|((layer, head), factor)| format!("{layer}.{head}.{factor}"))
            .collect();
        heads.join("_")
    }

    /// Reads what [`RunChanges::heads_in_address`] wrote, each number by `index`; what cannot be read is left out.
    pub(crate) fn read_heads(&mut self, value: &str, index: impl Fn(&str) -> Option<usize>) {
        self.heads = value
            .split('_')
            .filter_map(|entry| {
                let mut numbers = entry.split('.');
                let layer = LayerIdx(index(numbers.next()?)?);
                let head = HeadIdx(index(numbers.next()?)?);
                let factor: u16 = numbers.next()?.parse().ok()?;
                let factor = Percent(factor.clamp(*Self::FACTORS.start(), *Self::FACTORS.end()));
                numbers.next().is_none().then_some(((layer, head), factor))
            })
            .collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_of_one_is_no_intervention() {
        let mut changes = RunChanges::default();
        changes
            .heads
            .insert((LayerIdx(1), HeadIdx(2)), RunChanges::UNCHANGED);
        assert!(changes.interventions(6).is_empty() && !changes.has_effect() && !changes.is_empty());
    }

    #[test]
    fn heads_that_cannot_be_read_are_left_out() {
        let mut changes = RunChanges::default();
        let index = |value: &str| value.parse().ok();
        changes.read_heads("3.7.0_4.1_x.1.2_1.2.3.4_5.0.999_", index);
        let expected = [
            ((LayerIdx(3), HeadIdx(7)), Percent(0)),
            ((LayerIdx(5), HeadIdx(0)), Percent(200)),
        ];
        assert_eq!(changes.heads, BTreeMap::from(expected));
        assert_eq!(changes.heads_in_address(), "3.7.0_5.0.200");
    }

    #[test]
    fn one_token_is_never_hidden() {
        let mut changes = RunChanges {
            hidden_keys: (0..9).map(Position).collect(),
            ..RunChanges::default()
        };
        changes.clamp(6, 12, Some(3));
        assert_eq!(changes.hidden_keys, BTreeSet::from([Position(1), Position(2)]));
        assert!(changes.hide(Position(2), 3), "it is hidden already");
        assert!(!changes.hide(Position(0), 3) && !changes.hide(Position(7), 3));
        changes.clamp(6, 12, Some(0));
        assert!(changes.hidden_keys.is_empty());
    }
}
