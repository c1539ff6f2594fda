//! What looks English to the shipped model's vocabulary, and what does not.
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod common;

use vitrine_model::looks_english;

#[test]
fn english_passes_and_other_languages_are_noticed() {
    let model = common::shipped();
    let mut wrong = Vec::new();
    for (expect, texts) in [
        (true, ENGLISH),
        (true, ENGLISH_OF_WORDS_FROM_ELSEWHERE),
        (false, OTHERS),
        (false, OTHERS_OF_UNLISTED_WORDS),
    ] {
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

/// English of words that are common in other languages too.
const ENGLISH_OF_WORDS_FROM_ELSEWHERE: &[&str] = &[
    "Huge plus",
    "Per my last email",
    "Con: too small",
    "van broke down",
    "The van broke down",
    "pour over coffee is great",
    "Dan was great",
    "Ben rocks",
    "My gut says no",
    "gut feeling",
    "Non issue",
    "Surely you jest",
    "Den of thieves",
    "MIT hackers",
    "no bueno",
    "Bon appetit",
    "tres leches cake",
    "Les Mis",
    "yin and yang",
    "Big Sur",
    "Chicago, IL",
    "Chevy Volt",
    "plus size van",
    "pros and cons",
    "One con",
    "show biz",
    "Faux pas",
    "3pm EST",
    "Von Trier again",
    "per diem",
    "Pour me a pint",
    "var x",
    "Van Gogh",
    "dem vibes",
    "et al",
    "Jaguar",
    "OG stuff",
];

/// Short phrases none of whose words is in a list of the code: their spelling and the detector give them away. Of
/// other phrases as short, about a third passes as English.
const OTHERS_OF_UNLISTED_WORDS: &[&str] = &[
    "Kesinlikle tavsiye etmiyorum",
    "Yemekler soğuktu",
    "Hizmet mükemmeldi",
    "Tekrar izlerim",
    "Büyük hayal kırıklığı",
    "Oyuncular harikaydı",
    "Freundliche Bedienung",
    "Vraiment ennuyeux",
    "Quelle perte de temps",
    "Excelente película",
    "Pésimo servicio",
    "Recitazione pessima",
    "Péssimo atendimento",
    "Slechte bediening",
    "Świetny film",
    "Okropna obsługa",
    "Underbar skådespelare",
    "Fantasztikus színészek",
    "Výborný herecký výkon",
    "Filmul a fost extraordinar",
    "Pelayanan buruk sekali",
];
