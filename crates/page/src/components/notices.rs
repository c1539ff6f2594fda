//! What should be known before trusting the picture, in sentences.

use vitrine_picture::shortened;
use vitrine_record::{Analysis, Notice, Segment, Token};
use yew::prelude::*;

use crate::context::{Context, use_page};

/// How much of a text that is not read is quoted.
const QUOTED_CHARACTERS: usize = 24;

/// What a notice bears upon, which is where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeTopic {
    /// What the model reads of what was typed: it stands at the tokens.
    Tokens,
    /// What the model says about it.
    Prediction,
}

fn topic(notice: &Notice) -> NoticeTopic {
    match notice {
        Notice::Truncated(_) | Notice::Unknown => NoticeTopic::Tokens,
        Notice::Empty | Notice::NotEnglish | Notice::Neutral | Notice::Pair => NoticeTopic::Prediction,
    }
}

/// Properties of [`NoticeList`].
#[derive(Properties, PartialEq)]
pub struct NoticeListProps {
    /// Which notices.
    pub about: NoticeTopic,
}

/// The notices of what is on the screen.
#[component]
pub fn NoticeList(props: &NoticeListProps) -> Html {
    let page = use_page();
    let analysis = &page.shown.analysis;
    // They are about the typed text.
    let is_of_text = page.imported().is_none();
    let notices = analysis
        .notices
        .iter()
        .filter(|_| is_of_text)
        .filter(|notice| topic(notice) == props.about)
        .map(|notice| html! { <li>{ sentence(&page, analysis, notice) }</li> });
    let label = match props.about {
        NoticeTopic::Tokens => page.t("notice.tokens_label"),
        NoticeTopic::Prediction => page.t("notice.label"),
    };
    // The region is always there, so that what appears in it is announced.
    html! {
        <div role="status">
            <ul class="notices" aria-label={label}>{ for notices }</ul>
        </div>
    }
}

/// What the model cannot spell, as it was typed, each once.
fn unknown(page: &Context, analysis: &Analysis) -> String {
    const MOST: usize = 5;
    let mut texts: Vec<&str> = Vec::new();
    for token in &analysis.tokens {
        if !token.special && token.piece == Token::UNKNOWN_PIECE && !texts.contains(&token.text.as_str()) {
            texts.push(&token.text);
        }
    }
    let quoted = texts
        .iter()
        .take(MOST)
        .map(|text| shortened(text, QUOTED_CHARACTERS));
    let quoted = quoted.collect::<Vec<_>>().join(" ");
    match texts.len() > MOST {
        true => page.fill("text.to_be_continued", &[("text", &quoted)]),
        false => quoted,
    }
}

fn sentence(page: &Context, analysis: &Analysis, notice: &Notice) -> String {
    match notice {
        Notice::Empty => page.t("notice.empty").to_owned(),
        Notice::NotEnglish => page.t("notice.not_english").to_owned(),
        Notice::Neutral => page.t("notice.neutral").to_owned(),
        Notice::Pair => page.t("notice.pair").to_owned(),
        Notice::Unknown => page.fill("notice.unknown", &[("text", &unknown(page, analysis))]),
        Notice::Truncated(truncation) => {
            let text = match truncation.segment {
                Segment::A => &analysis.text,
                Segment::B => analysis.pair.as_ref().unwrap_or(&analysis.text),
            };
            let unread: String = text
                .chars()
                .skip(truncation.unread_from)
                .take(QUOTED_CHARACTERS)
                .collect();
            // People count characters from one.
            let character = (truncation.unread_from + 1).to_string();
            let tokens = truncation.tokens_left_out.to_string();
            let arguments = [
                ("character", character.as_str()),
                ("unread", unread.trim()),
                ("tokens", &tokens),
            ];
            match truncation.segment {
                Segment::A => page.fill("notice.truncated", &arguments),
                Segment::B => page.fill("notice.truncated_pair", &arguments),
            }
        }
    }
}
