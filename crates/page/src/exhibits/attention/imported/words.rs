//! Sentences about attention that was imported.

use vitrine_attention::AttentionSlice;
use vitrine_picture::{ImportOrigin, source_reading, unit_tiles};
use vitrine_record::{RowsOff, Side};

use super::part::part_key;
use crate::exhibits::attention::words;
use crate::{
    context::Context,
    state::{ImportSource, heads::HeadsOn, heads::heads_on},
};

/// Where the numbers come from, for the trust line; nothing where the model of the page computed them.
pub fn origin(page: &Context) -> Option<String> {
    let (imported, _) = page.imported()?;
    Some(match &imported.source {
        ImportSource::File(file) => page.fill("import.trust_file", &[("file", file)]),
        ImportSource::ThisPage => page.fill("import.trust_page", &[("name", &imported.short_name())]),
    })
}

/// What a figure was computed by, for the note below it.
pub fn computed_by(page: &Context) -> Option<String> {
    let (imported, part) = page.imported()?;
    let (name, part) = (imported.short_name(), page.t(part_key(part)));
    Some(match &imported.source {
        ImportSource::File(file) => page.fill(
            "import.note_file",
            &[("file", file), ("name", &name), ("part", part)],
        ),
        ImportSource::ThisPage => {
            let over = page.fill("import.note_page", &[("name", &name), ("part", part)]);
            format!("{over} {}", words::of_model(page))
        }
    })
}

/// What files of numbers say of where these come from.
pub fn file_origin(page: &Context) -> Option<ImportOrigin<'_>> {
    let (imported, part) = page.imported()?;
    let file = match &imported.source {
        ImportSource::File(file) => Some(file.as_str()),
        ImportSource::ThisPage => None,
    };
    let model_hash = match &imported.source {
        ImportSource::File(_) => None,
        ImportSource::ThisPage => Some(page.shown.model.hash.as_str()),
    };
    Some(ImportOrigin {
        name: imported.name(),
        file,
        model_hash,
        part,
        layers: page.layers(),
        heads: page.heads(),
    })
}

/// That rows of the part that is looked at do not sum to 1, where it is so.
pub fn rows_off(page: &Context) -> Option<String> {
    let (imported, part) = page.imported()?;
    let RowsOff {
        count,
        rows,
        worst: (layer, head, row),
        sum,
        ..
    } = *imported.rows_off(part)?;
    let style = page.language().numbers();
    Some(page.fill(
        "import.rows_off",
        &[
            ("count", &style.count(count)),
            ("rows", &style.count(rows)),
            ("layer", &layer.to_string()),
            ("head", &head.to_string()),
            ("row", &row.to_string()),
            // Three figures are shown, far fewer than either has.
            ("sum", &style.significant(sum as f32)),
        ],
    ))
}

/// Which key is given most: what there is to say of attention from one text to another, where no token is before or
/// after another.
pub fn given_most(page: &Context, slice: &AttentionSlice) -> Option<String> {
    let reading = source_reading(slice)?;
    let tiles = unit_tiles(page.tokens(Side::Source), slice.sources());
    let chosen = slice.heads().iter().copied().collect();
    let (key, number) = match heads_on(&Some(chosen), page.heads()) {
        HeadsOn::One(head) => ("import.reading_of_one", head.0),
        HeadsOn::Some(count) | HeadsOn::All(count) => ("import.reading", count),
    };
    let number = number.to_string();
    Some(page.fill(
        key,
        &[
            ("key", &tiles.get(reading.source)?.text),
            ("share", &page.language().numbers().percent(reading.share)),
            ("layer", &slice.layer().to_string()),
            ("head", &number),
            ("count", &number),
        ],
    ))
}
