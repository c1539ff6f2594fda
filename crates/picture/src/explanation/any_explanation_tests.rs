//! What has to be true of the pictures and files of any explanation.

use proptest::prelude::*;
use vitrine_record::{
    ExplainedFeature, Explanation, ExplanationDetail, MergedGroup, Segment, Token, TokenId, TokenOrder,
    TokenUnit, message::TextInput,
};

use super::{picture::check_picture, picture::words, *};

/// Words, each with whether white space is before it, and its value.
type Words = Vec<(String, bool, f64)>;

fn explanation_of(words: &Words, seams: &[usize], open: usize) -> Explanation {
    let mut text = String::new();
    let (mut tokens, mut features) = (Vec::new(), Vec::new());
    for (place, (word, is_apart, value)) in words.iter().enumerate() {
        if *is_apart {
            text.push(' ');
        }
        let start = text.chars().count();
        text.push_str(word);
        let end = text.chars().count();
        tokens.push(Token {
            text: word.clone(),
            piece: word.clone(),
            id: TokenId(place as u32),
            start,
            end,
            segment: Segment::A,
            special: false,
        });
        features.push(ExplainedFeature {
            text: word.clone(),
            start,
            end,
            segment: Segment::A,
            tokens: place..place + 1,
            value: *value,
        });
    }
    let mut explanation = fixture::explanation(tokens, features);
    explanation.input = TextInput { text, pair: None };
    explanation.detail = ExplanationDetail::MergeTree(tree(&explanation, seams, open));
    explanation
}

/// Neighbours are merged at seams until one group is left; those with at most `open` features are not told apart.
fn tree(explanation: &Explanation, seams: &[usize], open: usize) -> Vec<MergedGroup> {
    let all = explanation.features.len();
    let mut spans: Vec<_> = (0..all).map(|feature| feature..feature + 1).collect();
    let mut groups = Vec::new();
    for seam in seams.iter().cycle() {
        if spans.len() < 2 {
            break;
        }
        let at = seam % (spans.len() - 1);
        let merged = spans[at].start..spans[at + 1].end;
        spans.splice(at..at + 2, [merged.clone()]);
        groups.push(MergedGroup {
            height: merged.len() as f64 / all as f64,
            value: explanation.features[merged.clone()]
                .iter()
                .map(|feature| feature.value)
                .sum(),
            is_resolved: merged.len() > open,
            features: merged,
        });
    }
    groups
}

fn any_words() -> impl Strategy<Value = Words> {
    let value = prop_oneof![Just(0.0), -1.0..1.0f64, -1e-6..1e-6f64];
    prop::collection::vec(("\\PC{1,12}|[a-z]{1,40}", any::<bool>(), value), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn everything_has_its_place(
        words_of_text in any_words(),
        seams in prop::collection::vec(0..50usize, 1..9),
        open in 0..6usize,
        width in 200.0..1800.0f32,
        type_size in 11.0..26.0f32,
        most in 0..12usize,
    ) {
        let explanation = explanation_of(&words_of_text, &seams, open);
        // A line has room for a number and a name.
        let measures = Measures { width: width.max(16.0 * type_size), type_size };
        let scale = SignedScale::of([&explanation]);
        let words = words(scale);
        for has_numbers in [false, true] {
            check_picture(&TokenView::new(&explanation).picture(scale, measures, &words, has_numbers));
        }
        check_picture(&BarChart::new(&explanation, most).picture(scale, measures, &words));
        check_picture(&Waterfall::new(&explanation, most).picture(None, measures, &words));
        check_picture(&ForceBar::for_measures(&explanation, measures).picture(None, measures, &words));
        let hierarchy = Hierarchy::new(&explanation).unwrap();
        check_picture(&hierarchy.picture(hierarchy.scale(), measures, &words));
        let corpus = fixture::corpus(std::slice::from_ref(&explanation), TokenUnit::Words);
        let ranked = corpus.ranked(TokenOrder::TotalSize, 1);
        let cohorts = [Cohort { name: "only one".to_owned(), corpus: &corpus }];
        for order in [TokenOrder::TotalSize, TokenOrder::Mean] {
            check_picture(&corpus_bars(&ranked, &[], order, most, measures, &words));
            check_picture(&corpus_bars(&ranked, &cohorts, order, most, measures, &words));
        }
        check_picture(&text_strips(&corpus, &[0], scale, measures, &words));
    }

    #[test]
    fn what_is_drawn_adds_up(
        words_of_text in any_words(), seams in prop::collection::vec(0..50usize, 1..9), open in 0..6usize,
        most in 0..12usize, smallest in 0.0..0.2f64,
    ) {
        let explanation = explanation_of(&words_of_text, &seams, open);
        let sum: f64 = explanation.features.iter().map(|feature| feature.value).sum();
        let bars = BarChart::new(&explanation, most);
        let drawn: f64 = bars.rows.iter().map(|row| row.contribution.value).sum();
        prop_assert!((drawn - sum).abs() < 1e-9);
        let waterfall = Waterfall::new(&explanation, most);
        let end = waterfall.rows.first().map_or(waterfall.start, |row| row.end);
        prop_assert!((end - explanation.prediction).abs() < 1e-9);
        let force = ForceBar::new(&explanation, smallest);
        let pushed: f64 = force.chevrons.iter().map(|chevron| chevron.contribution.value).sum();
        prop_assert!((force.start + pushed - force.prediction).abs() < 1e-9);
        let lines = csv(&explanation, &crate::fixture::model(2));
        let mut reader = csv::Reader::from_reader(lines.as_bytes());
        let values = reader.records().map(|row| row.unwrap()[7].parse::<f64>().unwrap());
        prop_assert!((values.sum::<f64>() - sum).abs() < 1e-12);
    }
}

#[test]
fn a_number_with_very_many_decimals_may_leave_no_room_for_a_name() {
    let measures = Measures {
        width: 400.0,
        type_size: 25.0,
    };
    for value in [8e-9, -4e-9] {
        let explanation = explanation_of(&vec![("film".to_owned(), false, value)], &[0], 0);
        let words = words(SignedScale::of([&explanation]));
        let scale = SignedScale::of([&explanation]);
        let bars = BarChart::new(&explanation, 1).picture(scale, measures, &words);
        let waterfall = Waterfall::new(&explanation, 1).picture(None, measures, &words);
        for picture in [bars, waterfall] {
            check_picture(&picture);
        }
    }
}
