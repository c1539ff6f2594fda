//! Which heads are switched on. `None` means all of them; no set is ever empty.

use std::collections::BTreeSet;

use vitrine_record::HeadIdx;

/// The heads that are on, by what the address and the views call it.
pub type HeadChoice = Option<BTreeSet<HeadIdx>>;

/// The heads that are on, as a sentence speaks of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadsOn {
    /// This one alone.
    One(HeadIdx),
    /// So many, but not all.
    Some(usize),
    /// All of so many.
    All(usize),
}

/// The heads that are on, of so many.
pub fn heads_on(choice: &HeadChoice, heads: usize) -> HeadsOn {
    match choice {
        None if heads == 1 => HeadsOn::One(HeadIdx(0)),
        None => HeadsOn::All(heads),
        Some(chosen) => match (chosen.first(), chosen.len()) {
            (Some(&head), 1) => HeadsOn::One(head),
            (_, count) => HeadsOn::Some(count),
        },
    }
}

/// Whether a head is on.
pub fn is_on(choice: &HeadChoice, head: HeadIdx) -> bool {
    choice.as_ref().is_none_or(|heads| heads.contains(&head))
}

/// Switches a head on or off. There is no picture without a head, so switching off the last one restores all.
pub fn toggle(choice: &HeadChoice, head: HeadIdx, heads: usize) -> HeadChoice {
    let mut on = explicit(choice, heads);
    if !on.remove(&head) && head.0 < heads {
        on.insert(head);
    }
    if on.is_empty() {
        return None;
    }
    implicit(on, heads)
}

/// Switches all other heads off; if they are off already, all heads on.
pub fn isolate(choice: &HeadChoice, head: HeadIdx, heads: usize) -> HeadChoice {
    let alone = BTreeSet::from([head]);
    if head.0 >= heads || explicit(choice, heads) == alone {
        None
    } else {
        implicit(alone, heads)
    }
}

fn explicit(choice: &HeadChoice, heads: usize) -> BTreeSet<HeadIdx> {
    (0..heads)
        .map(HeadIdx)
        .filter(|head| is_on(choice, *head))
        .collect()
}

fn implicit(on: BTreeSet<HeadIdx>, heads: usize) -> HeadChoice {
    (on.len() < heads).then_some(on)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_choice() -> impl Strategy<Value = HeadChoice> {
        (1u32..4096).prop_map(|mask| {
            implicit(
                (0..12)
                    .filter(|head| mask >> head & 1 == 1)
                    .map(HeadIdx)
                    .collect(),
                12,
            )
        })
    }

    proptest! {
        #[test]
        fn toggling_twice_changes_nothing(choice in any_choice(), head in 0usize..12) {
            prop_assume!(choice != Some(BTreeSet::from([HeadIdx(head)])));
            let once = toggle(&choice, HeadIdx(head), 12);
            prop_assert!(once.as_ref().is_none_or(|heads| !heads.is_empty() && heads.len() < 12));
            prop_assert_eq!(toggle(&once, HeadIdx(head), 12), choice);
        }

        #[test]
        fn isolating_twice_restores_all(choice in any_choice(), head in 0usize..12) {
            let alone = Some(BTreeSet::from([HeadIdx(head)]));
            prop_assume!(choice != alone);
            let once = isolate(&choice, HeadIdx(head), 12);
            prop_assert_eq!(&once, &alone);
            prop_assert_eq!(isolate(&once, HeadIdx(head), 12), None);
        }
    }

    #[test]
    fn one_head_is_named_and_several_are_counted() {
        let chosen = |heads: &[usize]| Some(heads.iter().copied().map(HeadIdx).collect());
        assert_eq!(heads_on(&None, 12), HeadsOn::All(12));
        assert_eq!(heads_on(&None, 1), HeadsOn::One(HeadIdx(0)));
        assert_eq!(heads_on(&chosen(&[4]), 12), HeadsOn::One(HeadIdx(4)));
        assert_eq!(heads_on(&chosen(&[4, 5]), 12), HeadsOn::Some(2));
    }

    #[test]
    fn switching_off_the_last_head_restores_all() {
        let alone = Some(BTreeSet::from([HeadIdx(4)]));
        assert_eq!(toggle(&alone, HeadIdx(4), 12), None);
        assert_eq!(toggle(&None, HeadIdx(0), 1), None);
        assert_eq!(isolate(&None, HeadIdx(0), 1), None);
    }
}
