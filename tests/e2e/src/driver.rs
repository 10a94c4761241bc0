//! The W3C WebDriver protocol, as much of it as a person needs: find, click, type, look.
//!
//! Clicks and keys go through the browser's own input handling, so a covered, disabled or missing thing cannot
//! be used by a test either.

use std::fmt::Write as _;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{Context, Failure};

/// The name under which the protocol wraps an element's reference.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// The same for a shadow root.
const SHADOW: &str = "shadow-6066-11e4-a52e-4f735466cecf";

/// Keys that have no character.
pub mod keys {
    /// Enter.
    pub const ENTER: char = '\u{E007}';
    /// Tab.
    pub const TAB: char = '\u{E004}';
    /// Shift, to be held.
    pub const SHIFT: char = '\u{E008}';
    /// Control, to be held.
    pub const CONTROL: char = '\u{E009}';
    /// Backspace.
    pub const BACKSPACE: char = '\u{E003}';
    /// Arrow down.
    pub const DOWN: char = '\u{E015}';
    /// Arrow up.
    pub const UP: char = '\u{E013}';
    /// Arrow left.
    pub const LEFT: char = '\u{E012}';
    /// The space bar.
    pub const SPACE: char = ' ';
}

/// A WebDriver session: one browser, one current tab, one current frame.
#[derive(Debug)]
pub struct Driver {
    http: reqwest::Client,
    base: String,
    /// Whether roles and names are asked by the protocol's own questions: by elements' properties, if not.
    questions: bool,
    /// What the browser said about itself.
    pub capabilities: Value,
}

/// A reference to an element of the frame that was current when it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element(String);

impl Element {
    fn from(value: &Value) -> Option<Self> {
        value.get(ELEMENT).or_else(|| value.get(SHADOW)).and_then(Value::as_str).map(|id| Self(id.to_owned()))
    }

    /// The element as a script's argument.
    pub fn argument(&self) -> Value {
        json!({ELEMENT: self.0})
    }
}

impl Driver {
    /// Asks the driver program at `url` for a browser with these capabilities.
    ///
    /// # Errors
    /// Where the browser does not start.
    pub async fn open(url: &str, capabilities: Value) -> Result<Self, Failure> {
        let http = reqwest::Client::builder()
            .timeout(std::time::Duration::from_secs(60))
            .no_proxy()
            .build()
            .context("the driver's client")?;
        let mut driver = Self { http, base: url.to_owned(), questions: false, capabilities: Value::Null };
        let body = json!({"capabilities": {"alwaysMatch": capabilities}});
        let session = driver.command(Method::POST, "/session", Some(body)).await?;
        let id = session.pointer("/sessionId").and_then(Value::as_str).context("the session's id")?;
        driver.base = format!("{url}/session/{id}");
        driver.capabilities = session.pointer("/capabilities").cloned().unwrap_or_default();
        Ok(driver)
    }

    /// Asks for roles and names by the protocol's own questions from now on.
    pub(crate) fn with_questions(self) -> Self {
        Self { questions: true, ..self }
    }

    /// Closes the browser.
    ///
    /// # Errors
    /// Where it is gone already.
    pub async fn close(&self) -> Result<(), Failure> {
        self.command(Method::DELETE, "", None).await.map(drop)
    }

