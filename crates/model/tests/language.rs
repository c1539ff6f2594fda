//! What looks English to the shipped model's vocabulary, and what does not.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod common;

use vitrine_model::looks_english;

#[test]
fn english_passes_and_other_languages_are_noticed() {
    let model = common::shipped();
    let mut wrong = Vec::new();
    for (expect, texts) in [(true, ENGLISH), (false, OTHERS)] {
        for text in texts {
            let encoding = model.tokenize(text, None).unwrap();
            if looks_english(text, &encoding.tokens) != expect {
                wrong.push(*text);
            }
        }
    }
    assert!(wrong.is_empty(), "judged wrongly: {wrong:#?}");
}

const ENGLISH: &[&str] = &[
    "",
    "Not bad",
    "Not a bad film at all",
    "lol so good",
    "meh",
    "bad",
    "Great!",
    "LMAO",
    "nooooo",
    ":) 👍🏽 10/10",
    "I don't like it",
    "I don’t like it",
    "omg i luv it sooooo much",
    "gr8 product, wud buy again",
    "TERRIBLE SERVICE",
    "Arnold Schwarzenegger",
    "Nuri Bilge Ceylan's masterpiece",
    "Los Angeles",
    "Das Boot is a classic",
    "El Niño is coming",
    "naïve but charming",
    "Amélie is charming",
    "supercalifragilisticexpialidocious",
    "[MASK] [MASK] is great",
    "@somebody thanks! #ihatethesequeuestoo http://example.org/xyz",
    "The acting is great, but the plot is dull.",
    "The word Привет means hello in Russian, as everyone here knows.",
];

const OTHERS: &[&str] = &[
    "Film çok kötüydü.",
    "çok güzel",
    "film cok kotuydu",
    "Oyunculuk mükemmel ama senaryo zayıf.",
    "Bu kitabı herkese tavsiye ederim.",
    "Toplantı öğlen saatinde.",
    "Das ist gut",
    "nicht schlecht",
    "Der Kellner war unfreundlich und das Essen kalt.",
    "Le film était très mauvais.",
    "J’adore ce film",
    "Je ne recommande pas ce restaurant.",
    "La película fue muy mala.",
    "Me gusta mucho",
    "Il film era molto brutto.",
    "O filme foi muito ruim.",
    "Ik vind het geweldig",
    "Bardzo mi się podobało",
    "Filmen var mycket dålig.",
    "Film ini sangat buruk.",
    "Bộ phim rất tệ.",
    "Фильм был очень плохой.",
    "Отлично",
    "Η ταινία ήταν πολύ κακή.",
    "كان الفيلم سيئا جدا",
    "这部电影很糟糕。",
    "很好",
    "この映画はとてもひどかった。",
    "영화가 정말 나빴어요.",
    "फिल्म बहुत बुरी थी।",
];
