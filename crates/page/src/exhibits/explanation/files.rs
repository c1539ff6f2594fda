//! What a person takes along from an exhibit of explanations, and its keys.

use vitrine_record::ShapPicture;
use yew::prelude::*;

use super::draw::{Drawn, class_name, scene};
use crate::{
    components::{MenuOutcome, exhibit_menu},
    context::Context,
    export::{self, Figure},
    state::{Action, ExhibitKeys, ExplanationChange},
};