    async fn command(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Failure> {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base));
        if let Some(body) = &body {
            request = request.json(body);
        }
        let doing = || format!("webdriver {method} {path}");
        let answer: Value = request.send().await.context(doing())?.json().await.context(doing())?;
        let value = answer.get("value").cloned().unwrap_or_default();
        if let Some(error) = value.get("error").and_then(Value::as_str) {
            let message = value.get("message").and_then(Value::as_str).unwrap_or_default();
            let first = message.lines().next().unwrap_or_default();
            return Err(Failure::new(format!("{}: {error}: {first}", doing())));
        }
        Ok(value)
    }

    async fn read(&self, path: &str) -> Result<Value, Failure> {
        self.command(Method::GET, path, None).await
    }

    async fn write(&self, path: &str, body: Value) -> Result<Value, Failure> {
        self.command(Method::POST, path, Some(body)).await
    }

    /// Goes to an address and waits until it has loaded.
    ///
    /// # Errors
    /// Where it does not load.
    pub async fn go(&self, url: &str) -> Result<(), Failure> {
        self.write("/url", json!({"url": url})).await.map(drop)
    }

    /// The address of the current tab.
    ///
    /// # Errors
    /// Where the browser is gone.
    pub async fn url(&self) -> Result<String, Failure> {
        Ok(self.read("/url").await?.as_str().unwrap_or_default().to_owned())
    }

    /// The reload button.
    ///
    /// # Errors
    /// Where the page does not load.
    pub async fn reload(&self) -> Result<(), Failure> {
        self.write("/refresh", json!({})).await.map(drop)
    }

    /// The back button.
    ///
    /// # Errors
    /// Where the page does not load.
    pub async fn back(&self) -> Result<(), Failure> {
        self.write("/back", json!({})).await.map(drop)
    }

    /// Opens another tab in the same profile and goes there. Returns the handle of the tab that was left.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub async fn open_tab(&self) -> Result<(String, String), Failure> {
        let old = self.current_tab().await?;
        let new = self.write("/window/new", json!({"type": "tab"})).await?;
        let new = new.pointer("/handle").and_then(Value::as_str).context("the new tab")?.to_owned();
        self.use_tab(&new).await?;
        Ok((old, new))
    }

    /// The handle of the current tab.
    ///
    /// # Errors
    /// Where it is closed.
    pub async fn current_tab(&self) -> Result<String, Failure> {
        Ok(self.read("/window").await?.as_str().unwrap_or_default().to_owned())
    }

    /// The handles of all tabs and windows.
    ///
    /// # Errors
    /// Where the browser is gone.
    pub async fn tabs(&self) -> Result<Vec<String>, Failure> {
        let tabs = self.read("/window/handles").await?;
        let tabs = tabs.as_array().into_iter().flatten();
        Ok(tabs.filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// Turns to a tab.
    ///
    /// # Errors
    /// Where it is closed.
    pub async fn use_tab(&self, handle: &str) -> Result<(), Failure> {
        self.write("/window", json!({"handle": handle})).await.map(drop)
    }

    /// Goes back to the page itself, out of all frames.
    ///
    /// # Errors
    /// Where the tab is gone.
    pub async fn leave_frames(&self) -> Result<(), Failure> {
        self.write("/frame", json!({"id": null})).await.map(drop)
    }

    /// Goes into a frame of the current one.
    ///
    /// # Errors
    /// Where it is no frame, or gone.
    pub async fn enter(&self, frame: &Element) -> Result<(), Failure> {
        self.write("/frame", json!({"id": frame.argument()})).await.map(drop)
    }

    /// All elements that a CSS selector chooses in the current frame.
    ///
    /// # Errors
    /// Where the frame is gone.
    pub async fn all(&self, css: &str) -> Result<Vec<Element>, Failure> {
        let found = self.write("/elements", json!({"using": "css selector", "value": css})).await?;
        Ok(found.as_array().into_iter().flatten().filter_map(Element::from).collect())
    }

    /// All elements that a CSS selector chooses below the open shadow root of `host`.
    ///
    /// # Errors
    /// Where the element has no shadow root, or is gone.
    pub async fn all_in_shadow(&self, host: &Element, css: &str) -> Result<Vec<Element>, Failure> {
        let root = self.read(&format!("/element/{}/shadow", host.0)).await?;
        let root = Element::from(&root).context("a shadow root")?;
        let body = json!({"using": "css selector", "value": css});
        let found = self.write(&format!("/shadow/{}/elements", root.0), body).await?;
        Ok(found.as_array().into_iter().flatten().filter_map(Element::from).collect())
    }

    /// The role that assistive technology is told.
    ///
    /// # Errors
    /// Where the element is gone.
    pub async fn role(&self, element: &Element) -> Result<String, Failure> {
        self.computed(element, "computedRole", "computedrole").await
    }

    /// The name that assistive technology is told.
    ///
    /// # Errors
    /// Where the element is gone.
    pub async fn name(&self, element: &Element) -> Result<String, Failure> {
        self.computed(element, "computedName", "computedlabel").await
    }

    /// In Chromium asked of the element itself: there the protocol's own questions find nothing in frames of other processes.
    async fn computed(&self, element: &Element, property: &str, question: &str) -> Result<String, Failure> {
        let told = if self.questions {
            self.read(&format!("/element/{}/{question}", element.0)).await?
        } else {
            self.run(&format!("return arguments[0].{property}"), json!([element.argument()])).await?
        };
        Ok(told.as_str().context("the browser tells no roles and names")?.to_owned())
    }

    /// The first element that a CSS selector chooses, that is drawn, and that has this role and a name that begins
    /// so.
    ///
    /// # Errors
    /// Where the frame is gone.
    pub async fn called(&self, css: &str, role: &str, name: &str) -> Result<Option<Element>, Failure> {
        const SEEK: &str = "const [css, role, name] = arguments;
            return [...document.querySelectorAll(css)].filter((element) =>
              (role === null || (element.computedRole === role && element.computedName.startsWith(name)))
              && (element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0))";
        let role_asked = if self.questions { Value::Null } else { json!(role) };
        let drawn = self.run(SEEK, json!([css, role_asked, name])).await?;
        let drawn = drawn.as_array().into_iter().flatten().filter_map(Element::from);
        for element in drawn {
            let fits = !self.questions
                || (self.name(&element).await?.starts_with(name) && self.role(&element).await? == role);
            if fits {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }

    /// Whether it is drawn.
    ///
    /// # Errors
    /// Where the element is gone.
    pub async fn is_shown(&self, element: &Element) -> Result<bool, Failure> {
        Ok(self.read(&format!("/element/{}/displayed", element.0)).await?.as_bool().unwrap_or_default())
    }

    /// Whether it can be used.
    ///
    /// # Errors
    /// Where the element is gone.
    pub async fn is_enabled(&self, element: &Element) -> Result<bool, Failure> {
        Ok(self.read(&format!("/element/{}/enabled", element.0)).await?.as_bool().unwrap_or_default())
    }

    /// The text as it is drawn.
    ///
    /// # Errors
    /// Where the element is gone.
    pub async fn text(&self, element: &Element) -> Result<String, Failure> {
        Ok(self.read(&format!("/element/{}/text", element.0)).await?.as_str().unwrap_or_default().to_owned())
    }

    /// A property, such as `value` or `checked`, as text.
    ///
    /// # Errors
    /// Where the element is gone.
    pub async fn property(&self, element: &Element, name: &str) -> Result<Value, Failure> {
        self.read(&format!("/element/{}/property/{name}", element.0)).await
    }

    /// Clicks in the middle of it, where it must be on top.
    ///
    /// # Errors
    /// Where something else is on top, or it is gone.
    pub async fn click(&self, element: &Element) -> Result<(), Failure> {
        self.write(&format!("/element/{}/click", element.0), json!({})).await.map(drop)
    }

    /// Presses the button twice as fast as a browser takes it.
    ///
    /// # Errors
    /// Where it is gone.
    pub async fn double_click(&self, element: &Element) -> Result<(), Failure> {
        let at = json!({"type": "pointerMove", "duration": 0, "origin": element.argument(), "x": 0, "y": 0});
        let (down, up) =
            (json!({"type": "pointerDown", "button": 0}), json!({"type": "pointerUp", "button": 0}));
        let pointer = json!({"type": "pointer", "id": "mouse", "actions": [at, down, up, down, up]});
        self.write("/actions", json!({"actions": [pointer]})).await.map(drop)
    }

    /// Focuses it and types.
    ///
    /// # Errors
    /// Where it cannot be typed into.
    pub async fn type_into(&self, element: &Element, text: &str) -> Result<(), Failure> {
        self.write(&format!("/element/{}/value", element.0), json!({"text": text})).await.map(drop)
    }

    /// Types wherever the focus is, holding some keys meanwhile.
    ///
    /// # Errors
    /// Where the tab is gone.
    pub async fn press(&self, held: &[char], text: &str) -> Result<(), Failure> {
        let key = |kind: &str, value: char| json!({"type": kind, "value": value.to_string()});
        let mut actions: Vec<Value> = held.iter().map(|held| key("keyDown", *held)).collect();
        for character in text.chars() {
            actions.extend([key("keyDown", character), key("keyUp", character)]);
        }
        actions.extend(held.iter().rev().map(|held| key("keyUp", *held)));
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": actions});
        self.write("/actions", json!({"actions": [keyboard]})).await.map(drop)
    }

    /// Types wherever the focus is in the whole page, as a keyboard does.
    ///
    /// In Firefox the protocol's keys reach the current frame alone, and not the frames in it: there the frame that has the focus
    /// becomes the current one.
    ///
    /// # Errors
    /// Where the tab is gone.
    pub async fn press_at_focus(&self, held: &[char], text: &str) -> Result<(), Failure> {
        const FRAME: &str = "let focused = document.activeElement;
            while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
            return focused?.localName === 'iframe' ? focused : null";
        self.leave_frames().await?;
        while self.questions
            && let Some(frame) = Element::from(&self.run(FRAME, json!([])).await?)
        {
            self.enter(&frame).await?;
        }
        self.press(held, text).await
    }

    /// The element that has the focus in the current frame.
    ///
    /// # Errors
    /// Where the frame is gone.
    pub async fn focused(&self) -> Result<Element, Failure> {
        Element::from(&self.read("/element/active").await?).context("the focused element")
    }

    /// Runs the body of a function in the current frame and returns what it returns.
    ///
    /// # Errors
    /// Where the script throws.
    pub async fn run(&self, body: &str, arguments: Value) -> Result<Value, Failure> {
        self.write("/execute/sync", json!({"script": body, "args": arguments})).await
    }

    /// Runs the body of a function in Firefox's own window, around the page, and leaves the current frame as it is.
    ///
    /// # Errors
    /// Where the script throws, or the browser has no such window.
    pub(crate) async fn run_inside(&self, body: &str, arguments: Value) -> Result<Value, Failure> {
        self.write("/moz/context", json!({"context": "chrome"})).await?;
        let outcome = self.run(body, arguments).await;
        self.write("/moz/context", json!({"context": "content"})).await?;
        outcome
    }

    /// Runs the body of a function whose last argument is the function to call with its result.
    ///
    /// # Errors
    /// Where the script throws, or never calls it.
    pub async fn run_and_wait(&self, body: &str, arguments: Value) -> Result<Value, Failure> {
        self.write("/execute/async", json!({"script": body, "args": arguments})).await
    }

    /// What can be seen of the page, as PNG. The page itself is the current frame afterwards.
    ///
    /// # Errors
    /// Where the tab is gone.
    pub async fn screenshot(&self) -> Result<Vec<u8>, Failure> {
        use base64::Engine as _;
        self.leave_frames().await?;
        let text = self.read("/screenshot").await?;
        let text = text.as_str().context("a screenshot")?;
        base64::engine::general_purpose::STANDARD.decode(text).context("a screenshot")
    }
}

/// A line for failures: elements by their role and name.
pub async fn described(driver: &Driver, elements: &[Element]) -> String {
    let mut text = String::new();
    for element in elements {
        let role = driver.role(element).await.unwrap_or_default();
        let name = driver.name(element).await.unwrap_or_default();
        // Writing into a string cannot fail.
        let _ = write!(text, "{role} {name:?}; ");
    }
    text
}
