//! What belongs to a word.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Whether Python's `\w` matches a character: letters (general categories L*), numbers (N*) and the underscore, of which
/// Unicode's newest tables may know a few more than those of a given Python. Combining marks are not among them, also
/// where they are vowels, which [`char::is_alphanumeric`] counts.
pub(crate) fn is_word_character(character: char) -> bool {
    character == '_'
        || matches!(
            character.general_category_group(),
            GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_as_in_python() {
        // `re.match(r"\w", character)` of Python 3.11.
        for (character, expect) in [
            ('a', true),
            ('ş', true),
            ('_', true),
            ('٣', true),
            ('½', true),
            ('Ⅷ', true),
            ('한', true),
            ('ᄒ', true),
            // A vowel sign, a letter in a circle and a combining acute.
            ('\u{93f}', false),
            ('Ⓐ', false),
            ('\u{301}', false),
            ('👍', false),
            ('’', false),
            ('-', false),
        ] {
            assert_eq!(is_word_character(character), expect, "{character:?}");
        }
    }
}
