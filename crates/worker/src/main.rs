//! The worker's program, which the page starts in a Web Worker.

#[cfg(target_arch = "wasm32")]
fn main() {
    vitrine_worker::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!(
        "vitrine-worker runs in a browser; `cargo xtask serve` builds and serves the page that starts it"
    );
    std::process::exit(2);
}
