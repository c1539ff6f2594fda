//! The colours that paints stand for, read from the page's own style sheet.

use std::{collections::BTreeMap, sync::OnceLock};

use vitrine_record::HeadIdx;

use crate::{Colour, Paint, Strand, combined_opacity};

const TOKENS_CSS: &str = include_str!("../../../www/tokens.css");

/// How many heads have a hue of their own; a model with more uses the hues again.
pub const HEAD_HUES: usize = 12;

const HEAD_TOKENS: [&str; HEAD_HUES] = [
    "head-0", "head-1", "head-2", "head-3", "head-4", "head-5", "head-6", "head-7", "head-8", "head-9",
    "head-10", "head-11",
];

/// Of text to its ground: WCAG 2.2, success criterion 1.4.3.
const LEAST_CONTRAST_OF_TEXT: f64 = 4.5;

/// Light paper or dark night.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark ink on light paper.
    #[default]
    Light,
    /// Light ink on dark paper.
    Dark,
}

/// A colour token that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("colour token --{name} has the value `{value}`: write #rrggbb or light-dark(#rrggbb, #rrggbb)")]
pub struct PaletteError {
    name: String,
    value: String,
}

/// The colours of all tokens, in both themes.
#[derive(Clone, Debug, PartialEq)]
pub struct Palette {
    colours: BTreeMap<String, (Colour, Colour)>,
}

impl Palette {
    /// The palette of `www/tokens.css`.
    #[allow(
        clippy::expect_used,
        reason = "the file is part of the build, and a test parses it"
    )]
    pub fn built_in() -> &'static Palette {
        static PALETTE: OnceLock<Palette> = OnceLock::new();
        PALETTE.get_or_init(|| Palette::parse(TOKENS_CSS).expect("www/tokens.css holds readable colours"))
    }

    /// Reads the custom properties of a style sheet that has nothing but colours in them.
    ///
    /// ```
    /// use vitrine_picture::Palette;
    /// assert!(Palette::parse(":root { --ink: light-dark(#000000, #ffffff); }").is_ok());
    /// assert!(Palette::parse(":root { --ink: black; }").is_err());
    /// ```
    pub fn parse(css: &str) -> Result<Palette, PaletteError> {
        let mut colours = BTreeMap::new();
        for declaration in without_comments(css).split(['{', '}', ';']) {
            let Some((name, value)) = declaration
                .trim()
                .strip_prefix("--")
                .and_then(|rest| rest.split_once(':'))
            else {
                continue;
            };
            let (name, value) = (name.trim(), value.trim());
            let pair = value
                .strip_prefix("light-dark(")
                .and_then(|rest| rest.strip_suffix(')'));
            let both = match pair.and_then(|pair| pair.split_once(',')) {
                Some((light, dark)) => Colour::from_hex(light.trim()).zip(Colour::from_hex(dark.trim())),
                None => Colour::from_hex(value).map(|colour| (colour, colour)),
            };
            let both = both.ok_or_else(|| PaletteError {
                name: name.into(),
                value: value.into(),
            })?;
            colours.insert(name.to_owned(), both);
        }
        Ok(Palette { colours })
    }

    /// The colour of a token by its name without the two hyphens.
    pub fn token(&self, name: &str, theme: Theme) -> Option<Colour> {
        self.colours.get(name).map(|&(light, dark)| match theme {
            Theme::Light => light,
            Theme::Dark => dark,
        })
    }

    /// What paints that lie on each other, from back to front, come to: one colour and its opacity (Porter and Duff
    /// 1984, `over`), in sRGB as canvas and SVG have it.
    pub fn blend(&self, strands: &[Strand], theme: Theme) -> (Colour, f32) {
        if let [Strand { paint, opacity }] = *strands {
            return (self.colour(paint, theme), opacity);
        }
        let mut sums = [0.0; 3];
        for &Strand { paint, opacity } in strands {
            let Colour { red, green, blue } = self.colour(paint, theme);
            for (sum, channel) in sums.iter_mut().zip([red, green, blue]) {
                *sum = *sum * (1.0 - opacity) + f32::from(channel) * opacity;
            }
        }
        let opacity = combined_opacity(strands.iter().map(|strand| strand.opacity));
        // Each is a mean of numbers from 0 to 255.
        let [red, green, blue] = sums.map(|sum| (sum / opacity.max(f32::MIN_POSITIVE)).round() as u8);
        (Colour { red, green, blue }, opacity)
    }

    /// The scale of what cannot be negative in 256 steps, for pictures with many cells.
    pub fn sequential_ramp(&self, theme: Theme) -> [Colour; 256] {
        std::array::from_fn(|step| self.colour(Paint::Sequential(step as f32 / 255.0), theme))
    }

    /// The signed scale in 511 steps, from −1 over 0 to 1, for pictures with many cells.
    pub fn signed_ramp(&self, theme: Theme) -> [Colour; 511] {
        std::array::from_fn(|step| self.colour(Paint::Signed(step as f32 / 255.0 - 1.0), theme))
    }

    /// The colour of a paint. Every paint has one: where the style sheet lacks it (a test forbids that), it is
    /// mid grey, which both papers show.
    pub fn colour(&self, paint: Paint, theme: Theme) -> Colour {
        let token = |name: &str| {
            self.token(name, theme).unwrap_or(Colour {
                red: 128,
                green: 128,
                blue: 128,
            })
        };
        match paint {
            Paint::Paper => token("paper"),
            Paint::Ink => token("ink"),
            Paint::Quiet => token("quiet"),
            Paint::Hairline => token("hairline"),
            Paint::Head(HeadIdx(head)) => token(HEAD_TOKENS[head % HEAD_HUES]),
            Paint::Signed(value) if value < 0.0 => token("signed-zero").mix(token("signed-negative"), -value),
            Paint::Signed(value) => token("signed-zero").mix(token("signed-positive"), value),
            Paint::Sequential(value) => token("sequential-low").mix(token("sequential-high"), value),
            Paint::OnSequential(value) => self.text_on(Paint::Sequential(value), theme),
            Paint::OnSigned(value) => self.text_on(Paint::Signed(value), theme),
        }
    }

    /// Ink or paper, whichever is read better on a ground. In the middle of a scale neither is read well; there it is
    /// the darkest or the lightest that there is, one of which always is.
    fn text_on(&self, ground: Paint, theme: Theme) -> Colour {
        let ground = self.colour(ground, theme);
        let better = |one: Colour, other: Colour| {
            if ground.contrast(one) >= ground.contrast(other) {
                one
            } else {
                other
            }
        };
        let usual = better(self.colour(Paint::Ink, theme), self.colour(Paint::Paper, theme));
        if ground.contrast(usual) >= LEAST_CONTRAST_OF_TEXT {
            return usual;
        }
        let extreme = |name| self.token(name, theme).unwrap_or(usual);
        better(extreme("darkest"), extreme("lightest"))
    }
}

