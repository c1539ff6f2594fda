//! Starts the page.

fn main() {
    vitrine_page::run();
}
