//! The return codes of Canadian debits.
use super::ReturnRule;

pub(super) const RULES: &[ReturnRule] = &[];
