//! Where attention from a file is opened, and left again.

use std::{cell::Cell, rc::Rc};

use gloo::{events::EventListener, events::EventListenerOptions, timers::callback::Timeout, utils::window};
use vitrine_record::{AttentionImport, ExhibitName};
use wasm_bindgen::JsCast;
use web_sys::{DataTransfer, DragEvent, File, HtmlInputElement};
use yew::prelude::*;

use super::use_focus_while_shown;
use crate::{
    context::{Context, use_page},
    files,
    state::{Action, ImportSource, Shared},
};

/// How long a file waits to be read, in milliseconds, so that the page says what it does before it is busy with it.
const TIME_FOR_A_WORD: u32 = 60;

/// The description of the format.
const FORMAT: &str = include_str!("../../../../docs/import.md");

/// The programs in Python that write such files, as the description has them.
fn programs() -> impl Iterator<Item = &'static str> {
    let begun = FORMAT.split("```python\n").skip(1);
    begun
        .filter_map(|rest| rest.split_once("```"))
        .map(|(program, _)| program)
}

/// How far a file is.
#[derive(Clone, Debug, PartialEq)]
enum Reading {
    /// None was opened, or the last one is there.
    Idle,
    /// It is being read.
    Busy { file: String, bytes: f64 },
    /// It could not be.
    Failed { file: String, problem: Unreadable },
}

/// Why a file cannot be opened.
#[derive(Clone, Debug, PartialEq)]
enum Unreadable {
    /// It is larger than what is read.
    TooLarge { bytes: f64 },
    /// The browser does not give its bytes.
    NotGiven,
    /// It is no attention to import; why, in English.
    NoImport(String),
}

/// Opens attention from a file, by a button or by dropping the file anywhere on the page, and says what came of it;
/// while some is looked at, what it is, and the way back to the typed text.
#[component]
pub fn ImportPanel() -> Html {
    let page = use_page();
    let reading = use_state(|| Reading::Idle);
    let on_file = use_reader(&page, &reading);
    let is_dragged = use_drop(&on_file);
    let opener = Opener {
        page: &page,
        reading: &reading,
        on_file,
    };
    // A file can be dropped onto any exhibit, and is then looked at in that of attention.
    let is_idle = !is_dragged && *reading == Reading::Idle;
    let is_elsewhere = page.link.exhibit != ExhibitName::Attention;
    html! {
        <div hidden={is_elsewhere && is_idle} class={classes!("import", is_dragged.then_some("import--dragged"))}>
            if page.imported().is_some() {
                <Card><>{ opener.button("import.open_another") }</></Card>
            } else {
                { opener.folded(is_dragged) }
            }
            <p role="status">{ opener.status(is_dragged) }</p>
            <div role="alert">{ opener.problem() }</div>
        </div>
    }
}

/// What a file is opened by, and what is said of it.
struct Opener<'a> {
    page: &'a Context,
    reading: &'a Reading,
    on_file: Callback<File>,
}

