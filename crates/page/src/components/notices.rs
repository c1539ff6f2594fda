//! What should be known before trusting the picture, in sentences.

use vitrine_record::{Analysis, Notice, Segment};
use yew::prelude::*;

use crate::context::{Context, use_page};

/// How much of the unread text is quoted.
const QUOTED_CHARACTERS: usize = 24;

/// The notices of what is on the screen.
#[component]
pub fn NoticeList() -> Html {
    let page = use_page();
    let analysis = &page.shown.analysis;
    let notices = analysis
        .notices
        .iter()
        .map(|notice| html! { <li>{ sentence(&page, analysis, notice) }</li> });
    // The region is always there, so that what appears in it is announced.
    html! {
        <div role="status">
            <ul class="notices" aria-label={page.t("notice.label")}>{ for notices }</ul>
        </div>
    }
}

fn sentence(page: &Context, analysis: &Analysis, notice: &Notice) -> String {
    match notice {
        Notice::Empty => page.t("notice.empty").to_owned(),
        Notice::NotEnglish => page.t("notice.not_english").to_owned(),
        Notice::Neutral => page.t("notice.neutral").to_owned(),
        Notice::Pair => page.t("notice.pair").to_owned(),
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
