//! What NumPy draws is drawn here.

use std::collections::BTreeMap;

use serde::Deserialize;
use vitrine_explain::NumpyRandom;

#[derive(Deserialize)]
struct Recorded {
    cases: Vec<Case>,
}

/// Drawn one after the other from one generator.
#[derive(Deserialize)]
struct Case {
    seed: u32,
    random_sample: Vec<f64>,
    randint: Vec<(u32, u32, Vec<u32>)>,
    /// By the number of things, which JSON has as text: their order in the file is not that of the numbers.
    permutation: BTreeMap<String, Vec<usize>>,
    choice: Vec<(usize, usize, Vec<usize>)>,
    random_sample_after: Vec<f64>,
}

#[test]
fn a_seed_draws_what_it_draws_in_numpy() {
    let recorded: Recorded =
        serde_json::from_str(include_str!("../../../tests/fixtures/explain/numpy_random.json")).unwrap();
    assert_eq!(recorded.cases.len(), 5);
    for case in recorded.cases {
        let mut random = NumpyRandom::new(case.seed);
        for number in &case.random_sample {
            assert_eq!(random.random_sample(), *number, "seed {}", case.seed);
        }
        for (low, high, drawn) in &case.randint {
            let ours: Vec<u32> = drawn.iter().map(|_| random.randint(*low..*high)).collect();
            assert_eq!(&ours, drawn, "seed {}, from {low} to {high}", case.seed);
        }
        let mut counts: Vec<usize> = case
            .permutation
            .keys()
            .map(|count| count.parse().unwrap())
            .collect();
        counts.sort_unstable();
        for count in counts {
            assert_eq!(
                random.permutation(count),
                case.permutation[&count.to_string()],
                "seed {}",
                case.seed
            );
        }
        for (count, size, drawn) in &case.choice {
            assert_eq!(
                &random.choice_without_replacement(*count, *size),
                drawn,
                "seed {}",
                case.seed
            );
        }
        let after: Vec<f64> = (0..400).map(|_| random.random_sample()).skip(397).collect();
        assert_eq!(after, case.random_sample_after, "seed {}", case.seed);
    }
}

#[test]
fn where_there_is_no_choice_nothing_is_drawn() {
    let mut random = NumpyRandom::new(3);
    assert_eq!((random.randint(7..8), random.randint(7..7)), (7, 7));
    assert!(random.choice_without_replacement(0, 3).is_empty());
    assert_eq!(random.random_sample(), NumpyRandom::new(3).random_sample());
}
