//! A checkout, or a wallet, on a page, as a person meets it: things are found by what they are and what they are called.

use std::time::Duration;

use serde_json::{Value, json};

use crate::driver::{Driver, Element, described, keys};
use crate::sandbox::Card;
use crate::{Context, Failure, clock};

/// Slow machines build and test at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a thing is to a person, and which elements may be it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Something to press.
    Button,
    /// Something to type into.
    Textbox,
    /// One of several.
    Radio,
    /// A list to choose from.
    Combobox,
    /// Something to tick.
    Checkbox,
    /// A title.
    Heading,
    /// Something that leads elsewhere.
    Link,
}

impl Role {
    const fn candidates(self) -> &'static str {
        match self {
            Self::Button => "button, [role=button], input[type=submit]",
            Self::Textbox => "input:not([type=radio]):not([type=checkbox]), textarea, [role=textbox]",
            Self::Radio => "input[type=radio], [role=radio]",
            Self::Combobox => "select, [role=combobox]",
            Self::Checkbox => "input[type=checkbox], [role=checkbox]",
            Self::Heading => "h1, h2, h3, [role=heading]",
            Self::Link => "a[href]",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Button => "button",
            Self::Textbox => "textbox",
            Self::Radio => "radio",
            Self::Combobox => "combobox",
            Self::Checkbox => "checkbox",
            Self::Heading => "heading",
            Self::Link => "link",
        }
    }
}

/// The elements that embed a frame.
const ELEMENTS: &str = "paydesk-checkout, paydesk-wallet";

/// One `<paydesk-checkout>`, or `<paydesk-wallet>`, of the current tab.
#[derive(Clone, Copy, Debug)]
pub struct Widget<'d> {
    driver: &'d Driver,
    element: usize,
}

impl<'d> Widget<'d> {
    /// The element of this number, counted from 0.
    pub const fn new(driver: &'d Driver, element: usize) -> Self {
        Self { driver, element }
    }