impl Opener<'_> {
    fn folded(&self, is_dragged: bool) -> Html {
        let page = self.page;
        let is_awaited = page.imports.awaited.is_some();
        html! {
            <details class="more" open={is_awaited || is_dragged || *self.reading != Reading::Idle}>
                <summary>{ page.t("import.summary") }</summary>
                <div class="import__body">
                    if is_awaited {
                        <p class="warning">{ page.t("import.awaited") }</p>
                    }
                    <p class="hint">{ page.t("import.about") }</p>
                    { self.button("import.open") }
                    { for self.programs() }
                </div>
            </details>
        }
    }

    /// The browser's own field stays what the keyboard and assistive technology find; the label is what is seen of it.
    fn button(&self, key: &'static str) -> Html {
        let onchange = {
            let on_file = self.on_file.clone();
            Callback::from(move |event: Event| {
                let Some(field) = event
                    .target()
                    .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
                else {
                    return;
                };
                if let Some(file) = field.files().and_then(|files| files.get(0)) {
                    on_file.emit(file);
                }
                // The same file can be opened again once it has been mended.
                field.set_value("");
            })
        };
        html! {
            <label class="import__open">
                <input type="file" class="visually-hidden" accept=".json,application/json" {onchange} />
                <span class="button button--small">{ self.page.t(key) }</span>
            </label>
        }
    }

    /// The programs that write such files, to be copied.
    fn programs(&self) -> impl Iterator<Item = Html> {
        let names = ["import.program", "import.program_of_both"].map(|key| self.page.t(key));
        names.into_iter().zip(programs()).map(|(name, program)| {
            html! {
                <details class="import__program">
                    <summary>{ name }</summary>
                    // Long lines are scrolled, by the keyboard too.
                    <pre role="region" tabindex="0" aria-label={name} lang="en" translate="no">{ program }</pre>
                </details>
            }
        })
    }

    fn status(&self, is_dragged: bool) -> String {
        let page = self.page;
        match self.reading {
            _ if is_dragged => page.t("import.drop").to_owned(),
            Reading::Busy { file, bytes } => {
                // Sizes of files are whole and far below 2⁵³.
                let size = page.language().numbers().megabytes(*bytes as u64);
                page.fill("import.reading_file", &[("file", file), ("megabytes", &size)])
            }
            Reading::Idle | Reading::Failed { .. } => String::new(),
        }
    }

    fn problem(&self) -> Html {
        let Reading::Failed { file, problem } = self.reading else {
            return Html::default();
        };
        let page = self.page;
        let megabytes = |bytes: u64| page.language().numbers().megabytes(bytes);
        let advice = match problem {
            Unreadable::TooLarge { bytes } => page.fill(
                "import.too_large",
                &[
                    ("megabytes", &megabytes(*bytes as u64)),
                    ("most", &megabytes(AttentionImport::LARGEST_FILE as u64)),
                ],
            ),
            Unreadable::NotGiven => page.t("import.not_given").to_owned(),
            Unreadable::NoImport(_) => page.t("import.no_import").to_owned(),
        };
        html! {
            <div class="problem">
                <p class="problem__title">{ page.fill("import.failed", &[("file", file)]) }</p>
                <p>{ advice }</p>
                if let Unreadable::NoImport(detail) = problem {
                    <p class="problem__detail" lang="en">{ detail }</p>
                }
            </div>
        }
    }
}

#[derive(Properties, PartialEq)]
struct CardProps {
    children: Html,
}

/// What is looked at in place of the typed text, what it lacks, and the way back.
#[component]
fn Card(CardProps { children }: &CardProps) -> Html {
    let page = use_page();
    let heading = use_focus_while_shown();
    let Some((imported, _)) = page.imported() else {
        return Html::default();
    };
    let from = match &imported.source {
        ImportSource::File(file) => page.fill("import.from_file", &[("file", file)]),
        ImportSource::ThisPage => page.t("import.from_page").to_owned(),
    };
    html! {
        <section class="import__card" aria-labelledby="import-title">
            <h2 id="import-title" class="control__name" tabindex="-1" ref={heading}>{ page.t("import.title") }</h2>
            <p class="import__name">{ imported.name() }</p>
            <p class="hint">{ from }{ " " }{ page.t("import.only_attention") }</p>
            <div class="import__buttons">
                <button type="button" class="button button--small" onclick={page.sends(Action::LeaveImport)}>
                    { page.t("import.leave") }
                </button>
                { children.clone() }
            </div>
        </section>
    }
}

