//! By what a file of words is known to be of this version.

/// Makes `STAMP` of a table's names.
macro_rules! stamp_of {
    ($($name:ident: $text:literal;)*) => {
        const NAMES: &str = concat!($(stringify!($name), "\n"),*);

        /// Which words there are, and in which order: eight digits that their names make. A file ends with it, so that a program of
        /// another version, in which another word has the same place, does not learn it.
        pub const STAMP: &str = match std::str::from_utf8(&DIGITS) {
            Ok(digits) => digits,
            Err(_) => "",
        };

        const DIGITS: [u8; 8] = $crate::stamp::stamp(NAMES.as_bytes());
    };
}

pub(crate) use stamp_of;

english!(stamp_of);

/// FNV-1a, 32 bits, in hexadecimal digits.
#[expect(
    clippy::as_conversions,
    reason = "nothing else widens a number in a constant, and these only get wider"
)]
pub(crate) const fn stamp(mut names: &[u8]) -> [u8; 8] {
    let mut hash: u32 = 0x811c_9dc5;
    while let [byte, rest @ ..] = names {
        hash = (hash ^ *byte as u32).wrapping_mul(0x0100_0193);
        names = rest;
    }
    let mut digits = [0; 8];
    let mut place = 0;
    while place < digits.len() {
        hash = hash.rotate_left(4);
        digits[place] = b"0123456789abcdef"[(hash & 15) as usize];
        place += 1;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What changes the place of a word changes the stamp: a name, and their order.
    #[test]
    fn the_stamp_tells_names_and_their_order() {
        let of = |names: &str| stamp(names.as_bytes());
        assert_eq!(of(NAMES), STAMP.as_bytes());
        assert_ne!(of("pay\ntotal\n"), of("total\npay\n"));
        assert_ne!(of("pay\ntotal\n"), of("pay\nsum\n"));
        // As it is published with the function.
        assert_eq!(of("foobar"), *b"bf9cf968");
    }
}
