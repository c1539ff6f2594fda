//! Files that a person takes along.

use gloo::{
    timers::callback::Timeout,
    utils::{document, window},
};
use js_sys::{Array, Uint8Array};
use vitrine_picture::{Paint, Palette, Scene, Theme, svg as scene_svg};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlCanvasElement, Url};
use yew::Callback;

use crate::exhibits::canvas::{draw, resize, scale_for};

/// Device pixels for each pixel of an exported PNG: enough for print at the size of a column.
const PNG_SCALE: f32 = 3.0;
/// How long a browser has to begin a download before its data is let go, in milliseconds.
const DOWNLOAD_TIME: u32 = 30_000;

/// What is written, each kind of file made only when it is asked for.
pub struct Figure<'a> {
    /// The picture.
    pub scene: Box<dyn FnOnce() -> Option<Scene> + 'a>,
    /// The lines of the numbers, in parts.
    pub csv: Box<dyn Iterator<Item = String> + 'a>,
    /// The numbers, and what they come from.
    pub json: Box<dyn FnOnce() -> Result<String, serde_json::Error> + 'a>,
    /// Picture and numbers as one page, where there is such a file.
    pub html: Option<Box<dyn FnOnce() -> String + 'a>>,
    /// Light or dark.
    pub theme: Theme,
    /// The file's name without its ending.
    pub name: String,
    /// Told if the file cannot be made, perhaps only after the function that makes it has returned.
    pub on_failed: Callback<()>,
}

/// Makes a file of a figure and hands it to the person.
pub type Save = fn(Figure);

fn report(on_failed: &Callback<()>, error: &JsValue) {
    gloo::console::error!("a file cannot be made:", error);
    on_failed.emit(());
}

fn check(on_failed: &Callback<()>, result: Result<(), JsValue>) {
    if let Err(error) = result {
        report(on_failed, &error);
    }
}

fn scene(scene: Box<dyn FnOnce() -> Option<Scene> + '_>) -> Result<Scene, JsValue> {
    scene().ok_or_else(|| JsValue::from_str("there is nothing to draw"))
}

/// Saves the picture as SVG.
pub fn svg(figure: Figure) {
    let save = |scene: Scene| {
        let document = scene_svg::document(&scene, Palette::built_in(), figure.theme);
        save_text([document], "image/svg+xml", &format!("{}.svg", figure.name))
    };
    check(&figure.on_failed, scene(figure.scene).and_then(save));
}

/// Saves the numbers as CSV.
pub fn csv(figure: Figure) {
    let saved = save_text(figure.csv, "text/csv", &format!("{}.csv", figure.name));
    check(&figure.on_failed, saved);
}

/// Saves the numbers, and what they come from, as JSON.
pub fn json(figure: Figure) {
    let saved = (figure.json)()
        .map_err(|error| JsValue::from_str(&error.to_string()))
        .and_then(|text| save_text([text], "application/json", &format!("{}.json", figure.name)));
    check(&figure.on_failed, saved);
}

/// Saves picture and numbers as one page that asks for nothing else.
pub fn html(figure: Figure) {
    let saved = figure
        .html
        .map(|html| html())
        .ok_or_else(|| JsValue::from_str("there is no such file"))
        .and_then(|page| save_text([page], "text/html", &format!("{}.html", figure.name)));
    check(&figure.on_failed, saved);
}

/// Saves the picture as PNG, drawn from the same scene.
pub fn png(figure: Figure) {
    let on_failed = figure.on_failed.clone();
    check(&on_failed, try_png(figure));
}

fn try_png(figure: Figure) -> Result<(), JsValue> {
    let scene = scene(figure.scene)?;
    let scale = scale_for(scene.width, scene.height, PNG_SCALE);
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
    let context = resize(&canvas, scene.width, scene.height, scale).ok_or("this browser has no canvas")?;
    context.set_fill_style_str(&Palette::built_in().colour(Paint::Paper, figure.theme).to_hex());
    context.fill_rect(0.0, 0.0, scene.width.into(), scene.height.into());
    draw(&context, &scene.shapes, figure.theme);
    let name = format!("{}.png", figure.name);
    let on_failed = figure.on_failed;
    let on_blob = Closure::once_into_js(move |blob: Option<Blob>| {
        let saved = blob
            .ok_or_else(|| JsValue::from_str("the browser made no PNG of the picture"))
            .and_then(|blob| save(&blob, &name));
        check(&on_failed, saved);
    });
    canvas.to_blob(on_blob.unchecked_ref())
}

/// Saves a table that is no figure's as CSV.
pub fn csv_table(name: &str, table: String, on_failed: &Callback<()>) {
    check(on_failed, save_text([table], "text/csv", &format!("{name}.csv")));
}

/// Each part becomes a blob before the next is written: browsers can keep blobs outside of the tab's memory.
fn save_text(parts: impl IntoIterator<Item = String>, media_type: &str, name: &str) -> Result<(), JsValue> {
    let blobs = Array::new();
    for part in parts {
        let bytes = Array::of1(&Uint8Array::from(part.as_bytes()));
        blobs.push(&Blob::new_with_u8_array_sequence(&bytes)?.into());
    }
    let properties = BlobPropertyBag::new();
    properties.set_type(media_type);
    save(
        &Blob::new_with_blob_sequence_and_options(&blobs, &properties)?,
        name,
    )
}

fn save(blob: &Blob, name: &str) -> Result<(), JsValue> {
    let address = Url::create_object_url_with_blob(blob)?;
    let anchor: HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
    anchor.set_href(&address);
    anchor.set_download(name);
    anchor.click();
    Timeout::new(DOWNLOAD_TIME, move || {
        // The address is ours, so it can be let go.
        let _ = Url::revoke_object_url(&address);
    })
    .forget();
    Ok(())
}

/// The page's address, but not that it is shown in a lecture hall: who gets the link is elsewhere.
fn address_to_share() -> Option<String> {
    let address = Url::new(&window().location().href().ok()?).ok()?;
    let query = address.search_params();
    query.delete("present");
    Some(address.href())
}

/// Copies the page's address, and says whether it could: browsers allow it on secure pages only.
pub fn copy_address(on_done: Callback<bool>) {
    let navigator = window().navigator();
    let has_clipboard =
        js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|value| value.is_object());
    let (true, Some(address)) = (has_clipboard, address_to_share()) else {
        on_done.emit(false);
        return;
    };
    let copying = navigator.clipboard().write_text(&address);
    let on_failed = on_done.clone();
    let worked = Closure::once(move |_: JsValue| on_done.emit(true));
    let failed = Closure::once(move |_: JsValue| on_failed.emit(false));
    let _ = copying.then2(&worked, &failed);
    worked.forget();
    failed.forget();
}
