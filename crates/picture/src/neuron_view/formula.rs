//! The formula of a step, with vectors as rows: Vaswani et al. 2017, eq. 1 and section 3.2.2, and Ba et al. 2016, eq. 4.

use vitrine_record::HeadComputation;

use super::Step;

/// How high a part of a formula stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// On the line.
    Base,
    /// Below it.
    Sub,
}

/// A formula as text, in which an underscore sets the one character behind it lower.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula(String);

impl Formula {
    /// Reads a formula.
    pub fn new(text: impl Into<String>) -> Formula {
        Formula(text.into())
    }

    /// The text as it was read.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The parts of the formula, in order.
    ///
    /// ```
    /// use vitrine_picture::neuron_view::{Formula, Script};
    /// let parts: Vec<(Script, String)> = Formula::new("x W_K").parts().collect();
    /// assert_eq!(parts, [(Script::Base, "x W".into()), (Script::Sub, "K".into())]);
    /// ```
    pub fn parts(&self) -> impl Iterator<Item = (Script, String)> {
        self.0.split('_').enumerate().flat_map(|(place, part)| {
            let (sub, base) = match part.chars().next() {
                Some(first) if place > 0 => part.split_at(first.len_utf8()),
                _ => ("", part),
            };
            [(Script::Sub, sub.to_owned()), (Script::Base, base.to_owned())]
                .into_iter()
                .filter(|(_, part)| !part.is_empty())
        })
    }

    /// The formula for where nothing can be set lower: with subscript characters where there are some, and the
    /// underscore elsewhere.
    ///
    /// ```
    /// use vitrine_picture::neuron_view::Formula;
    /// assert_eq!(Formula::new("k_j = x_j W_K").plain(), "kⱼ = xⱼ W_K");
    /// ```
    pub fn plain(&self) -> String {
        self.parts()
            .map(|(script, part)| match (script, part.as_str()) {
                (Script::Base, _) => part,
                (Script::Sub, "j") => "ⱼ".to_owned(),
                (Script::Sub, "i") => "ᵢ".to_owned(),
                (Script::Sub, "h") => "ₕ".to_owned(),
                (Script::Sub, _) => format!("_{part}"),
            })
            .collect()
    }
}

impl Step {
    /// Its formula, with the sizes of a computation. `x` is the hidden state before the layer, `d` the head's width,
    /// `h` counts heads, `i` and `j` count tokens.
    pub fn formula(self, computation: &HeadComputation) -> Formula {
        let size = computation.head_size();
        let first = computation.head.0 * size;
        Formula::new(match self {
            Step::Query => "q = x W_Q + b_Q".to_owned(),
            Step::Keys => "k_j = x_j W_K + b_K".to_owned(),
            Step::Products => "q[n] × k_j[n]".to_owned(),
            Step::Scores => format!("s_j = q·k_j / √d, d = {size}"),
            Step::Probabilities => "p_j = exp(s_j) / Σ_i exp(s_i)".to_owned(),
            Step::Values => "v_j = x_j W_V + b_V".to_owned(),
            Step::WeightedSum => "z = Σ_j p_j v_j".to_owned(),
            Step::Projection => format!("c = z W_O[{first}…{}]", first + size - 1),
            Step::Heads => "a = Σ_h c_h + b_O".to_owned(),
            Step::Residual => "r = x + a".to_owned(),
            Step::Normalisation => "y = (r − μ) / √(σ² + ε) · γ + β".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neuron_view::fixture;

    #[test]
    fn a_formula_loses_nothing_but_its_underscores() {
        let computation = fixture::computation(3, 4, 2);
        for step in Step::ALL {
            let formula = step.formula(&computation);
            let parts: String = formula.parts().map(|(_, part)| part).collect();
            assert_eq!(parts, formula.0.replace('_', ""));
            assert!(
                formula
                    .parts()
                    .all(|(script, part)| script == Script::Base || part.chars().count() == 1)
            );
        }
    }

    #[test]
    fn the_rows_of_the_projection_are_those_of_the_head() {
        let mut computation = fixture::computation(3, 4, 2);
        computation.head = vitrine_record::HeadIdx(1);
        assert_eq!(Step::Projection.formula(&computation).plain(), "c = z W_O[4…7]");
    }
}
