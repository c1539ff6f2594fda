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
