//! How many rows and columns something has, told to the style sheet.

use web_sys::HtmlElement;
use yew::prelude::*;

/// Sets the custom properties `--rows` and `--columns` of an element. The page's policy forbids style attributes, but
/// not this.
#[hook]
pub fn use_table_size(node: &NodeRef, rows: usize, columns: usize) {
    let node = node.clone();
    use_effect_with((node.clone(), rows, columns), move |(_, rows, columns)| {
        let Some(element) = node.cast::<HtmlElement>() else {
            return;
        };
        for (name, count) in [("--rows", rows), ("--columns", columns)] {
            // A property that cannot be set leaves the size that the style sheet gives.
            let _ = element.style().set_property(name, &count.to_string());
        }
    });
}
