//! The return codes of the US network.
use super::ReturnRule;

pub(super) const RULES: &[ReturnRule] = &[];
