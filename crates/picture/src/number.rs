//! Numbers as people read them on the page, and as programs read them from a file.

use std::borrow::Cow;

/// How numbers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NumberStyle {
    /// For files: ASCII, a point, a hyphen as minus.
    Export,
    /// For English readers: a point, U+2212 as minus, the percent sign behind.
    #[default]
    English,
    /// For Turkish readers: a comma, U+2212 as minus, the percent sign in front.
    Turkish,
}

impl NumberStyle {
    /// A number with a fixed number of decimals.
    ///
    /// ```
    /// use vitrine_picture::NumberStyle;
    /// assert_eq!(NumberStyle::English.fixed(-1.5, 2), "−1.50");
    /// assert_eq!(NumberStyle::Turkish.fixed(-1.5, 2), "−1,50");
    /// assert_eq!(NumberStyle::Export.fixed(-0.001, 2), "0.00");
    /// assert_eq!(NumberStyle::English.fixed(f32::NEG_INFINITY, 2), "−∞");
    /// ```
    pub fn fixed(self, value: impl Into<f64>, decimals: usize) -> String {
        self.write(value.into(), decimals)
    }

    /// A difference with a fixed number of decimals, and a plus where it is positive.
    ///
    /// ```
    /// use vitrine_picture::NumberStyle;
    /// assert_eq!(NumberStyle::English.signed(1.5, 1), "+1.5");
    /// assert_eq!(NumberStyle::Turkish.signed(-1.5, 1), "−1,5");
    /// assert_eq!(NumberStyle::English.signed(0.001, 1), "0.0");
    /// ```
    pub fn signed(self, value: impl Into<f64>, decimals: usize) -> String {
        let value = value.into();
        let plain = self.fixed(value, decimals);
        let is_zero = !plain.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
        if value > 0.0 && !is_zero {
            format!("+{plain}")
        } else {
            plain
        }
    }

    /// A difference of shares in percentage points, without the unit.
    ///
    /// ```
    /// use vitrine_picture::NumberStyle;
    /// assert_eq!(NumberStyle::English.points(-0.0527), "−5.3");
    /// assert_eq!(NumberStyle::Turkish.points(0.301), "+30,1");
    /// assert_eq!(NumberStyle::English.points(0.000123), "+0.01");
    /// assert_eq!(NumberStyle::English.points(0.0), "0");
    /// assert_eq!(NumberStyle::English.points(-1.0), "−100");
    /// ```
    pub fn points(self, difference: f32) -> String {
        let points = difference * 100.0;
        match points.abs() {
            0.0 => self.fixed(0.0, 0),
            size if size >= 99.95 => self.signed(points, 0),
            size if size >= 0.995 => self.signed(points, 1),
            _ => self.signed(points, 2),
        }
    }

    /// A share of one as a percentage with a fixed number of decimals, to be compared with another.
    ///
    /// ```
    /// use vitrine_picture::NumberStyle;
    /// assert_eq!(NumberStyle::English.percent_fixed(0.9652, 1), "96.5%");
    /// assert_eq!(NumberStyle::Turkish.percent_fixed(0.9652, 1), "%96,5");
    /// ```
    pub fn percent_fixed(self, share: f32, decimals: usize) -> String {
        let number = self.write(f64::from(share) * 100.0, decimals);
        match self {
            NumberStyle::Turkish => format!("%{number}"),
            _ => format!("{number}%"),
        }
    }

    fn write(self, value: f64, decimals: usize) -> String {
        if value.is_infinite() && self != NumberStyle::Export {
            return String::from(if value < 0.0 { "\u{2212}∞" } else { "∞" });
        }
        let plain = format!("{value:.decimals$}");
        // A zero that was rounded from below keeps its sign in Rust; no reader wants it.
        let is_zero = plain.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
        let plain = if is_zero {
            plain.trim_start_matches('-')
        } else {
            &plain
        };
        match self {
            NumberStyle::Export => plain.to_owned(),
            NumberStyle::English => plain.replace('-', "\u{2212}"),
            NumberStyle::Turkish => plain.replace('-', "\u{2212}").replace('.', ","),
        }
    }

