//! Marks in the browser's timeline, by which the bench measures how long a picture takes.

use vitrine_record::Analysis;
use yew::prelude::*;

use crate::{
    browser,
    context::Context,
    state::{Origin, Shared},
};

/// To be called when a picture is drawn: it marks the first one of the page, and the first of each answer.
#[hook]
pub fn use_marks(page: &Context) -> Callback<()> {
    let marked = use_mut_ref(|| None::<Shared<Analysis>>);
    let analysis = page.shown.analysis.clone();
    let is_live = page.shown.origin != Origin::Recorded;
    Callback::from(move |()| {
        let before = marked.replace(Some(analysis.clone()));
        if before.is_none() {
            browser::mark("vitrine:first-picture");
        }
        if is_live && before.as_ref() != Some(&analysis) {
            browser::mark("vitrine:reply");
        }
    })
}
