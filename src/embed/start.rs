//! Takes the port from the boot script and runs the program that the embedding page asks for.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, MessageEvent, MessagePort};
use yew::{AppHandle, AttrValue, BaseComponent, Renderer};

use super::channel::{FromHost, read};
use crate::js;
use crate::view::Command;

/// A program that a frame page runs.
pub trait Program: BaseComponent {
    /// How the secrets of its sessions begin.
    const SECRET: &'static str;

    /// Its properties for a session.
    fn opened(opening: Opening<'_>) -> Self::Properties;
    /// Another language.
    fn speak(properties: &mut Self::Properties, locale: Option<AttrValue>);
    /// Something that the page asks for.
    fn obey(properties: &mut Self::Properties, command: Command);
}

/// What a session is opened with.
#[derive(Debug)]
pub struct Opening<'a> {
    /// The session's secret.
    pub session: &'a str,
    /// The origin of the embedding page.
    pub parent_origin: &'a str,
    /// The language that the page asked for.
    pub locale: Option<String>,
    /// The browser's language.
    pub browser_locale: AttrValue,
    /// Where the page listens.
    pub port: MessagePort,
}

/// One program in a document, and the page it belongs to.
struct Frame<P: Program> {
    port: MessagePort,
    parent_origin: String,
    place: Element,
    browser_locale: AttrValue,
    running: RefCell<Option<(AppHandle<P>, P::Properties)>>,
}

/// Starts listening to the embedding page. Does nothing outside a page that a boot script prepared.
pub fn run<P: Program>()
where
    P::Properties: Clone,
{
    if let Some(frame) = find::<P>() {
        listen(Rc::new(frame));
    }
}

fn find<P: Program>() -> Option<Frame<P>> {
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

fn listen<P: Program>(frame: Rc<Frame<P>>)
where
    P::Properties: Clone,
{
    let port = frame.port.clone();
    let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(message) = read(&event.data(), P::SECRET) {
            frame.obey(message);
        }
    });
    // Lives as long as the page.
    port.set_onmessage(Some(listener.into_js_value().unchecked_ref()));
}

impl<P: Program> Frame<P>
where
    P::Properties: Clone,
{
    fn obey(&self, message: FromHost) {
        match message {
            FromHost::Open { session, locale } => self.open(&session, locale),
            FromHost::Update { locale } => self.change(|props| P::speak(props, locale.map(AttrValue::from))),
            FromHost::Submit => self.change(|props| P::obey(props, Command::Submit)),
            FromHost::Focus => self.change(|props| P::obey(props, Command::Focus)),
            FromHost::Look => self.change(|props| P::obey(props, Command::Look)),
            FromHost::Close => self.close(),
        }
    }

    fn open(&self, session: &str, locale: Option<String>) {
        self.close();
        let props = P::opened(Opening {
            session,
            parent_origin: &self.parent_origin,
            locale,
            browser_locale: self.browser_locale.clone(),
            port: self.port.clone(),
        });
        let handle = Renderer::<P>::with_root_and_props(self.place.clone(), props.clone()).render();
        *self.running.borrow_mut() = Some((handle, props));
    }

    fn change(&self, change: impl FnOnce(&mut P::Properties)) {
        if let Some((handle, props)) = self.running.borrow_mut().as_mut() {
            change(props);
            handle.update(props.clone());
        }
    }

    fn close(&self) {
        if let Some((handle, _)) = self.running.borrow_mut().take() {
            handle.destroy();
        }
    }
}
