//! The rated sentences and how they are split.

use std::path::Path;

use anyhow::{Context, Result, bail};
use vitrine_model::BertTokenizer;

/// Where a sentence was published. The editorials train nothing: they are the unseen domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Domain {
    Movie,
    Product,
    Tweet,
    Editorial,
}

impl Domain {
    pub const ALL: [Domain; 4] = [Domain::Movie, Domain::Product, Domain::Tweet, Domain::Editorial];

    pub fn name(self) -> &'static str {
        match self {
            Domain::Movie => "movie",
            Domain::Product => "product",
            Domain::Tweet => "tweet",
            Domain::Editorial => "editorial",
        }
    }

    pub fn trains(self) -> bool {
        self != Domain::Editorial
    }
}

/// The split as the file gives it: films, reviews and articles do not straddle splits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Split {
    Train,
    Dev,
    Test,
}

/// One sentence with its mean rating of about twenty people, from −4 (most negative) to 4.
#[derive(Clone, Debug)]
pub struct RatedSentence {
    pub domain: Domain,
    pub split: Split,
    pub rating: f32,
    pub text: String,
}

/// Ratings nearer to zero than this are neutral, as the data's own labels have it.
pub const NEUTRAL_BELOW: f32 = 0.5;

/// How steeply a rating becomes a probability: a mean rating of 2 becomes .96, one of .5 becomes .69.
const STEEPNESS: f32 = 1.6;

impl RatedSentence {
    /// Whether people found it positive, or nothing if they found it neutral.
    pub fn is_positive(&self) -> Option<bool> {
        (self.rating.abs() >= NEUTRAL_BELOW).then_some(self.rating > 0.0)
    }

    /// The probability of POSITIVE that training aims at.
    pub fn target(&self) -> f32 {
        1.0 / (1.0 + (-STEEPNESS * self.rating).exp())
    }
}

/// Reads the tab-separated file: a header line that names the columns, then one sentence a line, no quoting.
pub fn read(path: &Path) -> Result<Vec<RatedSentence>> {
    let file = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut lines = file.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| {
        header
            .iter()
            .position(|column| *column == name)
            .with_context(|| format!("{}: its first line names no column {name}", path.display()))
    };
    let (domain, rating, split, text) = (
        column("domain")?,
        column("rating")?,
        column("split")?,
        column("text")?,
    );
    let mut sentences = Vec::new();
    for (number, line) in lines.enumerate() {
        let fields: Vec<&str> = line.split('\t').collect();
        let sentence = parse(&fields, domain, rating, split, text)
            .with_context(|| format!("{}: line {}", path.display(), number + 2))?;
        sentences.push(sentence);
    }
    Ok(sentences)
}

fn parse(fields: &[&str], domain: usize, rating: usize, split: usize, text: usize) -> Result<RatedSentence> {
    let field = |index: usize| fields.get(index).copied().context("too few columns");
    let name = field(domain)?;
    let domain = Domain::ALL.into_iter().find(|domain| domain.name() == name);
    let split = match field(split)? {
        "train" => Split::Train,
        "dev" => Split::Dev,
        "test" => Split::Test,
        other => bail!("split {other:?} is none of train, dev, test"),
    };
    Ok(RatedSentence {
        domain: domain.with_context(|| format!("domain {name:?} is not known"))?,
        split,
        rating: field(rating)?.parse().context("the rating is no number")?,
        text: field(text)?.to_owned(),
    })
}

/// The tokens that a model's template puts around a text.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    cls: u32,
    sep: u32,
}

impl Template {
    pub fn of(tokenizer: &BertTokenizer) -> Result<Template> {
        let empty = tokenizer.encode("", None, 2)?;
        match empty.tokens.as_slice() {
            [cls, sep] => Ok(Template {
                cls: cls.id.0,
                sep: sep.id.0,
            }),
            _ => bail!("the tokenizer does not put [CLS] and [SEP] around a text"),
        }
    }

    /// Token ids with the template around them.
    pub fn around(self, ids: impl IntoIterator<Item = u32>) -> Vec<u32> {
        std::iter::once(self.cls).chain(ids).chain([self.sep]).collect()
    }
}

/// A sentence as the model reads it, without `[CLS]` and `[SEP]`, and where its words begin.
#[derive(Clone, Debug)]
pub struct TokenizedSentence {
    pub ids: Vec<u32>,
    /// For each token the number of its word.
    pub words: Vec<usize>,
    pub target: f32,
}

/// Tokenizes, cutting at `max_tokens` with the template's two included.
pub fn tokenize(
    sentence: &RatedSentence,
    tokenizer: &BertTokenizer,
    max_tokens: usize,
) -> Result<TokenizedSentence> {
    let encoding = tokenizer.encode(&sentence.text, None, max_tokens)?;
    let mut word = 0;
    let (mut ids, mut words) = (Vec::new(), Vec::new());
    for token in encoding.tokens.iter().filter(|token| !token.special) {
        if !ids.is_empty() && !token.continues_word() {
            word += 1;
        }
        ids.push(token.id.0);
        words.push(word);
    }
    Ok(TokenizedSentence {
        ids,
        words,
        target: sentence.target(),
    })
}
