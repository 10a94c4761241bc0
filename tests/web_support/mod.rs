//! A checkout in a real page, with scripted servers, for the browser tests.
#![expect(clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "every test file uses a part of it")]
#![allow(missing_docs, reason = "the names say it; page.js says the rest")]

use std::cell::RefCell;
use std::rc::Rc;

use paydesk::flow::Desk;
use paydesk::state::HostEvent;
use paydesk::view::{CheckoutApp, CheckoutProps, Command};
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use yew::{AppHandle, AttrValue, Callback, Renderer};

#[wasm_bindgen(module = "/tests/web_support/page.js")]
extern "C" {
    pub fn answer(list: &str);
    pub fn speaks(french: &str);
    pub fn speechless();
    pub fn requests() -> String;
    pub fn find(selector: &str) -> JsValue;
    pub fn insert(id: &str, text: &str, kind: &str);
    #[wasm_bindgen(js_name = type)]
    pub fn type_keys(id: &str, text: &str);
    pub fn remove(id: &str, forward: bool);
    pub fn fill(id: &str, text: &str, quiet: bool);
    pub fn slip(id: &str, text: &str);
    pub fn compose(id: &str, parts: &str) -> String;
    pub fn caret(id: &str) -> usize;
    pub fn place(id: &str, at: usize);
    pub fn shown(id: &str) -> String;
    pub fn click(selector: &str);
    pub fn leave(id: &str);
    pub fn text() -> String;
    pub fn focused() -> String;
    fn wait(millis: u32) -> js_sys::Promise;
    fn enter() -> js_sys::Promise;
    fn exit();
}

/// A golden document.
macro_rules! document {
    ($name:literal) => {
        serde_json::from_str::<serde_json::Value>(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/data/",
            $name,
            ".json"
        )))
        .unwrap()
    };
}
pub(crate) use document;

/// A running checkout.
pub struct Page {
    place: web_sys::Element,
    handle: Option<AppHandle<CheckoutApp>>,
    props: CheckoutProps,
    events: Rc<RefCell<Vec<HostEvent>>>,
}

impl Page {
    /// Opens a checkout whose requests are answered so; those for the address rules of Canada and the United States are
    /// answered with them.
    pub async fn open(answers: Value) -> Self {
        let page = Self::start("en", answers).await;
        page.is_open().await;
        page
    }

    /// Waits until the session has come.
    pub async fn is_open(&self) {
        until("the session to open", || has("main") && !has(".skeleton")).await;
    }

    /// Begins to open a checkout in a language.
    pub async fn start(locale: &'static str, mut answers: Value) -> Self {
        for country in ["CA", "US"] {
            let rules = serde_json::to_value(paydesk_domain::address::built_in(country)).unwrap();
            let answer = json!({"path": format!("/address/{country}.json"), "body": rules, "again": true});
            answers.as_array_mut().unwrap().push(answer);
        }
        JsFuture::from(enter()).await.unwrap();
        answer(&answers.to_string());
        speaks(&paydesk_words::FRENCH.file());
        let document = web_sys::window().unwrap().document().unwrap();
        let place = document.create_element("div").unwrap();
        place.set_class_name("checkout-under-test");
        // The test runner speaks through the body's other elements: it is added to, never written over.
        document.document_element().unwrap().append_child(&place).unwrap();
        let events = Rc::new(RefCell::new(Vec::new()));
        let heard = events.clone();
        let props = CheckoutProps {
            desk: Desk::new("cs_test", "http://localhost:4000", locale),
            asked_locale: Some(AttrValue::Static(locale)),
            browser_locale: AttrValue::Static("en"),
            command: None,
            on_event: Callback::from(move |event| heard.borrow_mut().push(event)),
            initial: None,
        };
        let handle = Renderer::<CheckoutApp>::with_root_and_props(place.clone(), props.clone()).render();
        Self { place, handle: Some(handle), props, events }
    }

    /// The same, with the form for a new card open.
    pub async fn with_form(answers: Value) -> Self {
        let page = Self::open(answers).await;
        if has("input[value=new]") {
            click("input[value=new]");
        }
        until("the form", || has("#number") && has("#line1")).await;
        page
    }

    pub fn events(&self) -> Vec<HostEvent> {
        self.events.borrow().clone()
    }

    /// The page changes its language.
    pub fn speak(&mut self, locale: &'static str) {
        self.props.asked_locale = Some(AttrValue::Static(locale));
        self.handle.as_mut().unwrap().update(self.props.clone());
    }

    pub fn command(&mut self, command: Command) {
        let number = self.props.command.map_or(0, |(number, _)| number + 1);
        self.props.command = Some((number, command));
        self.handle.as_mut().unwrap().update(self.props.clone());
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if let Some(handle) = self.handle.take() {
            handle.destroy();
        }
        self.place.remove();
        exit();
    }
}

/// Waits for something to become true, for five seconds at most.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        JsFuture::from(wait(10)).await.unwrap();
    }
    panic!("waited in vain for {what}; the page says: {}", text());
}

/// Lets everything that is already due happen.
pub async fn settle() {
    JsFuture::from(wait(30)).await.unwrap();
}

pub fn has(selector: &str) -> bool {
    !find(selector).is_undefined()
}

pub fn input(id: &str) -> web_sys::HtmlInputElement {
    find(&format!("#{id}")).unchecked_into()
}

/// The requests so far whose path ends so.
pub fn sent(path: &str) -> Vec<Value> {
    let all: Vec<Value> = serde_json::from_str(&requests()).unwrap();
    let asks = |call: &Value| call["path"].as_str().unwrap().split('?').next().unwrap().ends_with(path);
    all.into_iter().filter(asks).collect()
}

/// A request's JSON body.
pub fn body(call: &Value) -> Value {
    serde_json::from_str(call["body"].as_str().unwrap()).unwrap()
}

/// The session of the golden document.
pub fn opens() -> Value {
    json!({"path": "/v1/checkout", "body": document!("checkout_open"), "again": true})
}

/// A try's state, under the id of the try that was last confirmed.
pub fn attempt(mut document: Value) -> Value {
    document["id"] = json!("$attempt");
    document
}

/// Fills the form with a good card.
pub fn fill_form() {
    type_keys("number", "4242424242424242");
    type_keys("expiry", "0330");
    type_keys("cvc", "123");
    fill_address();
}

/// Fills in an address in Canada.
pub fn fill_address() {
    type_keys("line1", "12 Main Street");
    type_keys("city", "Montréal");
    type_keys("region", "QC");
    type_keys("postal_code", "h2x1y4");
}
