//! Says how to make the recorded example where it is missing: the compiler's own message would not.

use std::path::Path;

fn main() {
    let example = "../../www/recorded/example.json";
    println!("cargo::rerun-if-changed={example}");
    if !Path::new(example).is_file() {
        println!(
            "cargo::error=www/recorded/example.json, the example that the page shows before its model has \
             loaded, is missing; record it from the model: cargo run -p vitrine-cli -- record \
             --text \"Not a bad film at all\" --out www/recorded/example.json"
        );
    }
}
