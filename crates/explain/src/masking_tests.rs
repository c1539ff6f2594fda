use super::*;
use vitrine_record::TokenId;

fn token(text: &str, start: usize, segment: Segment) -> Token {
    Token {
        text: text.to_owned(),
        piece: text.to_lowercase(),
        id: TokenId(1000 + start as u32),
        start,
        end: start + text.chars().count(),
        segment,
        special: text.is_empty(),
    }
}

fn masker(mode: MaskingMode, with: MaskWith, special_players: bool) -> TokenMasker {
    let a = |text, start| token(text, start, Segment::A);
    let text = ExplainedText {
        model_hash: "hash".to_owned(),
        input: TextInput {
            text: " A lovely,  film. ".to_owned(),
            pair: None,
        },
        tokens: vec![
            a("", 0),
            a("A", 1),
            a("love", 3),
            a("ly", 7),
            a(",", 9),
            a("film", 12),
            a(".", 16),
            a("", 0),
        ],
    };
    let masking = Masking {
        mode,
        with,
        special_players,
    };
    TokenMasker::new(text, masking).unwrap()
}

fn masked(mode: MaskingMode, with: MaskWith, present: u64) -> MaskedInput {
    masker(mode, with, false).input(&Coalition::from_bits(6, present))
}

#[test]
fn a_text_is_masked_as_a_text() {
    let check = |with, present, expect: &str| {
        let expect = MaskedInput::Text(TextInput {
            text: expect.to_owned(),
            pair: None,
        });
        assert_eq!(masked(MaskingMode::String, with, present), expect);
    };
    check(MaskWith::Mask, 0b111111, "A lovely, film.");
    check(MaskWith::Mask, 0b111101, "A [MASK]ly, film.");
    check(MaskWith::Mask, 0b111011, "A love [MASK], film.");
    check(MaskWith::Mask, 0, "[MASK] [MASK] [MASK] [MASK] [MASK] [MASK]");
    check(MaskWith::Delete, 0b110011, "A love film.");
    check(MaskWith::Delete, 0, "");
    check(MaskWith::Pad, 0b000001, "A [PAD] [PAD] [PAD] [PAD] [PAD]");
}

#[test]
fn ids_are_masked_in_place() {
    let check = |with, present, expect: &[Option<u32>], expect_hidden: &[usize]| {
        let MaskedInput::Tokens {
            tokens,
            segments,
            hidden,
        } = masked(MaskingMode::Ids, with, present)
        else {
            panic!("tokens were masked");
        };
        let stands = if with == MaskWith::Pad {
            MaskedToken::Pad
        } else {
            MaskedToken::Mask
        };
        let expect = expect
            .iter()
            .map(|id| id.map_or(stands, |id| MaskedToken::Kept(TokenId(1000 + id))));
        assert_eq!(tokens, expect.collect::<Vec<_>>());
        assert_eq!(segments.len(), tokens.len());
        assert_eq!(
            hidden,
            expect_hidden.iter().map(|at| Position(*at)).collect::<Vec<_>>()
        );
    };
    let (cls, sep) = (Some(0), Some(0));
    let all = [cls, Some(1), Some(3), Some(7), Some(9), Some(12), Some(16), sep];
    check(MaskWith::Mask, 0b111111, &all, &[]);
    check(
        MaskWith::Mask,
        0b111101,
        &[cls, Some(1), None, Some(7), Some(9), Some(12), Some(16), sep],
        &[],
    );
    check(
        MaskWith::Pad,
        0b000001,
        &[cls, Some(1), None, None, None, None, None, sep],
        &[],
    );
    check(MaskWith::Delete, 0b000001, &[cls, Some(1), sep], &[]);
    check(MaskWith::Attention, 0b001111, &all, &[5, 6]);
}

#[test]
fn what_is_hidden_from_attention_is_shown_where_it_stands() {
    let shown = |with, present| {
        let masker = masker(MaskingMode::Ids, with, false);
        masker.shown(&Coalition::from_bits(6, present)).text
    };
    assert_eq!(shown(MaskWith::Attention, 0b111101), "A ‹love›ly, film.");
    assert_eq!(shown(MaskWith::Attention, 0b001111), "A lovely, ‹film›‹.›");
    assert_eq!(shown(MaskWith::Attention, 0), "‹A› ‹love›‹ly›‹,› ‹film›‹.›");
    assert_eq!(shown(MaskWith::Delete, 0b111101), "A ly, film.");
}

