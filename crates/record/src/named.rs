//! Enumerations whose variants have names in addresses and files.

/// Gives an enumeration without fields its list of variants and their names, in both directions.
macro_rules! named {
    ($type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// All of them, in the order in which they are offered.
            pub const ALL: &'static [$type] = &[$($type::$variant),+];

            /// Its name in addresses and files.
            pub fn name(self) -> &'static str {
                match self {
                    $($type::$variant => $name),+
                }
            }

            /// The one of a name.
            pub fn from_name(name: &str) -> Option<$type> {
                $type::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}

pub(crate) use named;
