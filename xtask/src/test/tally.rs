//! Counts passed and failed tests from the closing lines of the test runners.

/// How many passed and how many failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed, timed out or could not run.
    pub failed: u64,
}

impl Tally {
    /// One check that passed or failed.
    pub fn one(passed: bool) -> Self {
        Self { passed: u64::from(passed), failed: u64::from(!passed) }
    }

    /// The sum of two.
    pub fn plus(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }

    /// Adds what a line of output says, if it is a runner's closing line.
    pub fn read(&mut self, line: &str) {
        let line = plain(line);
        if let Some(read) = libtest(&line).or_else(|| nextest(&line)) {
            *self = self.plus(read);
        }
    }

    /// What a runner's exit says beyond its lines: a failure that no line told of counts as one, and so does a
    /// run without any test, which proves nothing.
    pub fn close(self, succeeded: bool) -> Self {
        let silent = (!succeeded && self.failed == 0) || self == Self::default();
        if silent { self.plus(Self::one(false)) } else { self }
    }
}

/// `test result: ok. 5 passed; 0 failed; 0 ignored; …`: cargo test, its doc tests, and wasm-bindgen's test runner.
fn libtest(line: &str) -> Option<Tally> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let count = |word: &str| {
        counts
            .split(';')
            .find_map(|part| part.trim().strip_suffix(word))
            .and_then(|number| number.trim().parse().ok())
    };
    Some(Tally { passed: count("passed")?, failed: count("failed")? })
}

/// `Summary [   0.1s] 12 tests run: 10 passed (1 slow), 1 failed, 1 timed out, 3 skipped`: nextest.
fn nextest(line: &str) -> Option<Tally> {
    let (head, counts) = line.trim_start().strip_prefix("Summary [")?.split_once(" run: ")?;
    if !head.contains(" test") {
        return None;
    }
    let mut tally = Tally::default();
    for part in counts.split(", ") {
        let mut words = part.split_whitespace();
        let Some(number) = words.next().and_then(|number| number.parse::<u64>().ok()) else {
            continue;
        };
        match words.next() {
            Some("passed") => tally.passed += number,
            Some("failed" | "timed" | "exec") => tally.failed += number,
            _ => {}
        }
    }
    Some(tally)
}

/// A line without colours.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            // An escape sequence ends with a letter.
            let _ = characters.find(char::is_ascii_alphabetic);
        } else {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64) -> Tally {
        Tally { passed, failed }
    }

    fn read(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read(line));
        tally
    }

    #[test]
    fn closing_lines_add_up() {
        let cases = [
            (
                "test result: ok. 5 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.1s",
                tally(5, 0),
            ),
            ("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured", tally(3, 2)),
            ("     Summary [   0.123s] 12 tests run: 12 passed, 0 skipped", tally(12, 0)),
            (
                "     Summary [  61.000s] 9 tests run: 6 passed (1 slow), 2 failed, 1 timed out, 4 skipped",
                tally(6, 3),
            ),
            ("     Summary [   0.010s] 1 test run: 1 passed, 0 skipped", tally(1, 0)),
            ("     Summary [   0.1s] 3/12 tests run: 2 passed, 1 exec failed, 0 skipped", tally(2, 1)),
            (
                "\u{1b}[32;1m     Summary\u{1b}[0m [   0.010s] \u{1b}[1m2\u{1b}[0m tests run: \u{1b}[1m2\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 0 skipped",
                tally(2, 0),
            ),
            ("12 passed, 0 failed", tally(0, 0)),
            ("a test that says: Summary of tests run: 4 passed", tally(0, 0)),
        ];
        for (line, expected) in cases {
            assert_eq!(read(&[line]), expected, "{line}");
        }
        assert_eq!(read(&[cases[0].0, cases[1].0, cases[3].0]), tally(14, 5));
    }

    #[test]
    fn a_run_that_says_nothing_or_breaks_off_has_failed() {
        assert_eq!(tally(0, 0).close(true), tally(0, 1));
        assert_eq!(tally(7, 0).close(false), tally(7, 1));
        assert_eq!(tally(7, 2).close(false), tally(7, 2));
        assert_eq!(tally(7, 0).close(true), tally(7, 0));
    }
}
