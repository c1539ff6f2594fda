//! Enumerations whose variants have names in addresses and files.

/// Defines an enumeration without fields, each variant with its name, and gives it the list of its variants and the names
/// in both directions.
macro_rules! named {
    (
        $(#[$about:meta])*
        pub enum $type:ident {
            $($(#[$about_variant:meta])* $variant:ident = $name:literal),+ $(,)?
        }
    ) => {
        $(#[$about])*
        pub enum $type {
            $($(#[$about_variant])* $variant),+
        }

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

        impl crate::address::AddressValue for $type {
            fn written(&self) -> String {
                self.name().to_owned()
            }

            fn read(&mut self, value: &str) {
                *self = $type::from_name(value).unwrap_or(*self);
            }
        }
    };
}

pub(crate) use named;
