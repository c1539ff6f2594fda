//! What a picture of attention is compared with, and how.

/// How two pictures are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// Both are shown, on one scale.
    #[default]
    SideBySide,
    /// The first minus the second.
    Difference,
}

impl Comparison {
    /// Both, in the order in which they are offered.
    pub const ALL: [Comparison; 2] = [Comparison::SideBySide, Comparison::Difference];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Comparison::SideBySide => "side-by-side",
            Comparison::Difference => "difference",
        }
    }

    /// The comparison of a name.
    pub fn from_name(name: &str) -> Option<Comparison> {
        Comparison::ALL.into_iter().find(|way| way.name() == name)
    }
}
