//! Which features Kernel SHAP gives values.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The shap package's `l1_reg`: features without much of an effect get no value, and the others share what there is.
///
/// ```
/// use vitrine_record::KernelSelection;
/// assert_eq!("10".parse(), Ok(KernelSelection::Features(10)));
/// assert_eq!("aic".parse::<KernelSelection>().unwrap().to_string(), "aic");
/// assert!("0".parse::<KernelSelection>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KernelSelection {
    /// All features have a value: `l1_reg=False`.
    #[default]
    All,
    /// So many at most, at least one: those that least angle regression takes in first. `num_features(10)` is what the
    /// package does if nothing is said. Where a coefficient changes its sign on the way, which it hardly does before
    /// nearly all features are in, the package takes in one less.
    Features(usize),
    /// Those in the corner of the lasso's path with the lowest information criterion of Akaike: `aic`.
    Aic,
    /// With the lowest Bayesian one: `bic`.
    Bic,
}

const ALL: &str = "all";
const AIC: &str = "aic";
const BIC: &str = "bic";

impl fmt::Display for KernelSelection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KernelSelection::All => formatter.write_str(ALL),
            KernelSelection::Features(features) => features.fmt(formatter),
            KernelSelection::Aic => formatter.write_str(AIC),
            KernelSelection::Bic => formatter.write_str(BIC),
        }
    }
}

impl FromStr for KernelSelection {
    type Err = String;

    fn from_str(text: &str) -> Result<KernelSelection, String> {
        match text {
            ALL => Ok(KernelSelection::All),
            AIC => Ok(KernelSelection::Aic),
            BIC => Ok(KernelSelection::Bic),
            _ => match text.parse() {
                Ok(features) if features > 0 => Ok(KernelSelection::Features(features)),
                _ => Err(format!("give a number from 1, or one of {ALL}, {AIC} and {BIC}")),
            },
        }
    }
}
