//! What is taken for attention: the probabilities themselves, or what is made of them.

use serde::{Deserialize, Serialize};

use crate::LayerAttention;

/// What stands for how much a destination takes from a source in a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttentionVariant {
    /// The attention probabilities as the layer computes them.
    #[default]
    Raw,
    /// The length of the vector that moves: the probability times the length of the source's value vector behind the
    /// head's part of the output projection, `‖A[i,j] · (x_j W_V + b_V) W_O‖` (Kobayashi et al. 2020, section 3), and
    /// times the factor that scales the head.
    ValueWeighted,
    /// What reaches the layer's output from each token of the input if attention and the residual connection were
    /// all that mixes tokens (Abnar and Zuidema 2020, equation 1). Of all heads together.
    Rollout,
    /// The most that can flow to the layer's output from each token of the input through pipes as wide as the
    /// attention with its residual connection (Abnar and Zuidema 2020, section 3). Of all heads together.
    Flow,
    /// The probability times the gradient of the predicted class's logit with respect to it, `A ∘ ∂y/∂A` (what Chefer et
    /// al. 2021, "Generic attention-model explainability", equation 5, take the positive part and the mean over heads of).
    GradientTimesAttention,
}

impl AttentionVariant {
    /// All variants, in the order in which they are offered.
    pub const ALL: [AttentionVariant; 5] = [
        AttentionVariant::Raw,
        AttentionVariant::ValueWeighted,
        AttentionVariant::Rollout,
        AttentionVariant::Flow,
        AttentionVariant::GradientTimesAttention,
    ];

    /// Of a text of more tokens no flow is computed: the time that it takes grows with the fourth power of their number.
    pub const MOST_TOKENS_OF_FLOW: usize = 64;

    /// Its name in addresses and files.
    pub fn name(self) -> &'static str {
        match self {
            AttentionVariant::Raw => "raw",
            AttentionVariant::ValueWeighted => "value-weighted",
            AttentionVariant::Rollout => "rollout",
            AttentionVariant::Flow => "flow",
            AttentionVariant::GradientTimesAttention => "gradient-times-attention",
        }
    }

    /// The variant of a name.
    pub fn from_name(name: &str) -> Option<AttentionVariant> {
        AttentionVariant::ALL
            .into_iter()
            .find(|variant| variant.name() == name)
    }

    /// Whether its numbers can be negative.
    pub fn is_signed(self) -> bool {
        self == AttentionVariant::GradientTimesAttention
    }

    /// Whether its numbers are shares of one, between 0 and 1: other numbers have no scale but that of the largest.
    pub fn is_share(self) -> bool {
        matches!(
            self,
            AttentionVariant::Raw | AttentionVariant::Rollout | AttentionVariant::Flow
        )
    }

    /// Whether its rows sum to 1.
    pub fn has_rows_of_one(self) -> bool {
        matches!(self, AttentionVariant::Raw | AttentionVariant::Rollout)
    }

    /// Whether it is one matrix for all heads of a layer, which then is attention of one head.
    pub fn joins_heads(self) -> bool {
        matches!(self, AttentionVariant::Rollout | AttentionVariant::Flow)
    }
}

/// A variant of one layer's attention.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VariantAttention {
    /// What it is made of attention.
    pub variant: AttentionVariant,
    /// `[head, destination, source]`, of one head where the variant [joins heads](AttentionVariant::joins_heads). Numbers
    /// without unit, but those of a gradient, which are in logits.
    pub attention: LayerAttention,
    /// The class whose logit the gradient is of; `None` where there is no gradient.
    pub class: Option<usize>,
}

impl VariantAttention {
    /// Whether all shapes agree with each other; what arrives in a message is held to this.
    pub fn is_consistent(&self) -> bool {
        self.attention.is_consistent()
            && (!self.variant.joins_heads() || self.attention.heads() == 1)
            && self.class.is_some() == (self.variant == AttentionVariant::GradientTimesAttention)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LayerIdx;

    #[test]
    fn names_in_addresses_are_those_in_files() {
        for variant in AttentionVariant::ALL {
            let written = serde_json::to_string(&variant).unwrap();
            assert_eq!(written, format!("\"{}\"", variant.name()));
            assert_eq!(AttentionVariant::from_name(variant.name()), Some(variant));
        }
    }

    #[test]
    fn what_joins_heads_is_of_one_head_and_a_gradient_is_of_a_class() {
        let check = |variant, heads, class, expect| {
            let attention = LayerAttention::new(LayerIdx(1), heads, 1, vec![1.0; heads]).unwrap();
            let of_layer = VariantAttention {
                variant,
                attention,
                class,
            };
            assert_eq!(of_layer.is_consistent(), expect, "{of_layer:?}");
        };
        check(AttentionVariant::Rollout, 1, None, true);
        check(AttentionVariant::Rollout, 2, None, false);
        check(AttentionVariant::ValueWeighted, 2, None, true);
        check(AttentionVariant::ValueWeighted, 2, Some(0), false);
        check(AttentionVariant::GradientTimesAttention, 2, Some(0), true);
        check(AttentionVariant::GradientTimesAttention, 2, None, false);
    }
}
