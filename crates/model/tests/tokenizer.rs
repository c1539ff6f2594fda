//! Tokenization held to Hugging Face's tokenizers in Python, and to its laws for any text at all.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod common;

use std::sync::LazyLock;

use proptest::prelude::*;
use serde::Deserialize;
use vitrine_model::{Encoding, Model};
use vitrine_record::{Segment, Token};

static MODEL: LazyLock<Model> = LazyLock::new(common::shipped);

#[derive(Deserialize)]
struct Recorded {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    text: String,
    pair: Option<String>,
    limit: Option<usize>,
    ids: Vec<u32>,
    segments: Vec<u8>,
    offsets: Vec<(usize, usize)>,
    special: Vec<u8>,
}

fn encode(text: &str, pair: Option<&str>, limit: Option<usize>) -> Encoding {
    MODEL
        .tokenizer()
        .encode(text, pair, limit.unwrap_or(usize::MAX))
        .unwrap()
}

#[test]
fn odd_texts_become_the_tokens_that_python_gives() {
    let recorded: Recorded = common::json("tokenizer/cases.json");
    assert!(recorded.cases.len() > 50);
    for case in recorded.cases {
        let encoding = match case.limit {
            None => MODEL.tokenize(&case.text, case.pair.as_deref()).unwrap(),
            limit => encode(&case.text, case.pair.as_deref(), limit),
        };
        let column = |value: fn(&Token) -> usize| encoding.tokens.iter().map(value).collect::<Vec<_>>();
        let wide = |values: &[u8]| values.iter().map(|&value| usize::from(value)).collect::<Vec<_>>();
        let ids: Vec<u32> = encoding.tokens.iter().map(|token| token.id.0).collect();
        let offsets: Vec<_> = encoding
            .tokens
            .iter()
            .map(|token| (token.start, token.end))
            .collect();
        assert_eq!(ids, case.ids, "ids of {:?}", case.text);
        assert_eq!(offsets, case.offsets, "offsets of {:?}", case.text);
        let segments = column(|token| usize::from(u8::from(token.segment)));
        assert_eq!(segments, wide(&case.segments), "segments of {:?}", case.text);
        assert_eq!(
            column(|token| usize::from(token.special)),
            wide(&case.special),
            "special of {:?}",
            case.text
        );
    }
}

/// Each token is the slice of its text that it names, in order, between the template's tokens.
fn lawful(text: &str, pair: Option<&str>, limit: usize) -> Result<(), TestCaseError> {
    let encoding = encode(text, pair, Some(limit));
    prop_assert!(encoding.tokens.len() <= limit);
    let characters = [text, pair.unwrap_or_default()].map(|text| text.chars().collect::<Vec<_>>());
    let mut last = [0, 0];
    for token in &encoding.tokens {
        let segment = usize::from(u8::from(token.segment));
        if token.special {
            prop_assert_eq!((token.text.as_str(), token.start, token.end), ("", 0, 0));
            continue;
        }
        let slice: String = characters[segment][token.start..token.end].iter().collect();
        prop_assert_eq!(&slice, &token.text);
        prop_assert!(token.start >= last[segment], "tokens are in order");
        last[segment] = token.start;
    }
    let kept = |segment| {
        encoding
            .tokens
            .iter()
            .any(|token| token.segment == segment && !token.special)
    };
    for cut in &encoding.truncations {
        let segment = usize::from(u8::from(cut.segment));
        prop_assert!(cut.tokens_left_out > 0 && cut.unread_from < characters[segment].len());
        prop_assert!(cut.unread_from >= last[segment] || !kept(cut.segment));
    }
    let specials = encoding.tokens.iter().filter(|token| token.special).count();
    prop_assert_eq!(specials, if pair.is_some() { 3 } else { 2 });
    prop_assert_eq!(encoding.tokens[0].segment, Segment::A);
    Ok(())
}

/// Letters that normalisation drops, splits, joins or changes in length, among ordinary ones.
fn odd_text() -> impl Strategy<Value = String> {
    let odd = "aé \u{301}\u{327}İıŞğßﬁ각\u{1100}\u{1161}中。👍\u{1f3fd}\u{200d}\u{fe0f}\0\u{7f}\u{feff}[MASK]#-'\n\u{3000}";
    let letters: Vec<char> = odd.chars().collect();
    proptest::collection::vec(proptest::sample::select(letters), 0..30)
        .prop_map(|letters| letters.into_iter().collect())
}

proptest! {
    #[test]
    fn any_text_keeps_its_places(text in any::<String>(), pair in proptest::option::of(any::<String>()), limit in 3..40usize) {
        lawful(&text, pair.as_deref(), limit)?;
    }

    #[test]
    fn any_odd_text_keeps_its_places(text in odd_text(), pair in proptest::option::of(odd_text()), limit in 3..40usize) {
        lawful(&text, pair.as_deref(), limit)?;
    }
}
