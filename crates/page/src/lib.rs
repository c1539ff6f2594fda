//! The page of Vitrine: what a person sees and touches.
//!
//! [`state`] holds everything that the page knows and the one function that changes it; [`link`] speaks with the
//! worker that holds the model; components and exhibits show the state and send it actions. What can be tested
//! without a browser is written so that it is.

mod address;
mod app;
mod browser;
mod components;
mod context;
mod exhibits;
mod explain;
mod export;
mod files;
pub mod i18n;
mod recorded;
pub mod state;
pub mod theme;

/// Draws the page into the document's body.
pub fn run() {
    console_error_panic_hook::set_once();
    yew::Renderer::<app::App>::new().render();
}
