//! Texts taken apart and put together.

/// The pieces of a text between any of these signs. Every text is taken apart here: each way to search weighs half a kilobyte.
#[inline(never)]
pub fn pieces<'a>(text: &'a str, signs: &[char]) -> Vec<&'a str> {
    text.split(|character| signs.contains(&character)).collect()
}

/// Fills `{0}`, `{1}` … with the given texts.
pub fn fill(template: &str, texts: &[&str]) -> String {
    let mut filled = String::with_capacity(template.len() + 16);
    // Every second piece is a number: no word of ours has a brace of its own.
    for (place, piece) in pieces(template, &['{', '}']).into_iter().enumerate() {
        let number = if place % 2 == 1 { piece.parse::<usize>().ok() } else { None };
        filled.push_str(match number {
            Some(number) => texts.get(number).copied().unwrap_or_default(),
            None => piece,
        });
    }
    filled
}

/// Two texts with something between them.
pub fn between(first: &str, between: &str, second: &str) -> String {
    [first, between, second].concat()
}

/// A number in digits. There are never so many of anything here that it needs marks between thousands.
pub fn decimal(number: usize) -> String {
    let mut text = if number > 9 { decimal(number / 10) } else { String::new() };
    text.push(char::from(b'0' + u8::try_from(number % 10).unwrap_or_default()));
    text
}

/// A number below 100 with two digits.
pub fn two_digits(number: u8) -> String {
    [number / 10 % 10, number % 10].map(|digit| char::from(b'0' + digit)).iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_in_any_order() {
        assert_eq!(fill("{1} then {0}.", &["a", "b"]), "b then a.");
        assert_eq!(fill("{0} {7}", &["{1}"]), "{1} ");
        assert_eq!(fill("no places", &["a"]), "no places");
    }
}
