//! Choices that an address keeps: one list says which key stands for what, both ways.

use std::ops::RangeInclusive;

/// What a key of an address stands for.
pub(crate) trait AddressValue {
    /// Its value in an address.
    fn written(&self) -> String;

    /// Takes a value of an address; one that cannot be read leaves it as it is.
    fn read(&mut self, value: &str);
}

/// Choices of which an address has those that are not as by default.
pub(crate) trait AddressKeys: Clone + Default {
    /// Visits each key with what it stands for, in the order in which an address has them.
    fn each_key(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn AddressValue));

    /// Reads a key of an address; other keys, and values that cannot be read, leave everything as it is.
    fn read(&mut self, key: &str, value: &str) {
        self.each_key(&mut |name, place| {
            if name == key {
                place.read(value);
            }
        });
    }

    /// Keys and values for an address: those that are not as by default.
    fn in_address(&self) -> impl Iterator<Item = (&'static str, String)> {
        let written = |mut choices: Self| {
            let mut written = Vec::new();
            choices.each_key(&mut |key, value| written.push((key, value.written())));
            written
        };
        let chosen = written(self.clone()).into_iter();
        chosen
            .zip(written(Self::default()))
            .filter(|(chosen, default)| chosen != default)
            .map(|(chosen, _)| chosen)
    }
}

/// What is or is not so, and the value that says that it is.
pub(crate) struct Flag<'a>(pub &'a mut bool, pub &'static str);

impl AddressValue for Flag<'_> {
    fn written(&self) -> String {
        if *self.0 { self.1.to_owned() } else { String::new() }
    }

    fn read(&mut self, value: &str) {
        *self.0 = value == self.1;
    }
}

/// A text, cut where it is longer than any that is read.
pub(crate) struct Text<'a>(pub &'a mut String);

impl AddressValue for Text<'_> {
    fn written(&self) -> String {
        self.0.clone()
    }

    fn read(&mut self, value: &str) {
        *self.0 = text(value);
    }
}

/// No text of an address is longer.
const MOST_CHARACTERS: usize = 20_000;

/// As much of a text as an address may bring.
pub(crate) fn text(value: &str) -> String {
    value.chars().take(MOST_CHARACTERS).collect()
}

/// A number, held to its bounds when it is read.
pub(crate) struct Bounded<'a, N>(pub &'a mut N, pub RangeInclusive<N>);

impl<N: Copy + TryFrom<u64> + Ord + ToString> AddressValue for Bounded<'_, N> {
    fn written(&self) -> String {
        self.0.to_string()
    }

    fn read(&mut self, value: &str) {
        *self.0 = bounded(value, &self.1).unwrap_or(*self.0);
    }
}

/// The same where there may be no number, and the value that says so.
pub(crate) struct BoundedOr<'a, N>(pub &'a mut Option<N>, pub RangeInclusive<N>, pub &'static str);

impl<N: Copy + TryFrom<u64> + Ord + ToString> AddressValue for BoundedOr<'_, N> {
    fn written(&self) -> String {
        self.0
            .map_or_else(|| self.2.to_owned(), |number| number.to_string())
    }

    fn read(&mut self, value: &str) {
        *self.0 = if value == self.2 {
            None
        } else {
            bounded(value, &self.1).or(*self.0)
        };
    }
}

fn bounded<N: Copy + TryFrom<u64> + Ord>(value: &str, bounds: &RangeInclusive<N>) -> Option<N> {
    let number = N::try_from(value.parse().ok()?).unwrap_or(*bounds.end());
    Some(number.clamp(*bounds.start(), *bounds.end()))
}

/// The nearest of some numbers that are offered.
pub(crate) struct Offered<'a>(pub &'a mut u32, pub &'static [u32]);

impl AddressValue for Offered<'_> {
    fn written(&self) -> String {
        self.0.to_string()
    }

    fn read(&mut self, value: &str) {
        if let Ok(number) = value.parse::<u32>() {
            let nearest = self.1.iter().min_by_key(|offer| offer.abs_diff(number));
            *self.0 = nearest.copied().unwrap_or(*self.0);
        }
    }
}

/// A class in label-id order, or none.
pub(crate) struct Class<'a>(pub &'a mut Option<usize>);

/// The largest number of a class in an address.
pub(crate) const MOST_CLASS: usize = 4_095;

impl AddressValue for Class<'_> {
    fn written(&self) -> String {
        self.0.map_or_else(String::new, |class| class.to_string())
    }

    fn read(&mut self, value: &str) {
        let class = value.parse().ok().filter(|class| *class <= MOST_CLASS);
        *self.0 = class.or(*self.0);
    }
}
