//! Whether a text looks like the English that the model was trained on.
//!
//! Short texts carry little evidence, and a false alarm under "Not bad" would teach people to ignore the notice.
//! So evidence is added up, and a text passes as English until enough of it speaks against: its script, words
//! that other languages have and English does not, words that an English vocabulary has to break into pieces, and, as far as it
//! is confident, a language detector.

use vitrine_record::Token;
use whatlang::{Detector, Lang};

/// More than this share of letters of other scripts, and a text is not read as English at all.
const FOREIGN_SCRIPT_SHARE: f32 = 0.3;
/// A text with more evidence against it than this does not look English.
const ENOUGH_EVIDENCE: f32 = 1.0;
/// From this number of words on, the language detector is taken at its word.
const WORDS_FOR_DETECTOR: f32 = 5.0;

/// What one word adds to the evidence against English.
mod weight {
    pub const FOREIGN_WORD: f32 = 1.3;
    pub const ENGLISH_WORD: f32 = -1.0;
    /// For a word that the vocabulary has whole.
    pub const WHOLE: f32 = -0.2;
    /// For a word in pieces, for each piece after the second, and at most.
    pub const BROKEN: f32 = 0.4;
    pub const FURTHER_PIECE: f32 = 0.1;
    pub const MOST_BROKEN: f32 = 0.8;
    /// A name may be in pieces in any language; so a capital letter takes this share of it.
    pub const CAPITALISED: f32 = 0.5;
    /// For letters such as ü, ş or é.
    pub const ACCENT: f32 = 0.3;
    /// Times the confidence of the language detector, for or against.
    pub const DETECTOR: f32 = 3.0;
}

/// Words, between spaces, that are frequent in English. Some are words elsewhere too ("was", "is", "her"), where
/// they are outweighed by the words beside them.
const ENGLISH: &[&str] = &["\
    about all and are at be been best but by can can't could did didn't do does doesn't don't even every \
    for from get good great had has have her his how i'm if into is isn't it it's its just like love \
    more most movie much my never not now of one only or our out really she should some than that that's \
    the their them there these they this to too up very was wasn't well were what when which who will \
    with without worst would you your"];

/// Words, between spaces, that are frequent in other languages of the Latin script; Turkish ones also as they are
/// typed on an English keyboard. None is in use in English, be it as a word (con, gut, jest, per, plus, pour,
/// van), an abbreviation (EST, MIT), a name or a part of one (Ben, Dan, von), or in a phrase (tres leches).
const FOREIGN: &[&str] = &[
    // Turkish
    "\
     ancak bana berbat bir bu cok çok daha degil degildi değil değildi gibi guzel güzel harika hiç icin \
     için iyi kadar kotu kotuydu kötü kötüydü mı sey şey ve yok",
    // German
    "\
     aber auch auf bei das diese dieser ein eine einen einer es für ich ist kein nicht noch nur oder \
     schlecht sehr sich sie sind und wie wir zu zum",
    // French
    "\
     avec c'est cette dans était j'adore j'ai je le mais n'est qu'il que qui sont très trop \
     une vous être",
    // Spanish, Portuguese, Italian
    "\
     bem bien della esta está este foi fue gli gostei gusta malo más molto muito muy nel não pero piace \
     più por questo sono una è",
    // Dutch and the Scandinavian languages
    "\
     een ik ikke inte jeg maar mycket meget niet ook voor zijn är",
    // Polish, Czech, Hungarian, Finnish, Romanian, Indonesian
    "\
     bardzo byl był egy foarte nagyon nem nie sangat się tidak todella velmi",
];

/// Languages of the Latin script that are told from English. The fewer there are, the better a short text is
/// judged.
const CANDIDATES: &[Lang] = &[
    Lang::Eng,
    Lang::Tur,
    Lang::Deu,
    Lang::Fra,
    Lang::Spa,
    Lang::Ita,
    Lang::Por,
    Lang::Nld,
    Lang::Pol,
    Lang::Swe,
    Lang::Dan,
    Lang::Fin,
    Lang::Hun,
    Lang::Ron,
    Lang::Ces,
    Lang::Ind,
    Lang::Vie,
];

