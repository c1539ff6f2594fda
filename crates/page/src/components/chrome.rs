//! What frames the page: its name, its language and theme, and what it is made from.

use yew::prelude::*;

use crate::{context::use_page, i18n::Language, state::Action, theme::ThemeChoice};

/// The name of the page and the choice of language and theme.
#[component]
pub fn Header() -> Html {
    let page = use_page();
    let languages = Language::ALL.into_iter().map(|language| {
        let dispatcher = page.state.dispatcher();
        let onclick = Callback::from(move |_: MouseEvent| {
            dispatcher.dispatch(Action::SetLanguage(language));
        });
        let (short, name) = match language {
            Language::English => (page.t("language.english_short"), page.t("language.english")),
            Language::Turkish => (page.t("language.turkish_short"), page.t("language.turkish")),
        };
        let is_on = page.language() == language;
        html! {
            <button
                type="button" class="switch" aria-pressed={is_on.to_string()} lang={language.tag()} {onclick}
            >
                <span aria-hidden="true" class="switch__short">{ short }</span>
                <span class="switch__name">{ name }</span>
            </button>
        }
    });
    let themes = ThemeChoice::ALL.into_iter().map(|choice| {
        let dispatcher = page.state.dispatcher();
        let onclick = Callback::from(move |_: MouseEvent| {
            dispatcher.dispatch(Action::SetTheme(choice));
        });
        let name = match choice {
            ThemeChoice::Auto => page.t("theme.auto"),
            ThemeChoice::Light => page.t("theme.light"),
            ThemeChoice::Dark => page.t("theme.dark"),
        };
        let is_on = page.appearance.choice == choice;
        html! {
            <button
                type="button" class="switch" aria-pressed={is_on.to_string()} title={name} aria-label={name}
                {onclick}
            >
                { theme_icon(choice) }
            </button>
        }
    });
    html! {
        <header class="masthead">
            <div class="masthead__name">
                <h1>{ page.t("app.name") }</h1>
                <p>{ page.t("app.tagline") }</p>
            </div>
            <div class="masthead__switches">
                <div role="group" class="switches" aria-label={page.t("language.label")}>{ for languages }</div>
                <div role="group" class="switches" aria-label={page.t("theme.label")}>{ for themes }</div>
            </div>
        </header>
    }
}

fn theme_icon(choice: ThemeChoice) -> Html {
    let shape = match choice {
        ThemeChoice::Auto => html! {
            <>
                <circle cx="10" cy="10" r="6.5" fill="none" stroke="currentColor" stroke-width="1.6" />
                <path d="M10 3.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
            </>
        },
        ThemeChoice::Light => html! {
            <>
                <circle cx="10" cy="10" r="3.6" fill="none" stroke="currentColor" stroke-width="1.6" />
                <path
                    d="M10 2.2v2.2M10 15.6v2.2M2.2 10h2.2M15.6 10h2.2M4.5 4.5l1.5 1.5M14 14l1.5 1.5M4.5 15.5L6 14M14 6l1.5-1.5"
                    stroke="currentColor" stroke-width="1.6" stroke-linecap="round"
                />
            </>
        },
        ThemeChoice::Dark => html! {
            <path
                d="M15.8 12.2A6.6 6.6 0 0 1 7.8 4.2a6.6 6.6 0 1 0 8 8z" fill="none" stroke="currentColor"
                stroke-width="1.6" stroke-linejoin="round"
            />
        },
    };
    html! { <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">{ shape }</svg> }
}

/// What the picture was computed with, and where.
#[component]
pub fn Footer() -> Html {
    let page = use_page();
    let model = &page.shown.model;
    let numbers = [model.layers, model.heads, model.hidden].map(|number| number.to_string());
    html! {
        <footer class="colophon">
            <p>{ page.t("footer.private") }</p>
            <p>
                { page.fill("footer.model", &[
                    ("model", &model.id), ("layers", &numbers[0]), ("heads", &numbers[1]),
                    ("hidden", &numbers[2]), ("hash", model.short_hash()),
                ]) }
            </p>
        </footer>
    }
}
