//! How far two orders of the same things agree.

use std::cmp::Ordering;

/// Kendall's τ-b of two lists of numbers for the same things: of all pairs that are tied in neither list, those in the
/// same order minus those in the other, divided by √((n₀ − n₁)(n₀ − n₂)), where n₀ is the number of all pairs and n₁ and n₂
/// are the pairs tied in each list (Kendall 1945, "The treatment of ties in ranking problems"). Without ties it is the
/// τ that Jain and Wallace (2019) compare attention with. 1 for the same order, −1 for the reversed one.
///
/// `None` where it is not defined: lists of unlike lengths, a number that is none, or a list whose numbers are all the
/// same, as those of one thing alone are.
///
/// Each pair is looked at: the lists are as long as a text.
///
/// ```
/// use vitrine_attention::kendall_tau;
/// assert_eq!(kendall_tau(&[1.0, 2.0, 3.0], &[0.1, 0.2, 0.9]), Some(1.0));
/// assert_eq!(kendall_tau(&[1.0, 2.0, 3.0], &[3.0, 1.0, 2.0]), Some(-1.0 / 3.0));
/// assert_eq!(kendall_tau(&[1.0, 1.0], &[1.0, 2.0]), None);
/// ```
pub fn kendall_tau(one: &[f64], other: &[f64]) -> Option<f64> {
    if one.len() != other.len() || one.iter().chain(other).any(|number| number.is_nan()) {
        return None;
    }
    let (mut agreement, mut untied_one, mut untied_other) = (0_i64, 0_u64, 0_u64);
    for first in 0..one.len() {
        for second in first + 1..one.len() {
            let sign = |numbers: &[f64]| match numbers[first].partial_cmp(&numbers[second]) {
                Some(Ordering::Less) => 1_i64,
                Some(Ordering::Greater) => -1,
                _ => 0,
            };
            let (sign_one, sign_other) = (sign(one), sign(other));
            agreement += sign_one * sign_other;
            untied_one += sign_one.unsigned_abs();
            untied_other += sign_other.unsigned_abs();
        }
    }
    if untied_one == 0 || untied_other == 0 {
        return None;
    }
    let tau = agreement as f64 / (untied_one as f64 * untied_other as f64).sqrt();
    // The root is rounded.
    Some(tau.clamp(-1.0, 1.0))
}

/// The place of each in the order from the largest to the smallest, from 1: one more than there are larger ones, so
/// that equal ones share a place.
///
/// ```
/// use vitrine_attention::places;
/// assert_eq!(places(&[0.5, 0.1, 0.5, 0.7]), [2, 4, 2, 1]);
/// ```
pub fn places(numbers: &[f64]) -> Vec<usize> {
    let larger = |number: &f64| numbers.iter().filter(|other| *other > number).count();
    numbers.iter().map(|number| larger(number) + 1).collect()
}
