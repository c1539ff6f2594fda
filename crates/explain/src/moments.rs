//! Mean and spread of numbers.

/// Mean and squared deviations of numbers that come one by one (Welford 1962).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    pub(crate) fn add(&mut self, number: f64) {
        self.count += 1.0;
        let before = number - self.mean;
        self.mean += before / self.count;
        self.squares += before * (number - self.mean);
    }

    /// 0 without a number.
    pub(crate) fn mean(&self) -> f64 {
        self.mean
    }

    /// That of these numbers; 0 without a number.
    pub(crate) fn standard_deviation(&self) -> f64 {
        (self.squares / self.count.max(1.0)).sqrt()
    }

    /// That of what these numbers are drawn from, as far as they tell it (n − 1); `None` with fewer than two.
    pub(crate) fn estimated_deviation(&self) -> Option<f64> {
        (self.count > 1.0).then(|| (self.squares / (self.count - 1.0)).sqrt())
    }

    /// By how much the mean may differ from that of what the numbers are drawn from: its standard error.
    pub(crate) fn standard_error(&self) -> Option<f64> {
        Some(self.estimated_deviation()? / self.count.sqrt())
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(numbers: I) -> Moments {
        let mut moments = Moments::default();
        numbers.into_iter().for_each(|number| moments.add(number));
        moments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_those_of_the_numbers() {
        let moments = Moments::from_iter([1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0]);
        assert_eq!(moments.mean(), 1e9 + 10.0);
        assert_eq!(moments.standard_deviation(), 22.5_f64.sqrt());
        assert_eq!(moments.estimated_deviation(), Some(30_f64.sqrt()));
        assert!((moments.standard_error().unwrap() - 7.5_f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn few_numbers_say_little() {
        let (none, one) = (Moments::default(), Moments::from_iter([3.0]));
        assert_eq!((none.mean(), none.standard_deviation()), (0.0, 0.0));
        assert_eq!((one.mean(), one.standard_deviation()), (3.0, 0.0));
        assert_eq!((one.estimated_deviation(), one.standard_error()), (None, None));
    }
}