#[test]
fn special_tokens_as_players_change_nothing() {
    let with = masker(MaskingMode::Ids, MaskWith::Delete, true);
    assert_eq!(with.players(), 8);
    let nobody = with.input(&Coalition::empty(8));
    assert_eq!(nobody, with.input(&Coalition::empty(8).with(0).with(7)));
    assert_eq!(nobody, masked(MaskingMode::Ids, MaskWith::Delete, 0));
}

#[test]
fn both_texts_of_a_pair_are_masked() {
    let text = ExplainedText {
        model_hash: String::new(),
        input: TextInput {
            text: "so bad".to_owned(),
            pair: Some("not bad".to_owned()),
        },
        tokens: vec![
            token("", 0, Segment::A),
            token("so", 0, Segment::A),
            token("bad", 3, Segment::A),
            token("", 0, Segment::A),
            token("not", 0, Segment::B),
            token("bad", 4, Segment::B),
            token("", 0, Segment::B),
        ],
    };
    let masking = Masking {
        mode: MaskingMode::String,
        ..Masking::default()
    };
    let masker = TokenMasker::new(text, masking).unwrap();
    assert_eq!(
        masker.shown(&Coalition::from_bits(4, 0b0101)),
        TextInput {
            text: "so [MASK]".to_owned(),
            pair: Some("not [MASK]".to_owned()),
        }
    );
}

#[test]
fn characters_that_tokens_share_are_written_once() {
    let of_pair = |text: &str, start: usize, end: usize, segment| Token {
        start,
        end,
        ..token(text, start, segment)
    };
    let text = ExplainedText {
        model_hash: String::new(),
        input: TextInput {
            text: "👍 한국!".to_owned(),
            pair: Some("cafe\u{301} 한".to_owned()),
        },
        tokens: vec![
            token("", 0, Segment::A),
            of_pair("👍", 0, 1, Segment::A),
            of_pair("ᄒ", 2, 3, Segment::A),
            of_pair("ᅡ", 2, 3, Segment::A),
            of_pair("ᆫ", 2, 3, Segment::A),
            of_pair("국", 3, 4, Segment::A),
            of_pair("!", 4, 5, Segment::A),
            token("", 0, Segment::A),
            of_pair("cafe", 0, 4, Segment::B),
            of_pair("ᄒ", 6, 7, Segment::B),
            of_pair("ᅡᆫ", 6, 7, Segment::B),
            token("", 0, Segment::B),
        ],
    };
    let masking = Masking {
        mode: MaskingMode::String,
        ..Masking::default()
    };
    let masker = TokenMasker::new(text.clone(), masking).unwrap();
    assert_eq!(masker.shown(&Coalition::full(9)), text.input);
    let without = |players: &[usize]| {
        let full = Coalition::full(9);
        let present = players
            .iter()
            .fold(full, |present, player| present.without(*player));
        let TextInput { text, pair } = masker.shown(&present);
        (text, pair.unwrap())
    };
    assert_eq!(without(&[2]).0, "👍 한 [MASK]국!");
    assert_eq!(without(&[1, 2]).0, "👍 [MASK] [MASK]한국!");
    assert_eq!(without(&[1, 2, 3, 0]).0, "[MASK] [MASK] [MASK] [MASK]국!");
    assert_eq!(without(&[6, 7]).1, "[MASK] [MASK]한");
    assert_eq!(without(&[7, 8]).1, "cafe\u{301} [MASK] [MASK]");
}

#[test]
fn what_cannot_be_masked_is_refused() {
    let text = masker(MaskingMode::Ids, MaskWith::Mask, false).text;
    let refused = |text: &ExplainedText, mode, with| {
        let masking = Masking {
            mode,
            with,
            special_players: true,
        };
        TokenMasker::new(text.clone(), masking).unwrap_err()
    };
    let error = refused(&text, MaskingMode::String, MaskWith::Attention);
    assert_eq!(error, ExplainError::NoAttentionMaskInText);
    let mut empty = text;
    empty.tokens.retain(|token| token.special);
    assert_eq!(
        refused(&empty, MaskingMode::Ids, MaskWith::Mask),
        ExplainError::NothingToExplain
    );
}
