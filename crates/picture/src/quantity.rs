//! What the weights of a picture are, where their scale ends, and how they are written.

use serde::{Serialize, Serializer};
use vitrine_attention::AttentionSlice;
use vitrine_record::AttentionVariant;

use crate::{NumberStyle, limit_of_differences};

/// What weights are: what is taken for attention, or how much more of it there is in one place than in another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quantity {
    /// What is taken for attention.
    pub variant: AttentionVariant,
    /// Whether it is what that gains and loses.
    pub is_difference: bool,
}

impl Quantity {
    /// What the weights of a slice are.
    pub fn of(slice: &AttentionSlice) -> Quantity {
        Quantity {
            variant: slice.variant(),
            is_difference: slice.is_difference(),
        }
    }

    /// Its name in files. Rollout and flow, which have no heads, are written as head 0.
    pub fn name(self) -> &'static str {
        match (self.variant, self.is_difference) {
            (AttentionVariant::Raw, false) => "attention",
            (AttentionVariant::Raw, true) => "difference",
            (variant, false) => variant.name(),
            (AttentionVariant::ValueWeighted, true) => "value-weighted-difference",
            (AttentionVariant::Rollout, true) => "rollout-difference",
            (AttentionVariant::Flow, true) => "flow-difference",
            (AttentionVariant::GradientTimesAttention, true) => "gradient-times-attention-difference",
        }
    }

    /// Whether its numbers can be negative.
    pub fn is_signed(self) -> bool {
        self.is_difference || self.variant.is_signed()
    }

    /// Where a scale of colours ends that reaches to the largest weight, without its sign.
    pub fn limit(self, largest: f32) -> f32 {
        if self.is_difference && self.variant.is_share() {
            limit_of_differences(largest)
        } else {
            largest.abs()
        }
    }

    /// The weight that a line of full opacity stands for: 1 of shares, else the largest, which is looked for only then;
    /// 1 where that is 0.
    pub fn limit_of_lines(self, largest: impl FnOnce() -> f32) -> f32 {
        if self.variant.is_share() && !self.is_difference {
            return 1.0;
        }
        match self.limit(largest()) {
            limit if limit > 0.0 => limit,
            _ => 1.0,
        }
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl NumberStyle {
    /// A weight in few digits: a share as a percentage, a difference of shares in percentage points without the unit,
    /// other numbers to significant figures.
    ///
    /// ```
    /// use vitrine_picture::{NumberStyle, Quantity};
    /// use vitrine_record::AttentionVariant;
    /// let written = |weight, variant, is_difference| {
    ///     NumberStyle::English.weight(weight, Quantity { variant, is_difference })
    /// };
    /// assert_eq!(written(0.25, AttentionVariant::Rollout, false), "25%");
    /// assert_eq!(written(0.25, AttentionVariant::Raw, true), "+25.0");
    /// assert_eq!(written(1.25, AttentionVariant::ValueWeighted, false), "1.25");
    /// assert_eq!(written(-1.25, AttentionVariant::ValueWeighted, true), "−1.25");
    /// assert_eq!(written(0.25, AttentionVariant::GradientTimesAttention, false), "+0.250");
    /// ```
    pub fn weight(self, weight: f32, quantity: Quantity) -> String {
        match (quantity.variant.is_share(), quantity.is_signed()) {
            (true, false) => self.percent(weight),
            (true, true) => self.points(weight),
            (false, _) => self.exact_weight(weight, quantity, 0),
        }
    }

    /// A weight in digits that can be compared with others: shares of one and their differences with so many decimals,
    /// other numbers to significant figures.
    ///
    /// ```
    /// use vitrine_picture::{NumberStyle, Quantity};
    /// let quantity = Quantity { is_difference: true, ..Quantity::default() };
    /// assert_eq!(NumberStyle::English.exact_weight(0.25, quantity, 3), "+0.250");
    /// assert_eq!(NumberStyle::English.exact_weight(0.25, Quantity::default(), 2), "0.25");
    /// ```
    pub fn exact_weight(self, weight: f32, quantity: Quantity, decimals: usize) -> String {
        match (quantity.variant.is_share(), quantity.is_signed()) {
            (true, false) => self.fixed(weight, decimals),
            (true, true) => self.signed(weight, decimals),
            (false, true) if weight > 0.0 => format!("+{}", self.significant(weight)),
            (false, _) => self.significant(weight),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_quantity_has_a_name_of_its_own() {
        let quantities = AttentionVariant::ALL.into_iter().flat_map(|variant| {
            [false, true].map(|is_difference| Quantity {
                variant,
                is_difference,
            })
        });
        let names: BTreeSet<_> = quantities.map(Quantity::name).collect();
        assert_eq!(names.len(), 2 * AttentionVariant::ALL.len());
        let quantity = Quantity::default();
        assert_eq!(serde_json::to_string(&quantity).unwrap(), "\"attention\"");
    }

    #[test]
    fn only_lines_of_shares_have_a_scale_that_is_always_the_same() {
        let check = |variant, is_difference, largest, expect| {
            let quantity = Quantity {
                variant,
                is_difference,
            };
            assert_eq!(quantity.limit_of_lines(|| largest), expect, "{quantity:?}");
        };
        check(AttentionVariant::Raw, false, 0.3, 1.0);
        check(AttentionVariant::Flow, false, 0.3, 1.0);
        check(AttentionVariant::Raw, true, 0.3, 0.3);
        check(AttentionVariant::Raw, true, 0.001, 0.01);
        check(AttentionVariant::ValueWeighted, false, 0.001, 0.001);
        check(AttentionVariant::ValueWeighted, true, 7.5, 7.5);
        check(AttentionVariant::GradientTimesAttention, false, 0.0, 1.0);
    }
}
