//! The root component: holds the state, turns what happens in the page into actions and flows, as the checkout's does.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use yew::{AttrValue, Callback, Component, Context, Html, NodeRef, Properties};

use super::page::Page;
use super::{Cx, consents, entry, shelf};
use crate::i18n::Locale;
use crate::state::Store;
use crate::view::Command;
use crate::view::document;
use crate::view::markup::{Out, attrs, fixed};
use crate::view::options::Lists;
use crate::wallet::flow::{self, Desk};
use crate::wallet::state::{HostEvent, Phase, Wallet};
use crate::wallet::strings::Strings;

/// After which time the browser's own focusing of a frame is over.
const FRAME_FOCUS_MS: i32 = 200;

/// The wallet's properties.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct WalletProps {
    /// The session at work.
    pub desk: Desk,
    /// The language that the page asked for.
    #[prop_or_default]
    pub asked_locale: Option<AttrValue>,
    /// The browser's language, until the session tells its own.
    #[prop_or(AttrValue::Static("en"))]
    pub browser_locale: AttrValue,
    /// What the page asks for, with a number so that the same can be asked twice.
    #[prop_or_default]
    pub command: Option<(u32, Command)>,
    /// What the page is told, with what the client reads of it.
    #[prop_or_default]
    pub on_event: Callback<(HostEvent, String)>,
    /// A state to begin with, for tests.
    #[prop_or_default]
    pub initial: Option<Initial>,
}

/// A state to begin with. Only the first one counts, so that all are equal.
#[derive(Clone, Debug)]
pub struct Initial(pub Rc<Wallet>);

impl PartialEq for Initial {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// The wallet.
#[derive(Debug)]
pub struct WalletApp {
    page: Rc<Page>,
    root: NodeRef,
    lists: Lists,
    listener: Option<Closure<dyn Fn(JsValue)>>,
    told: usize,
    focused: u32,
}

impl Component for WalletApp {
    /// The state changed.
    type Message = ();
    type Properties = WalletProps;

    fn create(ctx: &Context<Self>) -> Self {
        let first = ctx.props().initial.as_ref();
        let first = first.map_or_else(Wallet::default, |Initial(state)| Wallet::clone(state));
        let link = ctx.link().clone();
        let store = Store::new(first, move || link.send_message(()));
        Self {
            page: Rc::new(Page { desk: ctx.props().desk.clone(), store, secrets: RefCell::default() }),
            root: NodeRef::default(),
            lists: Lists::default(),
            listener: None,
            told: 0,
            focused: 0,
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &WalletProps) -> bool {
        let props = ctx.props();
        if props.command != old.command {
            match props.command {
                Some((_, Command::Focus)) => self.page.focus_start(),
                Some((_, Command::Look)) if self.page.store.now().verification.is_some() => {
                    flow::follow(&self.page.desk, &self.page.store);
                }
                _ => {}
            }
        }
        if props.asked_locale != old.asked_locale {
            let language = props.asked_locale.as_deref().unwrap_or_default();
            self.page.desk.speak(language);
            let state = self.page.store.now();
            flow::learn_words(&self.page.store, spoken(props, &state));
            // What is agreed to is told in the language that is read.
            if state.phase == Phase::Open {
                flow::read(&self.page.desk, &self.page.store);
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let state = self.page.store.now();
        let locale = locale(ctx.props(), &state);
        let cx = Cx { t: locale.strings(), locale: &locale, state: &state, lists: &self.lists };
        let mut out = Out::default();
        out.el_with(
            "p",
            attrs! {"class": fixed("vh"), "role": fixed("status"), "aria-live": fixed("polite"), "key": fixed("status")},
            |out| out.said(&cx.spoken()),
        );
        match (state.phase, &state.view) {
            (Phase::Barred(barrier), _) => entry::barred(&mut out, &cx, barrier),
            (Phase::Entering, _) => entry::entry(&mut out, &cx),
            (Phase::Open, Some(view)) => match &state.consents {
                Some(list) => consents::consents(&mut out, &cx, list),
                None => shelf::wallet(&mut out, &cx, view),
            },
            (Phase::Open | Phase::Waiting, _) => entry::skeleton(&mut out, &cx),
        }
        out.into_main(&self.root)
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        let props = ctx.props();
        if first {
            self.listen();
            let state = self.page.store.now();
            flow::learn_words(&self.page.store, spoken(props, &state));
            if props.initial.is_none() {
                flow::enter(&self.page.desk, &self.page.store, false);
            }
        }
        let state = self.page.store.now();
        let locale = locale(props, &state);
        document::speak(locale.tag(), locale.strings().direction());
        if state.panel.is_none() {
            for field in self.page.secrets.take() {
                field.set_value("");
            }
        }
        if self.focused != state.focus_count {
            self.focused = state.focus_count;
            document::focus(&state.focus);
            // The first click in a frame focuses the frame as well. On a busy machine that arrives late, and takes the focus off.
            let focus = state.focus.clone();
            flow::later(FRAME_FOCUS_MS, move || {
                if !document::has_focus() {
                    document::focus(&focus);
                }
            });
        }
        let cx = Cx { t: locale.strings(), locale: &locale, state: &state, lists: &self.lists };
        for event in state.events.iter().skip(self.told) {
            let words = match event {
                HostEvent::Barred(barrier) => cx.barrier_in_full(*barrier),
                HostEvent::Failed(trouble) => cx.trouble(*trouble).to_owned(),
                HostEvent::Ready | HostEvent::Changed => String::new(),
            };
            props.on_event.emit((*event, words));
        }
        self.told = state.events.len();
    }
}

impl WalletApp {
    /// One listener for every kind of event, on the element that holds everything, as in the checkout.
    fn listen(&mut self) {
        let page = self.page.clone();
        let listener = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
            page.happened(&event.unchecked_into());
        });
        if let Some(main) = self.root.get() {
            for kind in ["input", "change", "compositionend", "focusout", "click", "submit"] {
                // Lives with the element.
                let _ = main.add_event_listener_with_callback(kind, listener.as_ref().unchecked_ref());
            }
        }
        self.listener = Some(listener);
    }
}

fn locale(props: &WalletProps, state: &Wallet) -> Locale<Strings> {
    let locale = Locale::parse(spoken(props, state), state.words, Strings::english());
    state.view.as_ref().map_or_else(|| locale.clone(), |view| locale.in_country(&view.organization.country))
}

/// What the page or the session calls the language; the browser's own before either is known.
fn spoken<'a>(props: &'a WalletProps, state: &'a Wallet) -> &'a str {
    match (&props.asked_locale, &state.view) {
        (Some(asked), _) => asked,
        (None, Some(view)) => &view.session.locale,
        (None, None) => &props.browser_locale,
    }
}
