//! Typed reading of parameters, with the processor's own error for each thing that can be wrong.

use std::collections::BTreeMap;

use super::{Branch, Tree};
use crate::error::{ApiError, printable};

/// One group of parameters and the name it has in the request.
#[derive(Clone)]
pub struct Node<'a> {
    path: String,
    branch: &'a Branch,
}

impl std::fmt::Debug for Node<'_> {
    /// Names only: a text may be a card number.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.branch.keys()).finish_non_exhaustive()
    }
}

impl<'a> Node<'a> {
    pub(super) const fn root(branch: &'a Branch) -> Self {
        Self { path: String::new(), branch }
    }

    /// A parameter's full name, such as `card[number]`.
    pub fn name_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}[{name}]", self.path) }
    }

    /// Refuses parameters that this call does not have.
    ///
    /// # Errors
    /// `parameter_unknown`, naming the first.
    pub fn allow(&self, names: &[&str]) -> Result<(), ApiError> {
        match self.branch.keys().find(|name| !names.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let name = printable(&self.name_of(name));
                let message = format!("Received unknown parameter: {name}");
                Err(ApiError::invalid(message).code("parameter_unknown").param(name))
            }
        }
    }

    /// True when the parameter was sent at all, empty or not.
    pub fn has(&self, name: &str) -> bool {
        self.branch.contains_key(name)
    }

    /// A text as it was sent; the empty text means "unset".
    ///
    /// # Errors
    /// When a group was sent under this name.
    pub fn raw(&self, name: &str) -> Result<Option<&'a str>, ApiError> {
        match self.branch.get(name) {
            None => Ok(None),
            Some(Tree::Text(text)) => Ok(Some(text.as_str())),
            Some(Tree::Branch(_)) => {
                let name = self.name_of(name);
                Err(ApiError::invalid("Invalid string: a group was sent.").param(name))
            }
        }
    }

    /// A text that is not empty.
    ///
    /// # Errors
    /// When a group was sent under this name.
    pub fn text(&self, name: &str) -> Result<Option<&'a str>, ApiError> {
        Ok(self.raw(name)?.map(str::trim).filter(|text| !text.is_empty()))
    }

    /// A text that must be there.
    ///
    /// # Errors
    /// `parameter_missing`.
    pub fn required(&self, name: &str) -> Result<&'a str, ApiError> {
        self.text(name)?.ok_or_else(|| ApiError::missing(&self.name_of(name)))
    }

    /// An owned text, for objects.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn owned(&self, name: &str) -> Result<Option<String>, ApiError> {
        Ok(self.text(name)?.map(str::to_owned))
    }

    /// Writes a text into `slot` when it was sent; an empty one clears it.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn update(&self, name: &str, slot: &mut Option<String>) -> Result<(), ApiError> {
        if let Some(text) = self.raw(name)? {
            *slot = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        }
        Ok(())
    }

    /// A whole number.
    ///
    /// # Errors
    /// `parameter_invalid_integer`. What was sent is not repeated: it may be a card number in the wrong field.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, ApiError> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| {
            let name = self.name_of(name);
            ApiError::invalid(format!("Invalid integer: {}", printable(text)))
                .code("parameter_invalid_integer")
                .param(name)
        })
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// For anything else.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, ApiError> {
        match self.text(name)? {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => {
                let message = format!("Invalid boolean: {}", printable(other));
                Err(ApiError::invalid(message).param(self.name_of(name)))
            }
        }
    }

    /// One of a few words.
    ///
    /// # Errors
    /// For a word that is not among them.
    pub fn choice(&self, name: &str, words: &[&str]) -> Result<Option<&'a str>, ApiError> {
        match self.text(name)? {
            Some(word) if !words.contains(&word) => {
                let name = self.name_of(name);
                let message = format!("Invalid {name}: must be one of {}", words.join(", "));
                Err(ApiError::invalid(message).param(name))
            }
            other => Ok(other),
        }
    }

    /// A group. An empty text counts as no group (it is how a group is unset).
    ///
    /// # Errors
    /// When a text was sent under this name.
    pub fn group(&self, name: &str) -> Result<Option<Node<'a>>, ApiError> {
        match self.branch.get(name) {
            None => Ok(None),
            Some(Tree::Text(text)) if text.is_empty() => Ok(None),
            Some(Tree::Branch(branch)) => Ok(Some(Node { path: self.name_of(name), branch })),
            Some(Tree::Text(_)) => Err(ApiError::invalid("Invalid object").param(self.name_of(name))),
        }
    }

    /// A list of texts, in the order of their numbers.
    ///
    /// # Errors
    /// When groups are in it.
    pub fn list(&self, name: &str) -> Result<Vec<&'a str>, ApiError> {
        let Some(group) = self.group(name)? else {
            return Ok(Vec::new());
        };
        let mut items = Vec::with_capacity(group.branch.len());
        for (key, tree) in group.branch {
            let position: usize =
                key.parse().map_err(|_| ApiError::invalid("Invalid array").param(self.name_of(name)))?;
            match tree {
                Tree::Text(text) => items.push((position, text.as_str())),
                Tree::Branch(_) => return Err(ApiError::invalid("Invalid array").param(self.name_of(name))),
            }
        }
        items.sort_by_key(|(position, _)| *position);
        Ok(items.into_iter().map(|(_, text)| text).collect())
    }

    /// Every text of a group, by name.
    ///
    /// # Errors
    /// When groups are in it.
    pub fn texts(&self, name: &str) -> Result<BTreeMap<String, String>, ApiError> {
        let Some(group) = self.group(name)? else {
            return Ok(BTreeMap::new());
        };
        let texts =
            group.branch.keys().map(|key| Ok((key.clone(), group.raw(key)?.unwrap_or_default().to_owned())));
        texts.collect()
    }

    /// Merges `metadata`: a key with an empty value goes, `metadata=` alone clears all of it.
    ///
    /// # Errors
    /// Beyond 50 keys, 40 letters in a key or 500 in a value.
    pub fn merge_metadata(&self, metadata: &mut BTreeMap<String, String>) -> Result<(), ApiError> {
        if matches!(self.branch.get("metadata"), Some(Tree::Text(text)) if text.is_empty()) {
            metadata.clear();
        }
        for (key, value) in self.texts("metadata")? {
            if key.chars().count() > 40 || value.chars().count() > 500 {
                let message = "Metadata keys have at most 40 characters, and values at most 500.";
                return Err(ApiError::invalid(message).param("metadata"));
            }
            if value.is_empty() {
                metadata.remove(&key);
            } else {
                metadata.insert(key, value);
            }
        }
        if metadata.len() > 50 {
            return Err(ApiError::invalid("Metadata can have up to 50 keys.").param("metadata"));
        }
        Ok(())
    }
}
