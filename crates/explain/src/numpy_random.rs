//! NumPy's legacy generator of random numbers, so that a seed draws here what it draws in Python.

use std::ops::Range;

/// Words of the generator's state.
const STATE: usize = 624;
/// Distance of the words that are mixed.
const SHIFT: usize = 397;

/// The generator `numpy.random.RandomState(seed)`: MT19937 (Matsumoto & Nishimura 1998, "Mersenne Twister"), and what
/// NumPy's legacy functions make of its 32-bit words.
///
/// Bounded integers are drawn by masked rejection (words are cut to the bits of the largest number, and drawn again
/// while they exceed it), permutations by Fisher and Yates from the end, and numbers in `[0, 1)` with 53 bits from two
/// words: see the `legacy` sources of NumPy, whose streams are frozen (NEP 19).
///
/// ```
/// use vitrine_explain::NumpyRandom;
/// let mut random = NumpyRandom::new(42);
/// assert_eq!(random.random_sample(), 0.3745401188473625);
/// assert_eq!(NumpyRandom::new(42).permutation(5), [1, 4, 2, 0, 3]);
/// ```
#[derive(Clone, Debug)]
pub struct NumpyRandom {
    state: Vec<u32>,
    /// The next word that has not been given out; [`STATE`] if there is none.
    next: usize,
}

impl NumpyRandom {
    /// The generator that `numpy.random.RandomState(seed)` or `numpy.random.seed(seed)` makes of an integer.
    pub fn new(seed: u32) -> NumpyRandom {
        let mut state = vec![seed; STATE];
        for index in 1..STATE {
            let before = state[index - 1];
            // An index below 624 fits.
            state[index] = 1_812_433_253_u32
                .wrapping_mul(before ^ before >> 30)
                .wrapping_add(index as u32);
        }
        NumpyRandom { state, next: STATE }
    }

    /// The next 32 bits.
    fn word(&mut self) -> u32 {
        if self.next == STATE {
            for index in 0..STATE {
                let mixed = self.state[index] & 0x8000_0000 | self.state[(index + 1) % STATE] & 0x7fff_ffff;
                let twist = if mixed & 1 == 1 { 0x9908_b0df } else { 0 };
                self.state[index] = self.state[(index + SHIFT) % STATE] ^ mixed >> 1 ^ twist;
            }
            self.next = 0;
        }
        let mut word = self.state[self.next];
        self.next += 1;
        word ^= word >> 11;
        word ^= word << 7 & 0x9d2c_5680;
        word ^= word << 15 & 0xefc6_0000;
        word ^ word >> 18
    }

    /// A whole number from 0 to a largest one, which may be drawn too. Nothing is drawn where there is no choice.
    fn at_most(&mut self, largest: u32) -> u32 {
        if largest == 0 {
            return 0;
        }
        let mask = u32::MAX >> largest.leading_zeros();
        loop {
            let number = self.word() & mask;
            if number <= largest {
                return number;
            }
        }
    }

    /// A whole number of a range: `randint(range.start, range.end)`. An empty range has only its start to give.
    pub fn randint(&mut self, range: Range<u32>) -> u32 {
        let largest = range.end.saturating_sub(range.start).saturating_sub(1);
        range.start + self.at_most(largest)
    }

    /// A number from 0 up to but not including 1: `random_sample()`.
    pub fn random_sample(&mut self) -> f64 {
        let high = f64::from(self.word() >> 5);
        let low = f64::from(self.word() >> 6);
        (high * 67_108_864.0 + low) / 9_007_199_254_740_992.0
    }

    /// Puts things into a random order: `shuffle(things)`.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            // NumPy draws words of 64 bits for lists that no memory holds.
            let other = self.at_most(u32::try_from(last).unwrap_or(u32::MAX));
            things.swap(last, other as usize);
        }
    }

    /// The numbers below `count` in a random order: `permutation(count)`.
    pub fn permutation(&mut self, count: usize) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..count).collect();
        self.shuffle(&mut numbers);
        numbers
    }

    /// Some of the numbers below `count`, none of them twice: `choice(count, size, replace=False)`; all of them if there
    /// are no more than `size`.
    pub fn choice_without_replacement(&mut self, count: usize, size: usize) -> Vec<usize> {
        let mut numbers = self.permutation(count);
        numbers.truncate(size);
        numbers
    }
}
