//! Takes the port from the boot script and runs the checkout that the embedding page asks for.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, MessageEvent, MessagePort};
use yew::{AppHandle, AttrValue, Callback, Renderer};

use super::channel::{FromHost, read};
use super::events;
use crate::flow::Desk;
use crate::js;
use crate::view::{CheckoutApp, CheckoutProps, Command};

/// One checkout in a document, and the page it belongs to.
struct Frame {
    port: MessagePort,
    parent_origin: String,
    place: Element,
    browser_locale: AttrValue,
    running: RefCell<Option<(AppHandle<CheckoutApp>, CheckoutProps)>>,
}

/// Starts listening to the embedding page. Does nothing outside a page that static/boot.js prepared.
pub fn start() {
    if let Some(frame) = find() {
        listen(Rc::new(frame));
    }
}

fn find() -> Option<Frame> {
    let window = web_sys::window()?;
    let prepared = js::object_at(&window, "paydesk")?;
    Some(Frame {
        port: js::get(&prepared, "port").dyn_into().ok()?,
        parent_origin: js::text(&prepared, "parentOrigin")?,
        place: window.document()?.get_element_by_id("app")?,
        browser_locale: js::text(&js::get(&window, "navigator"), "language").unwrap_or_default().into(),
        running: RefCell::default(),
    })
}

fn listen(frame: Rc<Frame>) {
    let port = frame.port.clone();
    let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(message) = read(&event.data()) {
            frame.obey(message);
        }
    });
    // Lives as long as the page.
    port.set_onmessage(Some(listener.into_js_value().unchecked_ref()));
}

impl Frame {
    fn obey(&self, message: FromHost) {
        match message {
            FromHost::Open { session, locale } => self.open(&session, locale),
            FromHost::Update { locale } => {
                self.change(|props| props.asked_locale = locale.map(AttrValue::from))
            }
            FromHost::Submit => self.command(Command::Submit),
            FromHost::Focus => self.command(Command::Focus),
            FromHost::Look => self.command(Command::Look),
            FromHost::Close => self.close(),
        }
    }

    fn open(&self, session: &str, locale: Option<String>) {
        self.close();
        let desk = Desk::new(session, &self.parent_origin, locale.as_deref().unwrap_or_default());
        let port = self.port.clone();
        let on_event = Callback::from(move |event| {
            let _ = port.post_message(&events::message(&event));
        });
        let props = CheckoutProps {
            desk,
            asked_locale: locale.map(AttrValue::from),
            browser_locale: self.browser_locale.clone(),
            command: None,
            on_event,
            initial: None,
        };
        let handle = Renderer::<CheckoutApp>::with_root_and_props(self.place.clone(), props.clone()).render();
        *self.running.borrow_mut() = Some((handle, props));
    }

    fn change(&self, change: impl FnOnce(&mut CheckoutProps)) {
        if let Some((handle, props)) = self.running.borrow_mut().as_mut() {
            change(props);
            handle.update(props.clone());
        }
    }

    fn command(&self, command: Command) {
        self.change(|props| {
            let number = props.command.map_or(0, |(number, _)| number + 1);
            props.command = Some((number, command));
        });
    }

    fn close(&self) {
        if let Some((handle, _)) = self.running.borrow_mut().take() {
            handle.destroy();
        }
    }
}
