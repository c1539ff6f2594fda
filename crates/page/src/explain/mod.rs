//! Computes the explanations that the state wants: drives a run, has its inputs evaluated by workers, and tells the
//! state what has come of it.

mod cadence;
mod computation;
mod marks;
mod masked;
mod own_worker;
mod pace;
mod path_pace;
mod runner;
mod running;

pub use path_pace::use_salience_pace;
pub use runner::use_explanations;
pub use running::CHECKED;
