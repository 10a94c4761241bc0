//! JavaScript values by hand: getters over parsed JSON and makers of objects. A tenth of what a serialization library
//! weighs in the browser.

use std::cell::Cell;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The largest integer that a JavaScript number holds exactly.
const SAFE_MAX: f64 = 9_007_199_254_740_991.0;

/// A property; `undefined` when it is absent or `value` is not an object.
pub fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// A property that is an object.
pub fn object_at(value: &JsValue, name: &str) -> Option<JsValue> {
    Some(get(value, name)).filter(JsValue::is_object)
}

/// A property that is a text.
pub fn text(value: &JsValue, name: &str) -> Option<String> {
    get(value, name).as_string()
}

/// A document being read. A part that is missing or of another kind is read as empty and remembered: the document
/// as a whole is then refused. So the reading of a part needs no way out, which would weigh more than all the rest.
#[derive(Debug)]
pub struct Reader<'a> {
    value: JsValue,
    faults: &'a Cell<bool>,
}

impl<'a> Reader<'a> {
    /// Reads a whole document; `None` when anything about it is wrong.
    pub fn read<T>(value: &JsValue, read: impl FnOnce(&Reader<'_>) -> T) -> Option<T> {
        let faults = Cell::new(false);
        let document = read(&Reader { value: value.clone(), faults: &faults });
        (!faults.get()).then_some(document)
    }

    /// A part that is an object.
    pub fn part(&self, name: &str) -> Self {
        let value = get(&self.value, name);
        if !value.is_object() {
            self.faults.set(true);
        }
        Self { value, faults: self.faults }
    }

    /// A part that may be left out, or be `null`.
    pub fn optional<T>(&self, name: &str, read: impl FnOnce(&Self) -> T) -> Option<T> {
        let value = get(&self.value, name);
        value.is_object().then(|| read(&Self { value, faults: self.faults }))
    }

    /// A part that is a list; an absent one is a fault.
    pub fn list<T>(&self, name: &str, read: impl Fn(&Self) -> T) -> Vec<T> {
        let mut list = Vec::new();
        self.each(name, &mut |part| list.push(read(part)));
        list
    }

    /// Reads every part of a list: once for all kinds of parts, as walking through one is not little.
    #[inline(never)]
    fn each(&self, name: &str, read: &mut dyn FnMut(&Self)) {
        let value = get(&self.value, name);
        if !Array::is_array(&value) {
            return self.faults.set(true);
        }
        for value in value.unchecked_into::<Array>().iter() {
            read(&Self { value, faults: self.faults });
        }
    }

    /// A list that may be left out.
    pub fn optional_list<T>(&self, name: &str, read: impl Fn(&Self) -> T) -> Vec<T> {
        if get(&self.value, name).is_undefined() { Vec::new() } else { self.list(name, read) }
    }

    /// The text that this part itself is.
    pub fn itself(&self) -> String {
        self.known(self.value.as_string())
    }

    /// A part that is a text.
    #[inline(never)]
    pub fn text(&self, name: &str) -> String {
        self.known(text(&self.value, name))
    }

    /// A text that may be left out.
    #[inline(never)]
    pub fn optional_text(&self, name: &str) -> Option<String> {
        text(&self.value, name)
    }

    /// Whether it has this part at all.
    pub fn has(&self, name: &str) -> bool {
        !get(&self.value, name).is_undefined()
    }

    /// A text that may be left out, and stands for `otherwise` then.
    pub fn text_or(&self, name: &str, otherwise: &str) -> String {
        if get(&self.value, name).is_undefined() { otherwise.to_owned() } else { self.text(name) }
    }

    /// A part that is a whole number.
    #[inline(never)]
    pub fn integer(&self, name: &str) -> i64 {
        self.known(get(&self.value, name).as_f64().and_then(whole))
    }

    /// A whole number that may be left out.
    pub fn optional_integer(&self, name: &str) -> Option<i64> {
        let value = get(&self.value, name);
        (!value.is_undefined() && !value.is_null()).then(|| self.integer(name))
    }

    /// A part that is `true`; anything else is `false`.
    #[inline(never)]
    pub fn flag(&self, name: &str) -> bool {
        get(&self.value, name).is_truthy()
    }

    /// What a text stands for; `otherwise` in its place when it is a fault.
    pub fn meaning<T>(&self, text: &str, parse: impl FnOnce(&str) -> Option<T>, otherwise: T) -> T {
        parse(text).unwrap_or_else(|| {
            self.faults.set(true);
            otherwise
        })
    }

    /// A value that has to be there.
    pub fn known<T: Default>(&self, value: Option<T>) -> T {
        if value.is_none() {
            self.faults.set(true);
        }
        value.unwrap_or_default()
    }
}

/// The integer that a JavaScript number is, if it is one.
pub fn whole(number: f64) -> Option<i64> {
    let exact = number.fract() == 0.0 && number.abs() <= SAFE_MAX;
    #[expect(
        clippy::as_conversions,
        reason = "the standard library has no other way, and the line above makes it exact"
    )]
    exact.then_some(number as i64)
}

/// A whole number as JavaScript has it: exact up to 2^53, which no amount in minor units comes near.
pub const fn number(integer: i64) -> f64 {
    #[expect(clippy::as_conversions, reason = "the standard library has no other way from 64 bits")]
    let number = integer as f64;
    number
}

/// An object with these properties.
#[inline(never)]
pub fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in properties {
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}

/// An object whose properties are texts.
#[inline(never)]
pub fn texts(properties: &[(&str, &str)]) -> JsValue {
    let values: Vec<_> = properties.iter().map(|(name, text)| (*name, JsValue::from_str(text))).collect();
    object(&values)
}
