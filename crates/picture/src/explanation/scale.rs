//! The signed scale of explanations: symmetric about zero, warm towards the target, cool away from it.

use vitrine_explain::Corpus;
use vitrine_record::Explanation;

use super::{Measures, part::parts};
use crate::{Anchor, NumberStyle, Paint, Point, Shape, fitting, text_width};

/// A scale that ends at the same size on both sides of zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignedScale {
    limit: f64,
}

impl SignedScale {
    /// A scale that ends at the largest value of a part of any of the explanations.
    pub fn of<'a>(explanations: impl IntoIterator<Item = &'a Explanation>) -> SignedScale {
        let of_parts = |explanation| parts(explanation).into_iter().map(|part| part.value);
        SignedScale::of_values(explanations.into_iter().flat_map(of_parts))
    }

    /// A scale that ends at the largest value of an occurrence in any of many texts.
    pub fn of_corpus(corpus: &Corpus) -> SignedScale {
        let occurrences = corpus.texts().flat_map(|text| &text.occurrences);
        SignedScale::of_values(occurrences.map(|occurrence| occurrence.value))
    }

    /// A scale that ends at the largest of some values, whatever its sign; what is not finite does not count.
    ///
    /// ```
    /// use vitrine_picture::{Paint, explanation::SignedScale};
    /// let scale = SignedScale::of_values([0.1, -0.4]);
    /// assert_eq!((scale.limit(), scale.place(0.1), scale.place(-9.0)), (0.4, 0.25, -1.0));
    /// assert_eq!(scale.paint(-0.2), Paint::Signed(-0.5));
    /// assert_eq!(SignedScale::of_values([]).place(0.0), 0.0);
    /// ```
    pub fn of_values(values: impl IntoIterator<Item = f64>) -> SignedScale {
        let sizes = values.into_iter().map(f64::abs).filter(|size| size.is_finite());
        SignedScale {
            limit: sizes.fold(0.0, f64::max),
        }
    }

    /// Where the scale ends, on both sides.
    pub fn limit(self) -> f64 {
        self.limit
    }

    /// Where a value stands, −1 to 1.
    pub fn place(self, value: f64) -> f32 {
        if self.limit > 0.0 {
            (value / self.limit).clamp(-1.0, 1.0) as f32
        } else {
            0.0
        }
    }

    /// The paint of a ground.
    pub fn paint(self, value: f64) -> Paint {
        Paint::Signed(self.place(value))
    }

    /// The paint of text on such a ground.
    pub fn text_paint(self, value: f64) -> Paint {
        Paint::OnSigned(self.place(value))
    }

    /// How values on it are written: the limit with three figures, all with the same decimals.
    pub fn values(self, numbers: NumberStyle) -> ValueStyle {
        ValueStyle::new(numbers, self.limit)
    }

    /// The scale as a ramp with its ends and what they mean, from a place down.
    pub(crate) fn legend(
        self,
        words: &super::ExplanationWords<'_>,
        at: Point,
        measures: Measures,
    ) -> (Vec<Shape>, f32) {
        let size = measures.type_size * 0.86;
        let [away, towards] =
            [words.away, words.towards].map(|meaning| fitting(meaning, measures.width, size));
        let meanings = text_width(&away, size) + text_width(&towards, size) + 1.5 * size;
        let width = (measures.width * 0.5).clamp(size * 16.0, size * 19.0);
        let width = width.max(meanings).min(measures.width);
        // What does not fit beside each other stands below each other.
        let last_row = if meanings > width { 2.0 } else { 1.0 };
        let mut shapes = signed_ramp(at, width, measures);
        let text = |x: f32, row: f32, anchor, content: String| Shape::Text {
            at: Point {
                x,
                y: at.y + measures.type_size * (1.5 + 1.1 * row),
            },
            anchor,
            size,
            turned: false,
            bold: false,
            paint: Paint::Quiet,
            content,
        };
        let values = words.values;
        let lengths = [
            values.value(-self.limit),
            values.score(0.0),
            values.value(self.limit),
        ];
        let needed: f32 = lengths
            .iter()
            .map(|number| text_width(number, size) + 0.5 * size)
            .sum();
        for (share, anchor, number, (row, meaning)) in [
            (0.0, Anchor::Start, values.value(-self.limit), (1.0, away)),
            (0.5, Anchor::Middle, values.score(0.0), (1.0, String::new())),
            (1.0, Anchor::End, values.value(self.limit), (last_row, towards)),
        ] {
            let x = at.x + share * width;
            // Zero is in the middle, written or not.
            if share == 0.5 && needed > width {
                continue;
            }
            shapes.push(text(x, 0.0, anchor, number));
            if !meaning.is_empty() {
                shapes.push(text(x, row, anchor, meaning));
            }
        }
        (shapes, measures.type_size * (1.9 + 1.1 * last_row))
    }
}

