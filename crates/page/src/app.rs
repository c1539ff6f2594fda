//! The page as a whole: where the state lives, and what it moves outside of itself.

use std::{cell::RefCell, rc::Rc};

use gloo::{
    events::EventListener,
    timers::callback::Timeout,
    utils::{document, window},
};
use vitrine_link::{Link, LinkEvent, OnLinkEvent, are_weights_kept};
use vitrine_record::{
    ExhibitName, Permalink,
    message::{Request, RequestKind},
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    address, browser,
    components::{
        Examples, ExhibitNav, Footer, Header, ImportPanel, InputPanel, NoticeList, NoticeTopic, Plate,
        PredictionPanel, ProblemBanner, WeightsProgress,
    },
    context::Context,
    exhibits::{Agreement, Attention, DataSetExhibit, Lime, Salience, Shap},
    explain::{use_explanations, use_salience_pace},
    recorded,
    state::{
        Action, Answers, DataSet, Engine, Explaining, Finder, HistoryStep, Imports, LastChange, Origin,
        OtherText, Shared, Shown, State,
    },
    theme::ThemeChoice,
};

fn initial_state() -> State {
    let recording = recorded::example();
    let wishes = address::wishes();
    let may_load = !browser::saves_data();
    let link = address::permalink(&recording.analysis.text);
    let state = State {
        link: Permalink::default(),
        history: HistoryStep::Keep,
        last_change: LastChange::default(),
        selected_in: None,
        hidden_in: None,
        field_epoch: 0,
        selects_several: false,
        hover: None,
        hovered_together: Default::default(),
        query: wishes.query,
        language: wishes.language,
        appearance: wishes.appearance,
        present: wishes.present,
        shown: Shown {
            model: Shared::new(recording.model),
            analysis: Shared::new(recording.analysis),
            origin: Origin::Recorded,
        },
        engine: Engine::Starting,
        may_load,
        generation: 0,
        request_problem: None,
        ranking: None,
        finder: Finder::default(),
        own_list: "".into(),
        data_set: DataSet::default(),
        long_text_to_ablate: None,
        answers: Answers::default(),
        imports: Imports::default(),
        other_text: OtherText::default(),
        explaining: Explaining::default(),
    };
    state.after(Action::Navigate(link))
}

/// The page.
#[component]
pub fn App() -> Html {
    let state = use_reducer(initial_state);
    use_consent(&state);
    use_link(&state);
    use_address(&state);
    use_root_attributes(&state);

    let consent = {
        let dispatcher = state.dispatcher();
        Callback::from(move |()| dispatcher.dispatch(Action::Consent))
    };
    let restart = {
        let dispatcher = state.dispatcher();
        Callback::from(move |()| dispatcher.dispatch(Action::Restart))
    };
    // What belongs to the typed text has no meaning for attention that was imported.
    let is_of_text = state.imported().is_none();
    let exhibit = state.link.exhibit;
    let context = Context {
        state,
        consent,
        restart,
    };
    html! {
        <ContextProvider<Context> {context}>
            <Header />
            <ExhibitNav />
            <main class="hall">
                <div class="hall__input">
                    <InputPanel />
                    <ImportPanel />
                    <div class="hall__engine">
                        <WeightsProgress />
                        <ProblemBanner />
                    </div>
                </div>
                if is_of_text {
                    <Examples />
                }
                {
                    match exhibit {
                        ExhibitName::Attention => html! { <Attention /> },
                        ExhibitName::Shap => html! { <Shap /> },
                        ExhibitName::Lime => html! { <Lime /> },
                        ExhibitName::Salience => html! { <Salience /> },
                        ExhibitName::Agreement => html! { <Agreement /> },
                        ExhibitName::DataSet => html! { <DataSetExhibit /> },
                    }
                }
                if is_of_text {
                    <div class="hall__prediction">
                        <PredictionPanel />
                        <NoticeList about={NoticeTopic::Prediction} />
                    </div>
                }
                <Plate />
            </main>
            <Footer />
        </ContextProvider<Context>>
    }
}

/// How long a visitor who saves data waits to be asked while it is found out whether the weights are kept.
const PATIENCE_FOR_KEPT_WEIGHTS_MS: u32 = 5_000;

/// Asks a visitor who saves data before anything large is fetched, unless the weights are kept.
#[hook]
fn use_consent(state: &UseReducerHandle<State>) {
    let (dispatcher, may_load) = (state.dispatcher(), state.may_load);
    use_effect_with((), move |()| {
        if may_load {
            return;
        }
        let late = dispatcher.clone();
        Timeout::new(PATIENCE_FOR_KEPT_WEIGHTS_MS, move || {
            late.dispatch(Action::AskConsent);
        })
        .forget();
        spawn_local(async move {
            dispatcher.dispatch(if are_weights_kept().await {
                Action::Consent
            } else {
                Action::AskConsent
            });
        });
    });
}

