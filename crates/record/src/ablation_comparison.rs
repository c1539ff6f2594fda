//! By what tokens and heads are compared: a measure of attention, a measure of the effect of their ablation, an order.

use serde::{Deserialize, Serialize};

/// What is taken of attention as a token's importance. In each, the tokens' numbers sum to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenMeasure {
    /// What it receives from the first token, which predictions are read from, in the last layer: mean over the heads.
    #[default]
    ClsLast,
    /// The same in the layer that is looked at.
    ClsLayer,
    /// What it receives from all tokens: mean over tokens, heads and layers.
    Received,
    /// How much of it is in the first token after all layers by attention rollout (Abnar and Zuidema 2020).
    Rollout,
}

impl TokenMeasure {
    /// All measures, in the order in which they are offered.
    pub const ALL: [TokenMeasure; 4] = [
        TokenMeasure::ClsLast,
        TokenMeasure::ClsLayer,
        TokenMeasure::Received,
        TokenMeasure::Rollout,
    ];

    /// Its name in addresses and files.
    pub fn name(self) -> &'static str {
        match self {
            TokenMeasure::ClsLast => "cls-last",
            TokenMeasure::ClsLayer => "cls-layer",
            TokenMeasure::Received => "received",
            TokenMeasure::Rollout => "rollout",
        }
    }

    /// The measure of a name.
    pub fn from_name(name: &str) -> Option<TokenMeasure> {
        TokenMeasure::ALL
            .into_iter()
            .find(|measure| measure.name() == name)
    }
}

/// What is measured of the class that is predicted: with an ablation minus without it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EffectMeasure {
    /// The change of its probability.
    #[default]
    Probability,
    /// The change of its logit.
    Logit,
}

impl EffectMeasure {
    /// Both, in the order in which they are offered.
    pub const ALL: [EffectMeasure; 2] = [EffectMeasure::Probability, EffectMeasure::Logit];

    /// Its name in addresses and files.
    pub fn name(self) -> &'static str {
        match self {
            EffectMeasure::Probability => "probability",
            EffectMeasure::Logit => "logit",
        }
    }

    /// The measure of a name.
    pub fn from_name(name: &str) -> Option<EffectMeasure> {
        EffectMeasure::ALL
            .into_iter()
            .find(|effect| effect.name() == name)
    }
}

/// The order in which tokens and heads stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AblationOrder {
    /// As in the text and in the model.
    #[default]
    Place,
    /// By attention, the largest first.
    Attention,
    /// By the size of the effect, the largest first.
    Effect,
}

impl AblationOrder {
    /// All orders, in the order in which they are offered.
    pub const ALL: [AblationOrder; 3] = [
        AblationOrder::Place,
        AblationOrder::Attention,
        AblationOrder::Effect,
    ];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            AblationOrder::Place => "place",
            AblationOrder::Attention => "attention",
            AblationOrder::Effect => "effect",
        }
    }

    /// The order of a name.
    pub fn from_name(name: &str) -> Option<AblationOrder> {
        AblationOrder::ALL.into_iter().find(|order| order.name() == name)
    }
}

/// By what tokens and heads are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct AblationComparison {
    /// What is taken of attention as a token's importance.
    pub measure: TokenMeasure,
    /// What is measured of the prediction.
    pub effect: EffectMeasure,
    /// The order in which both stand.
    pub order: AblationOrder,
}

impl AblationComparison {
    /// What an address says of it: keys and values, without what is as by default.
    pub(crate) fn in_address(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let default = AblationComparison::default();
        [
            ("measure", self.measure.name(), default.measure.name()),
            ("effect", self.effect.name(), default.effect.name()),
            ("ranked", self.order.name(), default.order.name()),
        ]
        .into_iter()
        .filter(|(_, value, default)| value != default)
        .map(|(key, value, _)| (key, value))
    }

    /// Takes what one key of an address says of it, if it does.
    pub(crate) fn read(&mut self, key: &str, value: &str) {
        match key {
            "measure" => self.measure = TokenMeasure::from_name(value).unwrap_or_default(),
            "effect" => self.effect = EffectMeasure::from_name(value).unwrap_or_default(),
            "ranked" => self.order = AblationOrder::from_name(value).unwrap_or_default(),
            _ => {}
        }
    }
}