/// The colours of the signed scale from one end to the other, from a place down.
pub(crate) fn signed_ramp(at: Point, width: f32, measures: Measures) -> Vec<Shape> {
    ramp(at, width, measures, |share| Paint::Signed(2.0 * share - 1.0))
}

/// The colours of the scale of what has no sign, from a place down.
pub(crate) fn sequential_ramp(at: Point, width: f32, measures: Measures) -> Vec<Shape> {
    ramp(at, width, measures, Paint::Sequential)
}

fn ramp(at: Point, width: f32, measures: Measures, paint: impl Fn(f32) -> Paint) -> Vec<Shape> {
    const STEPS: usize = 33;
    let step = width / STEPS as f32;
    let cell = |place: usize| Shape::Rectangle {
        corner: Point {
            x: at.x + place as f32 * step,
            y: at.y,
        },
        // They overlap a little, so that no paper shines through between them.
        width: step + if place + 1 < STEPS { 0.5 } else { 0.0 },
        height: measures.type_size * 0.6,
        paint: paint(place as f32 / (STEPS - 1) as f32),
        opacity: 1.0,
    };
    (0..STEPS).map(cell).collect()
}

/// The scale of values that say for and against, or of values that say only how much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValueScale {
    /// Its ends.
    pub scale: SignedScale,
    /// Whether its values have signs: without, it begins at zero.
    pub is_signed: bool,
    /// How its values are written.
    pub values: ValueStyle,
}

impl ValueScale {
    /// A scale of values with signs.
    pub fn signed(scale: SignedScale, numbers: NumberStyle) -> ValueScale {
        ValueScale {
            scale,
            is_signed: true,
            values: scale.values(numbers),
        }
    }

    /// A scale of values that cannot be negative.
    ///
    /// ```
    /// use vitrine_picture::{NumberStyle, Paint, explanation::{SignedScale, ValueScale}};
    /// let sizes = ValueScale::unsigned(SignedScale::of_values([0.1, 0.4]), NumberStyle::English);
    /// assert_eq!((sizes.paint(0.1), sizes.written(0.1)), (Paint::Sequential(0.25), "0.100".to_owned()));
    /// assert_eq!(sizes.limits(), "0–0.400");
    /// ```
    pub fn unsigned(scale: SignedScale, numbers: NumberStyle) -> ValueScale {
        ValueScale {
            is_signed: false,
            ..ValueScale::signed(scale, numbers)
        }
    }

    /// The paint of a ground.
    pub fn paint(self, value: f64) -> Paint {
        match self.is_signed {
            true => self.scale.paint(value),
            false => Paint::Sequential(self.scale.place(value)),
        }
    }

    /// The paint of text on such a ground.
    pub fn text_paint(self, value: f64) -> Paint {
        match self.is_signed {
            true => self.scale.text_paint(value),
            false => Paint::OnSequential(self.scale.place(value)),
        }
    }

    /// A value as it is written: with its sign, where values have signs.
    pub fn written(self, value: f64) -> String {
        match self.is_signed {
            true => self.values.value(value),
            false => self.values.score(value),
        }
    }

    /// Both ends of the scale.
    pub fn limits(self) -> String {
        let limit = self.values.score(self.scale.limit());
        match self.is_signed {
            true => format!("±{limit}"),
            false => format!("0–{limit}"),
        }
    }
}

