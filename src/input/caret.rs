//! The caret, counted in digits: spaces come and go around it, digits do not.

use paydesk_domain::card::digit;

/// How a text came to be: what the browser calls the input type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Typed, pasted, dropped, filled in.
    Insert,
    /// Backspace, or a cut: what stood before the caret went.
    DeleteBackward,
    /// The delete key: what stood after the caret went.
    DeleteForward,
}

impl Edit {
    /// Reads the browser's `inputType`. Autofill sends none.
    pub fn of_input_type(input_type: &str) -> Self {
        if input_type.ends_with("Forward") {
            Self::DeleteForward
        } else if input_type.starts_with("delete") {
            Self::DeleteBackward
        } else {
            Self::Insert
        }
    }
}

/// A formatted text. The caret is counted in UTF-16 units, as browsers count.
#[derive(Clone, PartialEq, Eq)]
pub struct Formatted {
    /// What the field shows.
    pub text: String,
    /// Where the caret stands. All that is shown is ASCII, so units are characters.
    pub caret: usize,
}

/// Not derived: the text may be a card number.
impl std::fmt::Debug for Formatted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Formatted(redacted, caret {})", self.caret)
    }
}

/// The digits of a text (values 0 to 9), and how many of them stand before the caret.
pub(super) fn digits_and_caret(raw: &str, caret: usize) -> (Vec<u8>, usize) {
    // Room for any card number at once: a vector that grows leaves copies of its beginning behind.
    let mut digits = Vec::with_capacity(raw.len());
    let mut before = 0;
    let mut unit = 0;
    for character in raw.chars() {
        if let Some(value) = digit(character) {
            digits.push(value);
            if unit < caret {
                before += 1;
            }
        }
        unit += character.len_utf16();
    }
    (digits, before)
}

/// What a deletion that took only a space was meant to take: the digit next to it.
///
/// `known` is how many digits the field had before. Without this, deleting at the edge of a group would put the
/// space back and look like a dead key.
pub(super) fn delete_through(digits: &mut Vec<u8>, before: &mut usize, edit: Edit, known: usize) {
    if digits.len() != known {
        return;
    }
    match edit {
        Edit::DeleteBackward if *before > 0 => {
            *before -= 1;
            digits.remove(*before);
        }
        Edit::DeleteForward if *before < digits.len() => {
            digits.remove(*before);
        }
        _ => {}
    }
}

/// The place in `text` right after `count` digits.
pub(super) fn after_digits(text: &str, count: usize) -> usize {
    if count == 0 {
        return 0;
    }
    let mut seen = 0;
    let place = text.bytes().position(|byte| {
        seen += usize::from(byte.is_ascii_digit());
        seen == count
    });
    place.map_or(text.len(), |place| place + 1)
}