/// Keeps one worker for each generation, and asks it for what the state wants.
#[hook]
fn use_link(state: &UseReducerHandle<State>) {
    let cell: Rc<RefCell<Option<Link>>> = use_mut_ref(|| None);
    let runner = use_explanations(state, &cell);
    {
        let (cell, dispatcher) = (Rc::clone(&cell), state.dispatcher());
        use_effect_with((state.may_load, state.generation), move |&(may_load, _)| {
            let on_event: OnLinkEvent = Rc::new(move |event: LinkEvent| {
                if matches!(event, LinkEvent::Ready { .. }) {
                    browser::mark("vitrine:ready");
                }
                if !runner.hears(&event) {
                    dispatcher.dispatch(Action::Worker(event));
                }
            });
            // The old worker ends before the new one begins: two models may not fit into memory.
            cell.replace(None);
            cell.replace(may_load.then(|| Link::start(on_event)));
        });
    }
    use_request(state, &cell, RequestKind::Analyse, state.wanted());
    let besides = |kind| (kind, state.wanted_besides(kind));
    let (kind, wanted) = besides(RequestKind::Tokenize);
    use_request(state, &cell, kind, wanted);
    let (kind, wanted) = besides(RequestKind::AnalyseOther);
    use_request(state, &cell, kind, wanted);
    let (kind, wanted) = besides(RequestKind::Intervene);
    use_request(state, &cell, kind, wanted);
    let (kind, wanted) = besides(RequestKind::ComputeHead);
    use_request(state, &cell, kind, wanted);
    let (kind, wanted) = besides(RequestKind::ComputeVariant);
    use_request(state, &cell, kind, wanted);
    let (kind, wanted) = besides(RequestKind::RankHeads);
    use_request(state, &cell, kind, wanted);
    // Where both are wanted, tokens, which are fewer, come first: of long work the worker begins with the last asked.
    let (kind, wanted) = besides(RequestKind::RankTokens);
    use_request(state, &cell, kind, wanted);
    let (kind, wanted) = besides(RequestKind::SurveyHeads);
    use_request(state, &cell, kind, wanted);
    let (kind, wanted) = besides(RequestKind::ComputeSalience);
    use_request(state, &cell, kind, wanted);
    use_salience_pace(state);
}

/// Asks the worker for what is wanted of a kind, and cancels it when it is wanted no more.
#[hook]
fn use_request(
    state: &UseReducerHandle<State>,
    link: &Rc<RefCell<Option<Link>>>,
    kind: RequestKind,
    wanted: Option<Request>,
) {
    let link = Rc::clone(link);
    use_effect_with(
        (wanted, state.may_load, state.generation),
        move |(wanted, _, _): &(Option<Request>, bool, u32)| match (&*link.borrow(), wanted) {
            (Some(link), Some(request)) => {
                if kind == RequestKind::Analyse {
                    browser::mark("vitrine:asked");
                }
                link.request(request.clone());
            }
            (Some(link), None) => link.cancel(kind),
            (None, _) => {}
        },
    );
}

/// Keeps the address and the state the same.
#[hook]
fn use_address(state: &UseReducerHandle<State>) {
    {
        let dispatcher = state.dispatcher();
        use_effect_with((), move |()| {
            let default_text = recorded::example().analysis.text;
            let listener = EventListener::new(&window(), "popstate", move |_| {
                let link = address::permalink(&default_text);
                dispatcher.dispatch(Action::Navigate(link));
            });
            move || drop(listener)
        });
    }
    {
        // An address that was opened says how that visit is to be; only what is chosen here is remembered.
        let opened = use_mut_ref(|| state.query);
        use_effect_with(state.query, move |query| {
            if *opened.borrow() != *query {
                address::remember(query);
            }
        });
    }
    let step = state.history;
    use_effect_with((state.query, state.address()), move |(query, link)| {
        address::write(query, link, step)
    });
}

/// Tells the style sheet and assistive technology about language, theme and size.
#[hook]
fn use_root_attributes(state: &UseReducerHandle<State>) {
    use_effect_with(state.language, |language| {
        browser::set_root_attribute("lang", Some(language.tag()));
        document().set_title(language.t("app.title"));
    });
    use_effect_with(state.appearance.choice, |choice| {
        let forced = (*choice != ThemeChoice::Auto).then(|| choice.name());
        browser::set_root_attribute("data-theme", forced);
    });
    use_effect_with(state.present, |present| {
        browser::set_root_attribute("data-present", present.then_some("1"));
    });
    let dispatcher = state.dispatcher();
    use_effect_with((), move |()| {
        let listener = browser::media("(prefers-color-scheme: dark)").map(|list| {
            let target = list.clone();
            EventListener::new(&target, "change", move |_| {
                dispatcher.dispatch(Action::SystemTheme { dark: list.matches() });
            })
        });
        move || drop(listener)
    });
}
