//! The keys of choices about explanations in an address.

use std::ops::RangeInclusive;

use super::{ExplanationChoice, LimeChoice};
use crate::{
    GapLevel, Grouping, KernelSelection, Salience,
    address::{AddressKeys, AddressValue, Bounded, BoundedOr, Class, Flag, Text},
};

/// Bounds that hold whatever the address says.
pub(super) const EVALUATIONS: RangeInclusive<u32> = 10..=1_000_000;
pub(super) const SAMPLES: RangeInclusive<u32> = 50..=20_000;
pub(super) const STEPS: RangeInclusive<u16> = 1..=Salience::MOST_STEPS as u16;
/// More gaps than this no text that is explained has.
const MOST_GAPS: usize = 4_095;

impl AddressKeys for ExplanationChoice {
    fn each_key(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn AddressValue)) {
        let (masking, lime, path) = (&mut self.masking, &mut self.lime, &mut self.path);
        visit("score", &mut self.score.kind);
        visit("like", &mut Text(&mut self.score.like));
        visit("unlike", &mut Text(&mut self.score.unlike));
        visit("target", &mut Class(&mut self.target));
        visit("link", &mut self.link);
        visit("masking", &mut masking.mode);
        visit("missing", &mut masking.with);
        visit("players", &mut Flag(&mut masking.special_players, "special"));
        visit("method", &mut self.method);
        visit("grouping", &mut self.grouping);
        visit("kernel_features", &mut self.kernel);
        visit(
            "evaluations",
            &mut BoundedOr(&mut self.most_evaluations, EVALUATIONS, ""),
        );
        visit("picture", &mut self.picture);
        visit("seed", &mut Bounded(&mut self.seed, 0..=u32::MAX));
        visit("lime_words", &mut lime.words);
        visit("samples", &mut BoundedOr(&mut lime.samples, SAMPLES, "expected"));
        visit("features", &mut Bounded(&mut lime.features, LimeChoice::FEATURES));
        visit(
            "kernel",
            &mut Bounded(&mut lime.kernel_width, LimeChoice::KERNEL_WIDTHS),
        );
        visit("lime_picture", &mut lime.picture);
        visit("baseline", &mut path.baseline);
        visit("steps", &mut Bounded(&mut path.steps, STEPS));
    }
}

impl AddressValue for KernelSelection {
    fn written(&self) -> String {
        self.to_string()
    }

    fn read(&mut self, value: &str) {
        *self = value.parse().unwrap_or(*self);
    }
}

const PROPOSED: &str = "proposed";

impl AddressValue for Grouping {
    /// Gaps that a person chose are a digit each, 0 for the lowest level.
    fn written(&self) -> String {
        let digit = |level: &GapLevel| GapLevel::ALL.iter().position(|other| other == level);
        match self {
            Grouping::Scores => String::new(),
            Grouping::Proposed => PROPOSED.to_owned(),
            Grouping::Chosen(levels) => {
                let digits = levels.iter().filter_map(digit);
                digits.map(|digit| digit.to_string()).collect()
            }
        }
    }

    fn read(&mut self, value: &str) {
        if value == PROPOSED {
            *self = Grouping::Proposed;
            return;
        }
        let level = |digit: char| {
            let place = digit.to_digit(10).and_then(|digit| usize::try_from(digit).ok());
            place.and_then(|place| GapLevel::ALL.get(place).copied())
        };
        let levels: Option<Vec<GapLevel>> = value.chars().take(MOST_GAPS).map(level).collect();
        if let Some(levels) = levels.filter(|levels| !levels.is_empty()) {
            *self = Grouping::Chosen(levels);
        }
    }
}
