//! Text as it fits.

/// The text, or as much of its beginning as leaves room for an ellipsis among `most` characters.
///
/// ```
/// use vitrine_picture::shortened;
/// assert_eq!(shortened("kısa", 4), "kısa");
/// assert_eq!(shortened("daha uzun", 6), "daha …");
/// ```
pub fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

/// Advances of the characters from space to tilde in thousandths of the size of the type: those of Source Sans 3 at
/// weight 700 or of a typeface with Arial's widths, whichever is wider.
const ADVANCES: [u16; 95] = [
    278, 340, 537, 556, 556, 889, 667, 300, 344, 344, 457, 584, 300, 333, 300, 339, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 300, 300, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 301,
    509, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 344, 339, 344, 528,
    556, 555, 556, 573, 500, 573, 556, 341, 556, 571, 276, 278, 548, 286, 857, 572, 556, 573, 573, 398, 500,
    383, 568, 523, 776, 514, 521, 500, 344, 268, 344, 584,
];

/// How wide a line of text is at most, in the unit of its size. Nothing here can measure type, so it is set down for wide
/// typefaces; scripts whose widths are not known are taken to be as wide as they are high.
///
/// ```
/// use vitrine_picture::text_width;
/// assert!(text_width("ill", 16.0) < text_width("mmm", 16.0));
/// assert_eq!(text_width("映画", 16.0), 2.0 * 16.0);
/// assert_eq!(text_width("e\u{301}", 16.0), text_width("e", 16.0));
/// ```
pub fn text_width(text: &str, size: f32) -> f32 {
    text.chars().map(advance).sum::<f32>() * size
}

fn advance(character: char) -> f32 {
    let code = character as usize;
    match code {
        0x20..=0x7e => f32::from(ADVANCES[code - 0x20]) / 1000.0,
        // Combining marks, joiners and variation selectors stand on what is before them.
        0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0.0,
        // Emoji are wider than they are high.
        0x1f000..=0x1faff => 1.3,
        // Latin, Greek, Cyrillic, and general punctuation but for the ellipsis and dashes.
        0xa0..=0x52f | 0x2010..=0x2013 | 0x2018..=0x201f => 0.7,
        _ => 1.0,
    }
}

/// The text, or as much of its beginning as fits with an ellipsis; an ellipsis at least.
///
/// ```
/// use vitrine_picture::{fitting, text_width};
/// assert_eq!(fitting("unwatchable", 200.0, 16.0), "unwatchable");
/// let cut = fitting("unwatchable", 60.0, 16.0);
/// assert!(cut.ends_with('…') && cut.starts_with("unw") && text_width(&cut, 16.0) <= 60.0);
/// ```
pub fn fitting(text: &str, width: f32, size: f32) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let mut room = width - text_width("…", size);
    let kept = text.chars().take_while(|character| {
        room -= advance(*character) * size;
        room >= 0.0
    });
    kept.chain(['…']).collect()
}
