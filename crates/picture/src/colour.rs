//! Colours, and the arithmetic that judges and mixes them.

/// An opaque sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
}

impl Colour {
    /// Reads `#rrggbb`.
    ///
    /// ```
    /// use vitrine_picture::Colour;
    /// assert_eq!(Colour::from_hex("#ff8000"), Some(Colour { red: 255, green: 128, blue: 0 }));
    /// assert_eq!(Colour::from_hex("#ff80"), None);
    /// ```
    pub fn from_hex(text: &str) -> Option<Colour> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        let [_, red, green, blue] = number.to_be_bytes();
        Some(Colour { red, green, blue })
    }

    /// Writes `#rrggbb`.
    pub fn to_hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }

    /// Red, green and blue in linear light, 0 to 1.
    pub fn linear(self) -> [f64; 3] {
        [self.red, self.green, self.blue].map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        })
    }

    /// The nearest colour to red, green and blue in linear light.
    pub fn from_linear(linear: [f64; 3]) -> Colour {
        let [red, green, blue] = linear.map(|value| {
            let value = value.clamp(0.0, 1.0);
            let encoded = if value <= 0.0031308 {
                value * 12.92
            } else {
                1.055 * value.powf(1.0 / 2.4) - 0.055
            };
            // Within 0 to 255 by the clamp above.
            (encoded * 255.0).round() as u8
        });
        Colour { red, green, blue }
    }

    /// Lightness, and the two opponent axes, in OKLab.
    pub fn oklab(self) -> [f64; 3] {
        let [red, green, blue] = self.linear();
        let long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue).cbrt();
        let medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue).cbrt();
        let short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue).cbrt();
        [
            0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
            1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
            0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
        ]
    }

    fn from_oklab([lightness, a, b]: [f64; 3]) -> Colour {
        let long = (lightness + 0.3963377774 * a + 0.2158037573 * b).powi(3);
        let medium = (lightness - 0.1055613458 * a - 0.0638541728 * b).powi(3);
        let short = (lightness - 0.0894841775 * a - 1.2914855480 * b).powi(3);
        Colour::from_linear([
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
        ])
    }

    /// The colour at `share` (0 to 1) of the way to `other`, in OKLab.
    pub fn mix(self, other: Colour, share: f32) -> Colour {
        let share = f64::from(share.clamp(0.0, 1.0));
        let (from, to) = (self.oklab(), other.oklab());
        Colour::from_oklab([0, 1, 2].map(|axis| from[axis] + (to[axis] - from[axis]) * share))
    }

    /// Contrast ratio of WCAG 2, from 1 (the same luminance) to 21 (black on white).
    pub fn contrast(self, other: Colour) -> f64 {
        let luminance = |colour: Colour| {
            let [red, green, blue] = colour.linear();
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        let (one, two) = (luminance(self), luminance(other));
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_colour() -> impl Strategy<Value = Colour> {
        any::<[u8; 3]>().prop_map(|[red, green, blue]| Colour { red, green, blue })
    }

    proptest! {
        #[test]
        fn hexadecimal_round_trips(colour in any_colour()) {
            prop_assert_eq!(Colour::from_hex(&colour.to_hex()), Some(colour));
        }

        #[test]
        fn a_mixture_begins_and_ends_at_its_ingredients(one in any_colour(), two in any_colour()) {
            prop_assert_eq!(one.mix(two, 0.0), one);
            prop_assert_eq!(one.mix(two, 1.0), two);
        }

        #[test]
        fn contrast_is_symmetric_and_bounded(one in any_colour(), two in any_colour()) {
            prop_assert_eq!(one.contrast(two), two.contrast(one));
            prop_assert!((1.0..=21.0 + 1e-9).contains(&one.contrast(two)));
        }

        #[test]
        fn no_text_panics(text in ".{0,9}") {
            let _ = Colour::from_hex(&text);
        }
    }

    #[test]
    fn black_on_white_has_the_largest_contrast() {
        let (black, white) = (
            Colour {
                red: 0,
                green: 0,
                blue: 0,
            },
            Colour {
                red: 255,
                green: 255,
                blue: 255,
            },
        );
        assert!((black.contrast(white) - 21.0).abs() < 1e-9);
        assert!((white.oklab()[0] - 1.0).abs() < 1e-6);
    }
}
