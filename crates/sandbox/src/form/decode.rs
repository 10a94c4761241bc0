//! Turns the flat pairs of a form into the tree that their bracketed names describe.

use zeroize::Zeroizing;

use super::{Branch, Tree};

const PAIRS_MAX: usize = 1_000;
const DEPTH_MAX: usize = 6;

/// Why a form could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// A text is not UTF-8 after decoding.
    #[error("a parameter is not valid UTF-8")]
    NotUtf8,
    /// Too many parameters, or names nested too deeply.
    #[error("too many parameters")]
    TooMany,
    /// Brackets that do not match.
    #[error("a parameter's name has brackets that do not match")]
    BadName,
    /// A name that is used for a value and for a group.
    #[error("a parameter is both a value and a group")]
    Contradiction,
    /// A body that should be a JSON object.
    #[error("the body is not a JSON object")]
    NotAnObject,
}

pub(super) fn decode(bytes: &[u8]) -> Result<Branch, FormError> {
    let mut root = Branch::new();
    for (count, pair) in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).enumerate() {
        if count >= PAIRS_MAX {
            return Err(FormError::TooMany);
        }
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = unescape(halves.next().unwrap_or_default())?;
        let value = unescape(halves.next().unwrap_or_default())?;
        let steps = steps(&name)?;
        insert(&mut root, &steps, value)?;
    }
    Ok(root)
}

/// Undoes percent-encoding and `+`. A stray `%` stays as it is, as browsers' own parser has it.
fn unescape(text: &[u8]) -> Result<Zeroizing<String>, FormError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut ahead = rest.clone();
                match (ahead.next().and_then(hex), ahead.next().and_then(hex)) {
                    (Some(high), Some(low)) => {
                        bytes.push(high * 16 + low);
                        rest = ahead;
                    }
                    _ => bytes.push(b'%'),
                }
            }
            other => bytes.push(other),
        }
    }
    let text = str::from_utf8(&bytes).map_err(|_| FormError::NotUtf8)?;
    Ok(Zeroizing::new(text.to_owned()))
}

const fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// `a[b][0][]` as `a`, `b`, `0`, and the empty text for "the next one".
fn steps(name: &str) -> Result<Vec<&str>, FormError> {
    let (first, mut rest) = match name.find('[') {
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    if first.is_empty() || first.contains(']') {
        return Err(FormError::BadName);
    }
    let mut steps = vec![first];
    while !rest.is_empty() {
        let inner = rest.strip_prefix('[').ok_or(FormError::BadName)?;
        let (step, after) = inner.split_once(']').ok_or(FormError::BadName)?;
        if step.contains('[') {
            return Err(FormError::BadName);
        }
        steps.push(step);
        rest = after;
        if steps.len() > DEPTH_MAX {
            return Err(FormError::TooMany);
        }
    }
    Ok(steps)
}

fn insert(branch: &mut Branch, steps: &[&str], value: Zeroizing<String>) -> Result<(), FormError> {
    let Some((step, deeper)) = steps.split_first() else {
        return Ok(());
    };
    let name = if step.is_empty() { next_name(branch, deeper) } else { (*step).to_owned() };
    if deeper.is_empty() {
        return match branch.insert(name, Tree::Text(value)) {
            Some(Tree::Branch(_)) => Err(FormError::Contradiction),
            Some(Tree::Text(_)) | None => Ok(()),
        };
    }
    match branch.entry(name).or_insert_with(|| Tree::Branch(Branch::new())) {
        Tree::Branch(inner) => insert(inner, deeper, value),
        Tree::Text(_) => Err(FormError::Contradiction),
    }
}

/// The place that `[]` means: the last group as long as it lacks this very value, else a new place.
fn next_name(branch: &Branch, deeper: &[&str]) -> String {
    let count = branch.len();
    let last = count.checked_sub(1).map(|at| at.to_string());
    if let (Some(last), Some(field)) = (last, deeper.first())
        && let Some(Tree::Branch(group)) = branch.get(&last)
        && !group.contains_key(*field)
    {
        return last;
    }
    count.to_string()
}
