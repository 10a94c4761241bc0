//! Fits what a person typed to the shape of a country's postal codes.

/// Fits a text to the first template that takes it, with the template's spaces, dashes and capitals.
///
/// `#` takes a digit, `@` a letter, `?` either, anything else itself. Spaces and dashes that the person
/// typed, or left out, do not matter.
pub fn fit<T: AsRef<str>>(text: &str, templates: &[T]) -> Option<String> {
    let typed: Vec<char> = text
        .chars()
        .filter(|character| !is_filler(*character))
        .map(|character| match crate::card::digit(character) {
            Some(value) => char::from(b'0' + value),
            None => character.to_ascii_uppercase(),
        })
        .collect();
    templates.iter().find_map(|template| fit_one(&typed, template.as_ref()))
}

fn fit_one(typed: &[char], template: &str) -> Option<String> {
    let mut rest = typed.iter().copied();
    let mut fitted = String::with_capacity(template.len());
    for shape in template.chars() {
        if is_filler(shape) {
            fitted.push(shape);
            continue;
        }
        let character = rest.next()?;
        let fits = match shape {
            '#' => character.is_ascii_digit(),
            '@' => character.is_ascii_uppercase(),
            '?' => character.is_ascii_alphanumeric(),
            literal => character == literal,
        };
        if !fits {
            return None;
        }
        fitted.push(character);
    }
    rest.next().is_none().then_some(fitted)
}

fn is_filler(character: char) -> bool {
    character.is_whitespace() || matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tidies_and_refuses() {
        let canada = ["@#@ #@#"];
        let states = ["#####", "#####-####"];
        let ireland = ["?## ????"];
        let gibraltar = ["GX11 1AA"];
        assert_eq!(fit("h2x-1y4", &canada).as_deref(), Some("H2X 1Y4"));
        assert_eq!(fit(" H2X1Y4 ", &canada).as_deref(), Some("H2X 1Y4"));
        assert_eq!(fit("H2X 1Y", &canada), None);
        assert_eq!(fit("H2X 1Y44", &canada), None);
        assert_eq!(fit("902101234", &states).as_deref(), Some("90210-1234"));
        assert_eq!(fit("９０２１０", &states).as_deref(), Some("90210"));
        assert_eq!(fit("D02AF30", &ireland).as_deref(), Some("D02 AF30"));
        assert_eq!(fit("gx111aa", &gibraltar).as_deref(), Some("GX11 1AA"));
        assert_eq!(fit("gx112aa", &gibraltar), None);
    }
}
