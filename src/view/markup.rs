//! Writes elements, one after the other. Yew's `html!` spells every element out where it stands, some 300 bytes each
//! in the delivered program; here an element is two calls, and bytes are what this page is short of.

use yew::virtual_dom::{AttributeOrProperty, Attributes, Key, VTag, VText};
use yew::{AttrValue, Html, NodeRef};

use crate::i18n::fill;

/// Attributes as pairs: `attrs! { "id": fixed("pay"), "type": fixed("submit") }`. The names are the same slice at every
/// drawing, by which Yew knows that only values can differ.
macro_rules! attrs {
    ($($name:literal: $value:expr),* $(,)?) => { (&[$($name),*], &[$($value),*]) };
}

pub(crate) use attrs;

/// What is being written: the children so far of the element that is open, and of those that it stands in.
#[derive(Debug, Default)]
pub(crate) struct Out {
    children: Vec<Html>,
    outer: Vec<Vec<Html>>,
}

impl Out {
    /// Writes an element with a class (or `""`) and what `inner` writes into it.
    pub fn el(&mut self, name: &'static str, class: &'static str, inner: impl FnOnce(&mut Self)) {
        self.open();
        inner(self);
        self.close_plain(name, class);
    }

    /// Writes an element with attributes, and what `inner` writes into it.
    ///
    /// An empty text leaves the attribute out, save `value`. Three are more than attributes: `key` tells the element
    /// from its neighbours; `value` and `checked` of an input are what it shows, and an input without `value` keeps
    /// what was typed.
    pub fn el_with(
        &mut self,
        name: &'static str,
        attrs: (&'static [&'static str], &[Value<'_>]),
        inner: impl FnOnce(&mut Self),
    ) {
        self.open();
        inner(self);
        self.close(name, attrs.0, attrs.1);
    }

    /// Writes an element with a class and a text of the catalogue: what most elements are, in one call.
    #[inline(never)]
    pub fn el_say(&mut self, name: &'static str, class: &'static str, text: &'static str) {
        self.el(name, class, |out| out.say(text));
    }

    /// The same with any text.
    #[inline(never)]
    pub fn el_said(&mut self, name: &'static str, class: &'static str, text: &str) {
        self.el(name, class, |out| out.said(text));
    }

    /// The same with a text that is filled in.
    #[inline(never)]
    pub fn el_fill(&mut self, name: &'static str, class: &'static str, template: &str, texts: &[&str]) {
        self.el(name, class, |out| out.fill(template, texts));
    }

    /// Writes a text that is filled in.
    #[inline(never)]
    pub fn fill(&mut self, template: &str, texts: &[&str]) {
        self.said(&fill(template, texts));
    }

    /// Writes a text of the catalogue, or any other that never changes.
    pub fn say(&mut self, text: &'static str) {
        self.text(AttrValue::Static(text));
    }

    /// Writes a text.
    #[inline(never)]
    pub fn said(&mut self, text: &str) {
        self.text(AttrValue::Rc(text.into()));
    }

    /// Writes what was drawn before, or by somebody else.
    #[inline(never)]
    pub fn put(&mut self, drawn: Html) {
        self.children.push(drawn);
    }

    /// Holds the place of an element that is not there now. Its neighbours are told apart by their places: what
    /// comes and goes must not move a field, or what was typed in it is lost.
    pub fn nothing(&mut self) {
        self.put(Html::default());
    }

    /// The element that holds everything, so that it can be found.
    pub fn into_main(self, root: &NodeRef) -> Html {
        let mut tag = VTag::new("main");
        tag.node_ref = root.clone();
        tag.add_children(self.children);
        tag.into()
    }

    /// What was written, as a list.
    pub fn into_list(self) -> Html {
        self.children.into_iter().collect()
    }

    #[inline(never)]
    fn text(&mut self, text: AttrValue) {
        self.children.push(VText::new(text).into());
    }

    #[inline(never)]
    fn open(&mut self) {
        self.outer.push(std::mem::take(&mut self.children));
    }

    #[inline(never)]
    fn close_plain(&mut self, name: &'static str, class: &'static str) {
        self.close(name, &["class"], &[Value::Fixed(class)]);
    }

    #[inline(never)]
    fn close(&mut self, name: &'static str, keys: &'static [&'static str], values: &[Value<'_>]) {
        let outer = self.outer.pop().unwrap_or_default();
        let children = std::mem::replace(&mut self.children, outer);
        let mut tag = VTag::new(name);
        let is_input = name == "input";
        let attributes = keys.iter().zip(values).map(|(key, value)| {
            let text = match *value {
                Value::Fixed(text) => AttrValue::Static(text),
                Value::Text(text) => AttrValue::Rc(text.into()),
            };
            match *key {
                "key" => tag.key = Some(Key::from(text.as_str())),
                "checked" if is_input => tag.set_checked(!text.is_empty()),
                "value" if is_input => tag.set_value(text),
                name if text.is_empty() && name != "value" => {}
                _ => return Some(AttributeOrProperty::Attribute(text)),
            }
            None
        });
        let values = attributes.collect();
        tag.set_attributes(Attributes::Dynamic { keys, values });
        tag.add_children(children);
        self.children.push(tag.into());
    }
}

/// An attribute's value. Borrowed, so that an element that is written leaves nothing to tidy up where it is written.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    /// One that never changes.
    Fixed(&'static str),
    /// Any other.
    Text(&'a str),
}

/// A text as an attribute's value.
pub(crate) const fn attr(text: &str) -> Value<'_> {
    Value::Text(text)
}

/// A text that never changes, as an attribute's value.
pub(crate) const fn fixed(text: &'static str) -> Value<'static> {
    Value::Fixed(text)
}

/// `true` as an attribute, or none.
pub(crate) const fn when(holds: bool) -> Value<'static> {
    Value::Fixed(if holds { "true" } else { "" })
}
