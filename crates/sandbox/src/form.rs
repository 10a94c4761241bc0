//! Form bodies with nested keys: `card[number]=…`, `items[0][price]=…`, `expand[]=…`.

mod decode;
mod node;

pub use decode::FormError;
pub use node::Node;

use std::collections::BTreeMap;

use hmac::digest::Update;
use serde_json::Value;
use zeroize::Zeroizing;

/// The parameters of one call, as a tree. Texts are wiped when it goes: one of them may be a card number.
pub struct Form {
    root: Branch,
}

type Branch = BTreeMap<String, Tree>;

enum Tree {
    Text(Zeroizing<String>),
    Branch(Branch),
}

/// What may not be remembered, not even as a digest that could be tried out number by number.
const SECRET_NAMES: [&str; 4] = ["number", "cvc", "account_number", "client_secret"];

impl Form {
    /// Reads an `application/x-www-form-urlencoded` text: a body or a query.
    ///
    /// # Errors
    /// For texts that are not UTF-8, too deep, too many, or contradict themselves.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormError> {
        decode::decode(bytes).map(|root| Self { root })
    }

    /// Reads a JSON object, for the calls that are the sandbox's own.
    ///
    /// # Errors
    /// For a text that is not an object, or is nested too deeply.
    pub fn from_json(bytes: &[u8]) -> Result<Self, FormError> {
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(fields)) => Ok(Self { root: branch_of(&mut fields.into_iter(), 0)? }),
            _ => Err(FormError::NotAnObject),
        }
    }

    /// The parameters by name.
    pub fn node(&self) -> Node<'_> {
        Node::root(&self.root)
    }

    /// Takes one parameter out: the key that a browser sends in its form.
    pub fn take_text(&mut self, name: &str) -> Option<Zeroizing<String>> {
        match self.root.remove(name)? {
            Tree::Text(text) => Some(text),
            branch @ Tree::Branch(_) => {
                self.root.insert(name.to_owned(), branch);
                None
            }
        }
    }

    /// Feeds every parameter in a fixed order to a hash. With `secrets`, what is secret goes in as it is
    /// (use a keyed hash); without, card numbers go in by their last four digits and codes not at all.
    pub fn digest(&self, hash: &mut impl Update, secrets: bool) {
        digest(&self.root, hash, secrets);
    }
}

impl std::fmt::Debug for Form {
    /// Names only.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.root.keys()).finish_non_exhaustive()
    }
}

fn branch_of(fields: &mut dyn Iterator<Item = (String, Value)>, depth: usize) -> Result<Branch, FormError> {
    if depth > 6 {
        return Err(FormError::TooMany);
    }
    let mut branch = Branch::new();
    for (name, value) in fields {
        let tree = match value {
            Value::Null => Tree::Text(Zeroizing::default()),
            Value::String(text) => Tree::Text(Zeroizing::new(text)),
            Value::Bool(_) | Value::Number(_) => Tree::Text(Zeroizing::new(value.to_string())),
            Value::Object(fields) => Tree::Branch(branch_of(&mut fields.into_iter(), depth + 1)?),
            Value::Array(items) => {
                let mut numbered = items.into_iter().enumerate().map(|(at, item)| (at.to_string(), item));
                Tree::Branch(branch_of(&mut numbered, depth + 1)?)
            }
        };
        branch.insert(name, tree);
    }
    Ok(branch)
}

