//! Light, dark, or as the system has it.

use vitrine_picture::Theme;

/// What a person chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeChoice {
    /// As the system has it.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl ThemeChoice {
    /// All choices, in the order in which they are offered.
    pub const ALL: [ThemeChoice; 3] = [ThemeChoice::Auto, ThemeChoice::Light, ThemeChoice::Dark];

    /// The name in the address and in the `data-theme` attribute.
    pub fn name(self) -> &'static str {
        match self {
            ThemeChoice::Auto => "auto",
            ThemeChoice::Light => "light",
            ThemeChoice::Dark => "dark",
        }
    }

    /// The choice of a name.
    pub fn from_name(name: &str) -> Option<ThemeChoice> {
        ThemeChoice::ALL.into_iter().find(|choice| choice.name() == name)
    }
}

/// What a person chose, and what the system has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appearance {
    /// The choice.
    pub choice: ThemeChoice,
    /// Whether the system is dark.
    pub system_dark: bool,
}

impl Appearance {
    /// The theme that results.
    pub fn theme(self) -> Theme {
        match self.choice {
            ThemeChoice::Light => Theme::Light,
            ThemeChoice::Dark => Theme::Dark,
            ThemeChoice::Auto if self.system_dark => Theme::Dark,
            ThemeChoice::Auto => Theme::Light,
        }
    }
}