/// How the values of an explanation are written, in fixed decimals so that they can be compared: what is shown is what
/// files hold, rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueStyle {
    numbers: NumberStyle,
    decimals: usize,
}

impl ValueStyle {
    /// A style in which a number of the size of the limit has three figures; two decimals at least.
    ///
    /// ```
    /// use vitrine_picture::{NumberStyle, explanation::ValueStyle};
    /// let values = ValueStyle::new(NumberStyle::English, 0.2308);
    /// assert_eq!((values.value(0.2308), values.value(-0.0042)), ("+0.231".to_owned(), "−0.004".to_owned()));
    /// assert_eq!(values.score(0.5), "0.500");
    /// assert_eq!(ValueStyle::new(NumberStyle::Turkish, 3.2).value(-1.5), "−1,50");
    /// assert_eq!(ValueStyle::new(NumberStyle::English, 0.0).value(0.0), "0.00");
    /// ```
    pub fn new(numbers: NumberStyle, limit: f64) -> ValueStyle {
        let exponent = if limit > 0.0 { limit.log10().floor() } else { 0.0 };
        ValueStyle {
            numbers,
            // Between the two bounds, so it is a small whole number.
            decimals: (2.0 - exponent).clamp(2.0, 12.0) as usize,
        }
    }

    /// A difference, with its sign.
    pub fn value(self, value: f64) -> String {
        self.numbers.signed(value, self.decimals)
    }

    /// A score, which has none.
    pub fn score(self, score: f64) -> String {
        self.numbers.fixed(score, self.decimals)
    }

    /// How numbers are written.
    pub fn numbers(self) -> NumberStyle {
        self.numbers
    }

    /// With how many decimals.
    pub fn decimals(self) -> usize {
        self.decimals
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::explanation::{
        Picture, fixture,
        picture::{TRIED, check_picture, words},
    };

    proptest! {
        #[test]
        fn what_is_written_is_the_number_rounded(value in -1.0..1.0f64, limit in 1e-6..10.0f64) {
            let values = ValueStyle::new(NumberStyle::Export, limit);
            let read: f64 = values.value(value).parse().unwrap();
            let half = 0.5 * 10f64.powi(-(values.decimals() as i32));
            prop_assert!((read - value).abs() <= half * (1.0 + 1e-9));
            let figures = values.score(limit).replace('.', "").trim_start_matches('0').len();
            prop_assert!(figures >= 3 || limit >= 1.0, "{}", values.score(limit));
        }

        #[test]
        fn the_scale_is_symmetric(value in -2.0..2.0f64, others in prop::collection::vec(-2.0..2.0f64, 0..5)) {
            let scale = SignedScale::of_values(others.iter().copied().chain([value]));
            prop_assert_eq!(scale.place(value), -scale.place(-value));
            prop_assert!(others.iter().all(|other| other.abs() <= scale.limit()));
        }
    }

    #[test]
    fn several_explanations_have_one_scale_to_the_largest_of_all() {
        let (one, other) = (fixture::exact(), fixture::surrogate());
        let shared = SignedScale::of([&one, &other]).limit();
        let own = [SignedScale::of([&one]).limit(), SignedScale::of([&other]).limit()];
        assert_eq!(shared, own[0].max(own[1]));
        assert!(own[0] > 0.0 && own[1] > 0.0);
    }

    #[test]
    fn what_the_ends_mean_stays_apart_however_long_it_is() {
        for measures in TRIED {
            for towards in [
                "towards x",
                "towards a class whose name is long",
                &"long ".repeat(40),
            ] {
                let scale = SignedScale::of_values([0.25]);
                let words = crate::explanation::ExplanationWords {
                    towards,
                    ..words(scale)
                };
                check_picture(&Picture::new(measures).with_legend(scale, &words));
            }
        }
    }

    #[test]
    fn what_is_no_number_does_not_end_a_scale() {
        assert_eq!(
            SignedScale::of_values([f64::NAN, f64::INFINITY, -0.5]).limit(),
            0.5
        );
    }
}