/// What is done with a file: it is looked at, or it is said why not. A file that is opened while another is being read
/// takes its place.
#[hook]
fn use_reader(page: &Context, reading: &UseStateHandle<Reading>) -> Callback<File> {
    let opened = use_mut_ref(|| Rc::new(Cell::new(true)));
    let (reading, dispatcher) = (reading.setter(), page.state.dispatcher());
    Callback::from(move |file: File| {
        let is_wanted = Rc::new(Cell::new(true));
        opened.replace(Rc::clone(&is_wanted)).set(false);
        let (name, bytes) = (file.name(), file.size());
        let fail = {
            let (reading, file) = (reading.clone(), name.clone());
            move |problem| {
                let file = file.clone();
                reading.set(Reading::Failed { file, problem });
            }
        };
        if bytes > AttentionImport::LARGEST_FILE as f64 {
            fail(Unreadable::TooLarge { bytes });
            return;
        }
        reading.set(Reading::Busy {
            file: name.clone(),
            bytes,
        });
        let (reading, dispatcher) = (reading.clone(), dispatcher.clone());
        let on_bytes = Callback::from(move |read: Option<Vec<u8>>| {
            if !is_wanted.get() {
                return;
            }
            match read.map(|bytes| AttentionImport::from_json(&bytes)) {
                None => fail(Unreadable::NotGiven),
                Some(Err(unreadable)) => fail(Unreadable::NoImport(unreadable.to_string())),
                Some(Ok(import)) => {
                    reading.set(Reading::Idle);
                    dispatcher.dispatch(Action::LookAtImport {
                        import: Shared::new(import),
                        source: ImportSource::File(name.clone()),
                    });
                }
            }
        });
        Timeout::new(TIME_FOR_A_WORD, move || files::read(file, on_bytes)).forget();
    })
}

/// Takes a file that is dropped anywhere on the page; whether one is being dragged over it.
#[hook]
fn use_drop(on_file: &Callback<File>) -> bool {
    let is_dragged = use_state_eq(|| false);
    // Each element that the pointer enters on its way is left again.
    let depth = use_mut_ref(|| 0i32);
    let latest = use_mut_ref(|| on_file.clone());
    latest.replace(on_file.clone());
    let setter = is_dragged.setter();
    use_effect_with((), move |()| {
        let listen = |name: &'static str, act: Rc<dyn Fn(&DataTransfer)>| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&window(), name, options, move |event| {
                let transfer = event
                    .dyn_ref::<DragEvent>()
                    .and_then(DragEvent::data_transfer)
                    .filter(|transfer| transfer.types().includes(&"Files".into(), 0));
                if let Some(transfer) = transfer {
                    // Else the browser would leave the page for the file.
                    event.prevent_default();
                    act(&transfer);
                }
            })
        };
        let moved = |by: i32| {
            let (depth, setter) = (Rc::clone(&depth), setter.clone());
            Rc::new(move |_: &DataTransfer| {
                *depth.borrow_mut() += by;
                setter.set(*depth.borrow() > 0);
            })
        };
        let dropped = {
            let (depth, setter) = (Rc::clone(&depth), setter.clone());
            Rc::new(move |transfer: &DataTransfer| {
                *depth.borrow_mut() = 0;
                setter.set(false);
                if let Some(file) = transfer.files().and_then(|files| files.get(0)) {
                    latest.borrow().emit(file);
                }
            })
        };
        let listeners = [
            listen("dragenter", moved(1)),
            listen("dragleave", moved(-1)),
            listen("dragover", moved(0)),
            listen("drop", dropped),
        ];
        move || drop(listeners)
    });
    *is_dragged
}

#[cfg(test)]
mod tests {
    use vitrine_record::IMPORT_FORMAT;

    use super::*;

    #[test]
    fn the_description_has_a_program_for_each_kind_of_model() {
        let programs: Vec<&str> = programs().collect();
        let [encoder, both] = programs[..] else {
            panic!("there are {} programs", programs.len());
        };
        for program in [encoder, both] {
            assert!(program.starts_with("import json") && program.contains(IMPORT_FORMAT));
        }
        assert!(both.contains("\"cross\"") && !encoder.contains("\"cross\""));
    }
}