fn without_comments(css: &str) -> String {
    let mut kept = String::new();
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEMES: [Theme; 2] = [Theme::Light, Theme::Dark];

    fn heads(theme: Theme) -> Vec<Colour> {
        (0..HEAD_HUES)
            .map(|head| Palette::built_in().colour(Paint::Head(HeadIdx(head)), theme))
            .collect()
    }

    fn token(name: &str, theme: Theme) -> Colour {
        Palette::built_in().token(name, theme).unwrap()
    }

    fn distance(one: Colour, two: Colour) -> f64 {
        let (one, two) = (one.oklab(), two.oklab());
        (0..3)
            .map(|axis| (one[axis] - two[axis]).powi(2))
            .sum::<f64>()
            .sqrt()
    }

    fn smallest_distance(colours: &[Colour]) -> f64 {
        let mut smallest = f64::INFINITY;
        for (index, &one) in colours.iter().enumerate() {
            for &two in &colours[index + 1..] {
                smallest = smallest.min(distance(one, two));
            }
        }
        smallest
    }

    /// How dichromats see linear light: Machado, Oliveira and Fernandes 2009, severity 1.
    const PROTANOPIA: [[f64; 3]; 3] = [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ];
    const DEUTERANOPIA: [[f64; 3]; 3] = [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ];
    const TRITANOPIA: [[f64; 3]; 3] = [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ];

    fn seen_through(colour: Colour, matrix: [[f64; 3]; 3]) -> Colour {
        let light = colour.linear();
        Colour::from_linear(matrix.map(|row| (0..3).map(|channel| row[channel] * light[channel]).sum()))
    }

    #[test]
    fn every_paint_has_a_token() {
        for name in [
            "paper",
            "ink",
            "quiet",
            "hairline",
            "signed-negative",
            "signed-zero",
            "signed-positive",
        ] {
            assert!(
                Palette::built_in().token(name, Theme::Light).is_some(),
                "--{name}"
            );
        }
        for name in ["sequential-low", "sequential-high"] {
            assert!(
                Palette::built_in().token(name, Theme::Light).is_some(),
                "--{name}"
            );
        }
        for head in 0..HEAD_HUES {
            assert!(
                Palette::built_in()
                    .token(&format!("head-{head}"), Theme::Light)
                    .is_some(),
                "--head-{head}"
            );
        }
    }

    #[test]
    fn head_hues_are_an_even_wheel_whose_neighbours_alternate_in_lightness() {
        for theme in THEMES {
            let colours = heads(theme);
            for head in 0..HEAD_HUES {
                let ([lightness, a, b], [next_lightness, next_a, next_b]) =
                    (colours[head].oklab(), colours[(head + 1) % HEAD_HUES].oklab());
                let step = (next_b.atan2(next_a) - b.atan2(a)).to_degrees().rem_euclid(360.0);
                assert!(
                    (step - 30.0).abs() < 3.0,
                    "{theme:?}: from head {head} the hue turns by {step}°"
                );
                let brighter = next_lightness > lightness;
                assert_eq!(brighter, head % 2 == 0, "{theme:?}: head {head}");
            }
        }
    }

    #[test]
    fn head_hues_can_be_told_apart_by_every_eye() {
        // A distance of 0.02 in OKLab is about the smallest that people notice; marks ask for well over it.
        for theme in THEMES {
            let colours = heads(theme);
            assert!(
                smallest_distance(&colours) > 0.1,
                "{theme:?}: {}",
                smallest_distance(&colours)
            );
            for matrix in [PROTANOPIA, DEUTERANOPIA, TRITANOPIA] {
                let seen: Vec<_> = colours
                    .iter()
                    .map(|&colour| seen_through(colour, matrix))
                    .collect();
                assert!(
                    smallest_distance(&seen) > 0.05,
                    "{theme:?}: {}",
                    smallest_distance(&seen)
                );
            }
        }
    }

    #[test]
    fn marks_and_text_have_the_contrast_that_they_need() {
        for theme in THEMES {
            for paper in ["paper", "surface", "sunken"] {
                let paper_colour = token(paper, theme);
                for text in ["ink", "quiet", "warning", "problem"] {
                    let contrast = token(text, theme).contrast(paper_colour);
                    assert!(
                        contrast >= 4.5,
                        "{theme:?}: --{text} on --{paper} has {contrast:.2}"
                    );
                }
                for mark in [
                    "mark",
                    "focus",
                    "signed-negative",
                    "signed-positive",
                    "sequential-high",
                ] {
                    let contrast = token(mark, theme).contrast(paper_colour);
                    assert!(
                        contrast >= 3.0,
                        "{theme:?}: --{mark} on --{paper} has {contrast:.2}"
                    );
                }
            }
            for (head, colour) in heads(theme).into_iter().enumerate() {
                for paper in ["paper", "surface"] {
                    let contrast = colour.contrast(token(paper, theme));
                    assert!(
                        contrast >= 3.0,
                        "{theme:?}: head {head} on --{paper} has {contrast:.2}"
                    );
                }
            }
        }
    }

    #[test]
    fn scales_grow_away_from_zero() {
        let palette = Palette::built_in();
        for theme in THEMES {
            let zero = palette.colour(Paint::Signed(0.0), theme);
            assert_eq!(zero, token("signed-zero", theme));
            for sign in [-1.0, 1.0] {
                let far: Vec<_> = [0.25, 0.5, 1.0]
                    .iter()
                    .map(|size| distance(zero, palette.colour(Paint::Signed(sign * size), theme)))
                    .collect();
                assert!(far[0] < far[1] && far[1] < far[2], "{theme:?} {sign}: {far:?}");
            }
            assert_eq!(
                palette.colour(Paint::Sequential(1.0), theme),
                token("sequential-high", theme)
            );
        }
    }

    #[test]
    fn text_is_read_on_every_colour_of_a_scale() {
        let palette = Palette::built_in();
        for theme in THEMES {
            for step in -200i16..=200 {
                let place = f32::from(step) / 200.0;
                for (ground, text) in [
                    (Paint::Signed(place), Paint::OnSigned(place)),
                    (Paint::Sequential(place.abs()), Paint::OnSequential(place.abs())),
                ] {
                    let contrast = palette
                        .colour(ground, theme)
                        .contrast(palette.colour(text, theme));
                    assert!(contrast >= 4.5, "{theme:?}: on {ground:?} it is {contrast:.2}");
                }
            }
        }
    }

    #[test]
    fn strands_blend_as_if_drawn_one_after_the_other() {
        let palette = Palette::built_in();
        let strand = |head, opacity| Strand {
            paint: Paint::Head(HeadIdx(head)),
            opacity,
        };
        for theme in THEMES {
            assert_eq!(palette.blend(&[], theme).1, 0.0);
            let alone = palette.blend(&[strand(3, 0.4)], theme);
            assert_eq!(alone, (token("head-3", theme), 0.4));
            let strands = [strand(0, 0.1), strand(4, 0.3), strand(11, 0.8)];
            let (colour, opacity) = palette.blend(&strands, theme);
            for paper in [0.0, 255.0] {
                let over = |below: f32, above: u8, opacity: f32| {
                    below * (1.0 - opacity) + f32::from(above) * opacity
                };
                let one_by_one = strands.iter().fold(paper, |below, strand| {
                    over(below, palette.colour(strand.paint, theme).green, strand.opacity)
                });
                // The blended colour is rounded to a whole number.
                assert!((over(paper, colour.green, opacity) - one_by_one).abs() <= 0.5);
            }
        }
    }

    #[test]
    fn a_broken_token_is_named() {
        let error =
            Palette::parse(":root { /* --no: red; */ --ink: light-dark(#000000, white); }").unwrap_err();
        assert!(error.to_string().contains("--ink"), "{error}");
    }
}
