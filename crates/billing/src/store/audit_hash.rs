//! The hash that chains audit entries: SHA-256 over every column, the organization and the hash of the entry before.
//!
//! Each field is written with its kind, and a text with its length, so that no two different entries have the same
//! bytes: nothing can be moved from the end of one column to the beginning of the next. docs/AUDIT.md has the same in
//! words, for whoever wants to check an export with a program of their own.

use crate::secret::sha256_hex;
use crate::store::AuditRow;

/// What the first entry of a chain has as the hash before it.
pub const BEFORE_THE_FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Which way of writing an entry down this is. Another way gets another name, so that neither can pass for the other.
const VERSION: &str = "paydesk.audit.1";

const ABSENT: u8 = 0;
const TEXT: u8 = 1;
const INTEGER: u8 = 2;

/// The hash of an organization's entry, in lower-case hex. `row.hash` has no part in it.
pub fn entry_hash(org: &str, row: &AuditRow) -> String {
    sha256_hex(&encode(org, row))
}

fn encode(org: &str, row: &AuditRow) -> Vec<u8> {
    let AuditRow {
        seq,
        id,
        at_ms,
        actor_kind,
        actor,
        action,
        subject,
        origin,
        outcome,
        detail,
        prev_hash,
        hash: _,
    } = row;
    let mut bytes = Vec::with_capacity(512);
    text(&mut bytes, VERSION);
    text(&mut bytes, org);
    integer(&mut bytes, *seq);
    text(&mut bytes, id);
    integer(&mut bytes, *at_ms);
    text(&mut bytes, actor_kind);
    text(&mut bytes, actor);
    text(&mut bytes, action);
    text(&mut bytes, subject);
    match origin {
        Some(origin) => text(&mut bytes, origin),
        None => bytes.push(ABSENT),
    }
    text(&mut bytes, outcome);
    text(&mut bytes, detail);
    text(&mut bytes, prev_hash);
    bytes
}

/// The kind, eight bytes of length (the most significant first), and the text as UTF-8.
fn text(bytes: &mut Vec<u8>, value: &str) {
    bytes.push(TEXT);
    bytes.extend(u64::try_from(value.len()).unwrap_or(u64::MAX).to_be_bytes());
    bytes.extend(value.as_bytes());
}

/// The kind, and eight bytes in two's complement, the most significant first.
fn integer(bytes: &mut Vec<u8>, value: i64) {
    bytes.push(INTEGER);
    bytes.extend(value.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spelled(prefix: &str, letter: &str) -> String {
        format!("{prefix}_{}", letter.repeat(30))
    }

    fn first() -> AuditRow {
        AuditRow {
            seq: 1,
            id: spelled("aud", "c"),
            at_ms: 1_790_000_000_000,
            actor_kind: "command_line".into(),
            actor: "uid:1000".into(),
            action: "organization.created".into(),
            subject: spelled("org", "b"),
            origin: None,
            outcome: "success".into(),
            detail: "{}".into(),
            prev_hash: BEFORE_THE_FIRST.into(),
            hash: String::new(),
        }
    }

    /// The hashes were made by another program (Python's `struct` and `hashlib`) from the words in docs/AUDIT.md.
    /// They may never change: every chain that exists rests on them.
    #[test]
    fn golden_hashes() {
        let org = spelled("org", "b");
        let one = entry_hash(&org, &first());
        assert_eq!(one, "d86a826a3b384ba1b591337739c150b53d55acd29dbb53bc3b2edea06007297a");
        let second = AuditRow {
            seq: 2,
            id: spelled("aud", "d"),
            at_ms: -1,
            actor_kind: "checkout_session".into(),
            actor: spelled("cks", "f"),
            action: "attempt.declined".into(),
            subject: spelled("att", "g"),
            origin: Some("2001:db8::7".into()),
            outcome: "failure".into(),
            detail: r#"{"name":"Zoë"}"#.into(),
            prev_hash: one,
            hash: "plays no part".into(),
        };
        let two = entry_hash(&org, &second);
        assert_eq!(two, "13b39cab936989de4ababd5fda53b4108bfb95829f48d794a83b3fc8f36c2c5e");
        let empty = AuditRow { origin: Some(String::new()), ..AuditRow::default() };
        let hash = entry_hash("", &empty);
        assert_eq!(hash, "1754773d4a7b4e319ca4518069587b0020149be3f3368be9b95d83457a268468");
        let absent = entry_hash("", &AuditRow::default());
        assert_eq!(absent, "eb370f5c0d00e855b42297179f0a7801d2b9393af32bcf7e31a4d747125b5d8e");
    }

    /// Reads back what `encode` wrote.
    struct Reader<'b>(&'b [u8]);

    impl Reader<'_> {
        fn take(&mut self, count: usize) -> &[u8] {
            let (taken, rest) = self.0.split_at(count);
            self.0 = rest;
            taken
        }

        fn kind(&mut self) -> u8 {
            self.take(1)[0]
        }

        fn eight(&mut self) -> [u8; 8] {
            self.take(8).try_into().unwrap()
        }

        fn optional(&mut self) -> Option<String> {
            if self.kind() == ABSENT {
                return None;
            }
            let length = usize::try_from(u64::from_be_bytes(self.eight())).unwrap();
            Some(String::from_utf8(self.take(length).to_vec()).unwrap())
        }

        fn text(&mut self) -> String {
            self.optional().unwrap()
        }

        fn integer(&mut self) -> i64 {
            assert_eq!(self.kind(), INTEGER);
            i64::from_be_bytes(self.eight())
        }
    }

    fn decode(bytes: &[u8]) -> (String, AuditRow) {
        let mut from = Reader(bytes);
        assert_eq!(from.text(), VERSION);
        let org = from.text();
        let row = AuditRow {
            seq: from.integer(),
            id: from.text(),
            at_ms: from.integer(),
            actor_kind: from.text(),
            actor: from.text(),
            action: from.text(),
            subject: from.text(),
            origin: from.optional(),
            outcome: from.text(),
            detail: from.text(),
            prev_hash: from.text(),
            hash: String::new(),
        };
        assert!(from.0.is_empty(), "nothing is left over");
        (org, row)
    }

    proptest! {
        /// What can be read back is unambiguous: no two different entries are the same bytes. The texts are rich in the
        /// marks of the encoding itself. Positive control: without the length in `text` nothing can be read back (tried).
        #[test]
        fn the_bytes_say_exactly_what_the_entry_says(
            texts in proptest::collection::vec("[aé\u{0}\u{1}\u{2}]{0,9}", 9),
            origin in proptest::option::of("[a\u{0}\u{1}]{0,3}"),
            seq in any::<i64>(),
            at_ms in any::<i64>(),
        ) {
            let [org, id, actor_kind, actor, action, subject, outcome, detail, prev_hash] = texts.try_into().unwrap();
            let hash = String::new();
            let row = AuditRow {
                seq, id, at_ms, actor_kind, actor, action, subject, origin, outcome, detail, prev_hash, hash,
            };
            prop_assert_eq!(decode(&encode(&org, &row)), (org, row));
        }
    }
}