    /// A count, in groups of three digits.
    ///
    /// ```
    /// use vitrine_picture::NumberStyle;
    /// assert_eq!(NumberStyle::English.count(20_000), "20,000");
    /// assert_eq!(NumberStyle::Turkish.count(1_234_567), "1.234.567");
    /// assert_eq!(NumberStyle::Export.count(20_000), "20000");
    /// assert_eq!(NumberStyle::English.count(7), "7");
    /// ```
    pub fn count(self, count: usize) -> String {
        let mark = match self {
            NumberStyle::Export => return count.to_string(),
            NumberStyle::English => ',',
            NumberStyle::Turkish => '.',
        };
        let digits = count.to_string();
        let mut grouped = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(mark);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// A number to three significant figures, small ones as a power of ten.
    ///
    /// ```
    /// use vitrine_picture::NumberStyle;
    /// assert_eq!(NumberStyle::English.significant(0.012345), "0.0123");
    /// assert_eq!(NumberStyle::English.significant(-3.14159), "−3.14");
    /// assert_eq!(NumberStyle::Turkish.significant(1.19e-7), "1,19·10⁻⁷");
    /// assert_eq!(NumberStyle::Export.significant(1.19e-7), "1.19e-7");
    /// ```
    pub fn significant(self, value: f32) -> String {
        let value = f64::from(value);
        if value == 0.0 || !value.is_finite() {
            return self.write(value, 0);
        }
        let scientific = format!("{value:.2e}");
        let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        if exponent >= -4 {
            let decimals = usize::try_from(2 - exponent).unwrap_or(0);
            return self.write(value, decimals);
        }
        match self {
            NumberStyle::Export => scientific,
            _ => {
                let mantissa: f64 = mantissa.parse().unwrap_or(value);
                format!("{}·10{}", self.write(mantissa, 2), superscript(exponent))
            }
        }
    }

    /// A share of one as a percentage to two significant figures; three near the whole.
    ///
    /// ```
    /// use vitrine_picture::NumberStyle;
    /// assert_eq!(NumberStyle::English.percent(0.7149), "71%");
    /// assert_eq!(NumberStyle::Turkish.percent(0.0449), "%4,5");
    /// assert_eq!(NumberStyle::English.percent(0.9967), "99.7%");
    /// assert_eq!(NumberStyle::English.percent(0.00001), "<0.01%");
    /// ```
    pub fn percent(self, share: f32) -> String {
        let percent = f64::from(share) * 100.0;
        let (sign, number) = match percent {
            percent if percent > 0.0 && percent < 0.01 => ("<", self.write(0.01, 2)),
            percent if percent > 99.9 && percent < 100.0 => (">", self.write(99.9, 1)),
            percent if percent == 0.0 || percent >= 100.0 => ("", self.write(percent, 0)),
            percent if percent >= 99.0 => ("", self.write(percent, 1)),
            percent if percent >= 9.95 => ("", self.write(percent, 0)),
            percent if percent >= 0.995 => ("", self.write(percent, 1)),
            percent => ("", self.write(percent, 2)),
        };
        match self {
            NumberStyle::Turkish => format!("{sign}%{number}"),
            _ => format!("{sign}{number}%"),
        }
    }

    /// Bytes as megabytes of a million bytes, with one decimal, without the unit.
    ///
    /// ```
    /// assert_eq!(vitrine_picture::NumberStyle::Turkish.megabytes(24_130_000), "24,1");
    /// ```
    pub fn megabytes(self, bytes: u64) -> String {
        self.write(bytes as f64 / 1e6, 1)
    }
}

fn superscript(number: i32) -> String {
    number
        .to_string()
        .chars()
        .map(|character| match character {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            '0' | '4'..='9' => {
                char::from_u32('⁰' as u32 + character as u32 - '0' as u32).unwrap_or(character)
            }
            other => other,
        })
        .collect()
}

/// A finite number at full precision, as few digits as bring the same `f32` back.
pub(crate) fn exact(value: f32) -> Cow<'static, str> {
    if value == 0.0 {
        Cow::Borrowed("0")
    } else {
        Cow::Owned(value.to_string())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn exports_are_ascii_and_read_back(value in -1e6f32..1e6) {
            prop_assert_eq!(exact(value).parse::<f32>().unwrap(), value);
            prop_assert!(exact(value).is_ascii());
            prop_assert!(NumberStyle::Export.significant(value).is_ascii());
            prop_assert!(NumberStyle::Export.fixed(value, 3).is_ascii());
        }

        #[test]
        fn three_figures_are_near_the_number(value in -1e4f32..1e4) {
            let read: f64 = NumberStyle::Export.significant(value).parse().unwrap();
            let value = f64::from(value);
            prop_assert!((read - value).abs() <= value.abs() * 0.00501, "{read} for {value}");
        }

        #[test]
        fn the_page_never_writes_a_hyphen_for_minus(value in proptest::num::f32::NORMAL) {
            for style in [NumberStyle::English, NumberStyle::Turkish] {
                prop_assert!(!style.significant(value).contains('-'));
                prop_assert!(!style.fixed(value, 2).contains('-'));
            }
        }

        #[test]
        fn turkish_writes_the_comma(share in 0f32..=1.0) {
            let percent = NumberStyle::Turkish.percent(share);
            prop_assert!(!percent.contains('.'), "{percent}");
            let english = NumberStyle::English.percent(share);
            prop_assert_eq!(percent.replace([',', '%'], ""), english.replace(['.', '%'], ""));
        }
    }

    #[test]
    fn percentages_do_not_jump_to_certainty() {
        let check = |share: f32, expect: &str| assert_eq!(NumberStyle::English.percent(share), expect);
        check(0.0, "0%");
        check(1.0, "100%");
        check(0.99999, ">99.9%");
        check(0.1, "10%");
        check(0.0099, "0.99%");
        check(0.5, "50%");
    }
}