/// Whether a text looks like English to a model with an English vocabulary. `tokens` are the text's own, without
/// those of a second text.
///
/// A text without letters passes: there is nothing in it to be of another language.
pub fn looks_english(text: &str, tokens: &[Token]) -> bool {
    let words = words(text, tokens);
    let letters = || words.iter().flat_map(|word| word.text.chars());
    let (all, foreign) = (
        letters().count(),
        letters().filter(|&letter| !is_latin(letter)).count(),
    );
    if foreign as f32 > FOREIGN_SCRIPT_SHARE * all as f32 {
        return false;
    }
    let evidence: f32 = words.iter().map(Word::evidence).sum();
    evidence + detector_evidence(&words) <= ENOUGH_EVIDENCE
}

/// Whether a word stands in one of the lists.
fn is_listed(lists: &[&str], word: &str) -> bool {
    lists
        .iter()
        .any(|list| list.split(' ').any(|listed| listed == word))
}

/// A run of letters as typed, and in how many pieces the vocabulary has it.
struct Word {
    text: String,
    pieces: usize,
}

impl Word {
    fn evidence(&self) -> f32 {
        let lower = self.text.to_lowercase();
        if is_listed(FOREIGN, &lower) {
            return weight::FOREIGN_WORD;
        }
        if is_listed(ENGLISH, &lower) {
            return weight::ENGLISH_WORD;
        }
        let accent = if self.text.is_ascii() { 0.0 } else { weight::ACCENT };
        let spelled = match self.pieces {
            0 | 1 => weight::WHOLE,
            _ if is_drawn_out(&lower) => 0.0,
            pieces => weight::MOST_BROKEN.min(weight::BROKEN + weight::FURTHER_PIECE * (pieces - 2) as f32),
        };
        let share = if self.text.starts_with(char::is_uppercase) {
            weight::CAPITALISED
        } else {
            1.0
        };
        accent + spelled * share
    }
}

/// The words of a text but for addresses, names after `@` and tags after `#`, which are of no language.
fn words(text: &str, tokens: &[Token]) -> Vec<Word> {
    let mut words = Vec::new();
    let mut run = String::new();
    let mut begin = 0;
    let mut skipping = false;
    for (position, letter) in text.chars().chain([' ']).enumerate() {
        if letter.is_whitespace() {
            skipping = false;
        }
        let inner = matches!(letter, '\'' | '’') && !run.is_empty();
        if letter.is_alphabetic() || is_mark(letter) || inner {
            if run.is_empty() {
                begin = position;
            }
            run.push(if letter == '’' { '\'' } else { letter });
            continue;
        }
        let word = std::mem::take(&mut run);
        let word = word.trim_end_matches('\'');
        let address = letter == ':' && word.starts_with("http");
        if !word.is_empty() && !skipping && !address {
            let pieces = tokens
                .iter()
                .filter(|token| {
                    !token.special
                        && (begin..position).contains(&token.start)
                        && token.text.chars().any(char::is_alphabetic)
                })
                .count();
            // The parts of "it's" are tokens, not pieces.
            let parts = word.split('\'').filter(|part| !part.is_empty()).count();
            words.push(Word {
                text: word.to_owned(),
                pieces: (pieces + 1).saturating_sub(parts),
            });
        }
        skipping |= address || matches!(letter, '@' | '#');
    }
    words
}

/// How much the language detector holds against English; below 0 where it holds the text to be English.
fn detector_evidence(words: &[Word]) -> f32 {
    let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let Some(info) = Detector::with_allowlist(CANDIDATES.to_vec()).detect(&text.join(" ")) else {
        return 0.0;
    };
    let trust = (words.len() as f32 / WORDS_FOR_DETECTOR).min(1.0);
    let towards = if info.lang() == Lang::Eng { -1.0 } else { 1.0 };
    towards * trust * weight::DETECTOR * info.confidence() as f32
}

/// Letters of the Latin script, the modifiers and marks on them included.
fn is_latin(letter: char) -> bool {
    matches!(letter, '\0'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1d00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}'
        | '\u{a720}'..='\u{a7ff}' | '\u{fb00}'..='\u{fb06}' | '\u{ff21}'..='\u{ff5a}' | '\u{1d400}'..='\u{1d7ff}')
}

fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

/// Whether a word holds the same letter three times in a row, as "nooo" does and no language's spelling.
fn is_drawn_out(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    letters
        .windows(3)
        .any(|three| three[0] == three[1] && three[1] == three[2])
}
