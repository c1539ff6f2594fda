//! The Web Worker of Vitrine: fetches a model, keeps it, and answers the page.

pub mod dispatch;