fn digest(branch: &Branch, hash: &mut impl Update, secrets: bool) {
    for (name, tree) in branch {
        hash.update(name.as_bytes());
        match tree {
            Tree::Text(text) if secrets || !SECRET_NAMES.contains(&name.as_str()) => {
                hash.update(b"=");
                hash.update(text.as_bytes());
            }
            Tree::Text(text) if name == "number" => {
                let from = text.len().saturating_sub(4);
                hash.update(b"~");
                hash.update(text.get(from..).unwrap_or_default().as_bytes());
            }
            Tree::Text(_) => hash.update(b"~"),
            Tree::Branch(branch) => {
                hash.update(b"{");
                digest(branch, hash, secrets);
                hash.update(b"}");
            }
        }
        hash.update(&[0]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn form(text: &str) -> Form {
        Form::decode(text.as_bytes()).unwrap()
    }

    #[test]
    fn reads_nested_names() {
        let form =
            form("a[b][c]=1&a%5Bd%5D=x+y%26z&list[]=p&list[]=q&n[10]=k&n[2]=j&flag=true&empty=&e[0][id]=s");
        let node = form.node();
        let a = node.group("a").unwrap().unwrap();
        assert_eq!(a.group("b").unwrap().unwrap().integer("c").unwrap(), Some(1));
        assert_eq!(a.text("d").unwrap(), Some("x y&z"));
        assert_eq!(node.list("list").unwrap(), ["p", "q"]);
        assert_eq!(node.list("n").unwrap(), ["j", "k"]);
        assert_eq!(
            (node.boolean("flag").unwrap(), node.text("empty").unwrap(), node.raw("empty").unwrap()),
            (Some(true), None, Some(""))
        );
        let first = node.group("e").unwrap().unwrap().group("0").unwrap().unwrap();
        assert_eq!((first.text("id").unwrap(), first.name_of("id").as_str()), (Some("s"), "e[0][id]"));
    }

    #[test]
    fn groups_in_a_list_stay_together() {
        let form = form("i[][a]=1&i[][b]=2&i[][a]=3");
        let items = form.node().group("i").unwrap().unwrap();
        let item = |at: &str| items.group(at).unwrap().unwrap().texts_here();
        assert_eq!((item("0"), item("1")), ("a=1 b=2".to_owned(), "a=3".to_owned()));
    }

    impl Node<'_> {
        fn texts_here(&self) -> String {
            let names = ["a", "b"].into_iter().filter(|name| self.has(name));
            names
                .map(|name| format!("{name}={}", self.text(name).unwrap().unwrap()))
                .collect::<Vec<_>>()
                .join(" ")
        }
    }

    #[test]
    fn refuses_what_contradicts_itself() {
        for (text, why) in [
            ("a=1&a[b]=2", FormError::Contradiction),
            ("a[b]=2&a=1", FormError::Contradiction),
            ("a[b=1", FormError::BadName),
            ("a]b=1", FormError::BadName),
            ("[a]=1", FormError::BadName),
            ("a[b]c=1", FormError::BadName),
            ("a[b][c][d][e][f][g]=1", FormError::TooMany),
            ("a=%ff", FormError::NotUtf8),
        ] {
            assert_eq!(Form::decode(text.as_bytes()).unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn the_open_digest_knows_no_secret() {
        use hmac::digest::Digest;
        let digest = |text: &str, secrets| {
            let mut hash = sha2::Sha256::new();
            form(text).digest(&mut hash, secrets);
            hash.finalize()
        };
        let (one, other) =
            ("card[number]=4242424242424242&card[cvc]=123", "card[number]=4000000000004242&card[cvc]=999");
        assert_eq!(digest(one, false), digest(other, false));
        assert_ne!(digest(one, true), digest(other, true));
        assert_ne!(digest("a=1", false), digest("a=2", false));
        assert_ne!(digest("a=1&b=", false), digest("a=&b=1", false));
        assert!(!format!("{:?} {:?}", form(one), form(one).node()).contains("4242"));
    }

    #[test]
    fn json_reads_the_same() {
        let json = Form::from_json(br#"{"a":{"b":1},"c":[true,"x"],"d":null}"#).unwrap();
        let node = json.node();
        assert_eq!(node.group("a").unwrap().unwrap().integer("b").unwrap(), Some(1));
        assert_eq!((node.list("c").unwrap(), node.text("d").unwrap()), (vec!["true", "x"], None));
        assert!(Form::from_json(b"[1]").is_err() && Form::from_json(b"{").is_err());
    }

    proptest! {
        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            drop(Form::decode(&bytes));
        }

        #[test]
        fn brackets_never_panic(text in "[a-c\\[\\]=&%0-9+]{0,60}") {
            drop(Form::decode(text.as_bytes()));
        }

        #[test]
        fn a_text_survives_the_way(text in "\\PC{0,40}") {
            let escaped: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let form = form(&format!("a[b]={escaped}"));
            prop_assert_eq!(form.node().group("a").unwrap().unwrap().raw("b").unwrap(), Some(text.as_str()));
        }
    }
}