    /// The driver that looks at it.
    pub const fn driver(&self) -> &'d Driver {
        self.driver
    }

    /// Turns to the element's frame.
    ///
    /// # Errors
    /// Where there is no frame in time.
    pub async fn enter(&self) -> Result<(), Failure> {
        clock::until("the checkout's frame", PATIENCE, async || {
            self.driver.leave_frames().await?;
            let hosts = self.driver.all(ELEMENTS).await?;
            let Some(host) = hosts.get(self.element) else {
                return Ok(None);
            };
            // Until the script has run, the element has no inside; and a frame may be replaced at any moment.
            let frames = self.driver.all_in_shadow(host, "iframe").await.unwrap_or_default();
            let Some(frame) = frames.first() else {
                return Ok(None);
            };
            Ok(self.driver.enter(frame).await.ok())
        })
        .await
    }

    /// What the element itself shows in place of a frame, to a screen reader as well; empty while it shows none.
    ///
    /// # Errors
    /// Where the page is gone.
    pub async fn note(&self) -> Result<String, Failure> {
        self.driver.leave_frames().await?;
        let hosts = self.driver.all(ELEMENTS).await?;
        let host = hosts.get(self.element).context("the element")?;
        let notes = self.driver.all_in_shadow(host, "[role=alert]").await.unwrap_or_default();
        match notes.first() {
            Some(note) => self.driver.text(note).await,
            None => Ok(String::new()),
        }
    }

    /// A thing that is there now, if it is; its name may go on after `name`.
    ///
    /// # Errors
    /// Where the frame is gone.
    pub async fn seek(&self, role: Role, name: &str) -> Result<Option<Element>, Failure> {
        self.driver.called(role.candidates(), role.name(), name).await
    }

    /// A thing in the frame, waited for.
    ///
    /// # Errors
    /// Where it does not come; the sentence says what is there instead.
    pub async fn find(&self, role: Role, name: &str) -> Result<Element, Failure> {
        let what = format!("{} {name:?}", role.name());
        let look = async || {
            // Anew each time: the element, and with it the frame, may be replaced meanwhile.
            self.enter().await?;
            // A frame that is still growing takes no click on Pay: a person cannot be that quick. And what is there before the
            // program is replaced by what the program draws: a person does not notice, who holds the element does.
            // A frame that is still empty has neither.
            let at_rest = "html:not([data-moving]) body:not(:has(#first)) #app";
            if self.driver.all(at_rest).await?.is_empty() {
                return Ok(None);
            }
            Ok(self.seek(role, name).await.ok().flatten())
        };
        match clock::until(&what, PATIENCE, look).await {
            Ok(found) => Ok(found),
            Err(failure) => {
                let others = self.driver.all(role.candidates()).await.unwrap_or_default();
                let others = described(self.driver, &others).await;
                Err(Failure::new(format!(
                    "{failure}; there is: {others}\n{}",
                    self.text().await.unwrap_or_default()
                )))
            }
        }
    }

    /// Waits for a thing and clicks it.
    ///
    /// # Errors
    /// Where it does not come or cannot be clicked.
    pub async fn click(&self, role: Role, name: &str) -> Result<(), Failure> {
        let element = self.find(role, name).await?;
        self.driver.click(&element).await
    }

    /// Waits for an element, by its selector, in a frame that has come to rest, and clicks it: one that is still growing takes no click
    /// on what changes something, as a person cannot be that quick.
    ///
    /// # Errors
    /// Where it does not come or cannot be clicked.
    pub async fn click_at_rest(&self, selector: &str) -> Result<(), Failure> {
        let found = clock::until(selector, PATIENCE, async || {
            self.enter().await?;
            let at_rest = format!("html:not([data-moving]) {selector}");
            Ok(self.driver.all(&at_rest).await?.into_iter().next())
        })
        .await?;
        self.driver.click(&found).await
    }

    /// All that can be read in the frame.
    ///
    /// # Errors
    /// Where there is no frame.
    pub async fn text(&self) -> Result<String, Failure> {
        self.enter().await?;
        let body = self.driver.all("body").await?.into_iter().next().context("a body")?;
        self.driver.text(&body).await
    }

    /// Waits until this can be read in the frame.
    ///
    /// # Errors
    /// Where it does not come; the sentence holds what could be read instead.
    pub async fn until_text(&self, wanted: &str) -> Result<String, Failure> {
        self.until_any_text(&[wanted]).await
    }

    /// Waits until one of these can be read in the frame.
    ///
    /// # Errors
    /// Where none comes; the sentence holds what could be read instead.
    pub async fn until_any_text(&self, wanted: &[&str]) -> Result<String, Failure> {
        let mut last = String::new();
        let seen = clock::until(&format!("{wanted:?}"), PATIENCE, async || {
            // A frame that loads anew is not there for a moment.
            last = self.text().await.unwrap_or_default();
            Ok(wanted.iter().any(|wanted| last.contains(wanted)).then(|| last.clone()))
        })
        .await;
        seen.map_err(|failure| Failure::new(format!("{failure}; the checkout says:\n{last}")))
    }

    /// Fills in a new card and its address in Canada, in English.
    ///
    /// # Errors
    /// Where a field is missing.
    pub async fn fill_card(&self, card: &Card) -> Result<(), Failure> {
        self.fill(&[
            (Role::Textbox, "Card number", card.number),
            (
                Role::Textbox,
                "Expiry date",
                &format!("{}{}", card.month, card.year.get(2..).unwrap_or_default()),
            ),
            (Role::Textbox, "Security code", card.cvc),
        ])
        .await?;
        self.fill_address().await
    }

    /// Fills in a new Canadian bank account and its address, in English.
    ///
    /// # Errors
    /// Where a field is missing.
    pub async fn fill_canadian_account(&self, number: &str) -> Result<(), Failure> {
        self.click(Role::Radio, "Bank account").await?;
        self.fill(&[
            (Role::Textbox, "Institution number", "000"),
            (Role::Textbox, "Transit number", "11000"),
            (Role::Textbox, "Account number", number),
        ])
        .await?;
        self.fill_address().await
    }

    /// Fills in the address alone.
    ///
    /// # Errors
    /// Where a field is missing.
    pub async fn fill_address(&self) -> Result<(), Failure> {
        self.fill(&[
            (Role::Textbox, "Address", "120 Rue du Parc"),
            (Role::Textbox, "City", "Montréal"),
            (Role::Combobox, "Province", "Quebec"),
            (Role::Textbox, "Postal code", "H2X 1Y4"),
        ])
        .await
    }

    /// Types into fields, one after the other.
    ///
    /// # Errors
    /// Where a field is missing.
    pub async fn fill(&self, fields: &[(Role, &str, &str)]) -> Result<(), Failure> {
        for (role, name, text) in fields {
            let field = self.find(*role, name).await?;
            self.driver.type_into(&field, text).await?;
        }
        Ok(())
    }

    /// What a field holds.
    ///
    /// # Errors
    /// Where it is missing.
    pub async fn value(&self, role: Role, name: &str) -> Result<String, Failure> {
        let field = self.find(role, name).await?;
        Ok(self.driver.property(&field, "value").await?.as_str().unwrap_or_default().to_owned())
    }

    /// Empties a text field by hand.
    ///
    /// # Errors
    /// Where it is missing.
    pub async fn empty(&self, name: &str) -> Result<(), Failure> {
        let field = self.find(Role::Textbox, name).await?;
        self.driver.click(&field).await?;
        self.driver.press(&[keys::CONTROL], "a").await?;
        self.driver.press(&[], &keys::BACKSPACE.to_string()).await
    }

    /// The events that the page has had from this element: type and detail.
    ///
    /// # Errors
    /// Where the page is gone.
    pub async fn events(&self) -> Result<Vec<(String, Value)>, Failure> {
        self.driver.leave_frames().await?;
        let all = self.driver.run("return window.happened", json!([])).await?;
        let ours =
            |event: &&Value| event.get("element").and_then(Value::as_u64) == u64::try_from(self.element).ok();
        let told = |event: &Value| {
            let kind = event.get("type").and_then(Value::as_str)?.to_owned();
            Some((kind, event.get("detail").cloned().unwrap_or_default()))
        };
        Ok(all.as_array().into_iter().flatten().filter(ours).filter_map(told).collect())
    }

    /// Waits for an event of this type and returns its detail.
    ///
    /// # Errors
    /// Where it does not come.
    pub async fn until_event(&self, kind: &str) -> Result<Value, Failure> {
        clock::until(&format!("the event {kind}"), PATIENCE, async || {
            Ok(self.events().await?.into_iter().find(|(event, _)| event == kind).map(|(_, detail)| detail))
        })
        .await
    }
}
