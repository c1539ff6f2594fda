//! The way from one exhibit to another.

use vitrine_record::{ExhibitName, Permalink};
use yew::prelude::*;

use crate::{
    context::{Context, use_page},
    state::Action,
};

/// Keys of an exhibit's name and of the question that it answers.
fn exhibit_keys(exhibit: ExhibitName) -> (&'static str, &'static str) {
    match exhibit {
        ExhibitName::Attention => ("attention.title", "attention.question"),
        ExhibitName::Shap => ("shap.title", "shap.question"),
        ExhibitName::Lime => ("lime.title", "lime.question"),
        ExhibitName::Salience => ("salience.title", "salience.question"),
        ExhibitName::Agreement => ("agreement.title", "agreement.question"),
        ExhibitName::DataSet => ("dataset.title", "dataset.question"),
    }
}

/// A link to each exhibit, with the text, the tokens and all settings as they are: it can be followed here, or opened
/// beside this page.
#[component]
pub fn ExhibitNav() -> Html {
    let page = use_page();
    let links = ExhibitName::ALL.iter().map(|&exhibit| link(&page, exhibit));
    html! {
        <nav class="exhibits" aria-label={page.t("exhibits.label")}>
            <ul class="exhibits__list">{ for links }</ul>
        </nav>
    }
}

fn link(page: &Context, exhibit: ExhibitName) -> Html {
    let address = Permalink {
        exhibit,
        import: None,
        ..page.address()
    };
    let dispatcher = page.state.dispatcher();
    let onclick = Callback::from(move |event: MouseEvent| {
        // With a key it is opened beside this page, which is the browser's to do.
        if !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()) {
            event.prevent_default();
            dispatcher.dispatch(Action::SetExhibit(exhibit));
        }
    });
    let (name, question) = exhibit_keys(exhibit);
    let current = (page.link.exhibit == exhibit).then_some("page");
    html! {
        <li>
            <a
                class="exhibits__link" href={format!("#{}", address.to_fragment())} aria-current={current}
                title={page.t(question)} {onclick}
            >
                { page.t(name) }
            </a>
        </li>
    }
}
