//! One test's world: its own stack, its own browser, and at its end the checks that every run must pass.

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt as _;

use crate::browser::{Browser, Options};
use crate::checks::{self, Tolerance};
use crate::host::Embed;
use crate::page::Widget;
use crate::sandbox::Card;
use crate::seed::{Checkout, Organization, TOTAL};
use crate::stack::Stack;
use crate::{Context, Failure, place};

/// A card that is approved.
pub const VISA: Card = Card { number: "4242424242424242", month: "03", year: "2030", cvc: "314" };
/// Another one.
pub const MASTERCARD: Card = Card { number: "5555555555554444", month: "11", year: "2029", cvc: "271" };
/// One with a four-digit code.
pub const AMEX: Card = Card { number: "378282246310005", month: "08", year: "2031", cvc: "1618" };
/// One that can be stored, and is refused when charged.
pub const REFUSED_LATER: Card = Card { number: "4000000000000341", month: "05", year: "2031", cvc: "141" };

/// Everything that one test has to itself.
#[derive(Debug)]
pub struct World {
    /// The programs.
    pub stack: Stack,
    /// The person.
    pub browser: Browser,
    /// What the test breaks on purpose.
    pub tolerance: Tolerance,
    /// Further origins that belong to the test: another store.
    pub more_origins: Vec<String>,
}

impl World {
    /// Runs a test in a world of its own. A test that passes must also leave no fault behind; one that fails
    /// leaves a screenshot and what everybody said.
    ///
    /// # Errors
    /// The test's own failure, or the faults.
    pub async fn run(
        name: &str,
        options: Options,
        test: impl AsyncFnOnce(&mut Self) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        Self::run_on(name, options, Stack::start().await?, test).await
    }

    /// The same on a stack of the test's own making.
    ///
    /// # Errors
    /// The test's own failure, or the faults.
    pub async fn run_on(
        name: &str,
        options: Options,
        stack: Stack,
        test: impl AsyncFnOnce(&mut Self) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let browser = Browser::start(options).await?;
        let mut world = Self { stack, browser, tolerance: Tolerance::default(), more_origins: Vec::new() };
        let outcome = AssertUnwindSafe(test(&mut world)).catch_unwind().await;
        let outcome = match outcome {
            // A test that has closed its browser has made the checks before.
            Ok(Ok(())) if world.browser.is_closed() => Ok(()),
            Ok(Ok(())) => world.check().await,
            Ok(Err(failure)) => Err(failure),
            Err(panic) => {
                world.leave_evidence(name).await;
                // The browser is closed by its owner's end.
                drop(world);
                resume_unwind(panic)
            }
        };
        if outcome.is_err() {
            world.leave_evidence(name).await;
        }
        let closed = world.browser.close().await;
        outcome.and(closed)
    }

    /// The checks of every run.
    ///
    /// # Errors
    /// Where there are faults, all of them.
    pub async fn check(&self) -> Result<(), Failure> {
        self.browser.recorder.settle().await?;
        let (requests, notes) = (self.browser.recorder.requests(), self.browser.recorder.notes());
        if requests.is_empty() {
            return Err(Failure::new("the recorder saw no request: it cannot have been watching"));
        }
        let mut origins = self.stack.origins().to_vec();
        origins.extend(self.more_origins.iter().map(String::as_str));
        let mut faults = checks::faults(&origins, &requests, &notes, self.tolerance);
        let strayed = self.browser.strayed();
        faults.extend(strayed.iter().map(|line| format!("the browser goes beyond this machine: {line}")));
        if faults.is_empty() { Ok(()) } else { Err(Failure::new(faults.join("\n"))) }
    }

    /// A client with two cards that work and one that has expired.
    ///
    /// # Errors
    /// Where a program refuses.
    pub async fn client_with_cards(&self) -> Result<String, Failure> {
        let account = self.stack.organization.client().await?;
        for (card, expired) in [(VISA, false), (MASTERCARD, false), (AMEX, true)] {
            let method = self.stack.sandbox.store_card(&card, expired).await?;
            self.stack.organization.save_card(&account, &method).await?;
        }
        Ok(account)
    }

    /// A checkout of a client with cards.
    ///
    /// # Errors
    /// Where a program refuses.
    pub async fn saved_checkout(&self) -> Result<Checkout, Failure> {
        let account = self.client_with_cards().await?;
        self.stack.organization.checkout(&account, "en").await
    }

    /// A checkout of a client without cards.
    ///
    /// # Errors
    /// Where a program refuses.
    pub async fn new_checkout(&self) -> Result<Checkout, Failure> {
        let account = self.stack.organization.client().await?;
        self.stack.organization.checkout(&account, "en").await
    }

    /// An organization that debits bank accounts, on the same page.
    ///
    /// # Errors
    /// Where the billing program refuses.
    pub fn debiting(&self) -> Result<Organization, Failure> {
        Organization::create_debiting(self.stack.pay_url(), &self.stack.config(), &self.stack.host.origin)
    }

    /// Demands that banks were asked for so many debits, each for the whole of an invoice, and that no card was charged.
    ///
    /// # Errors
    /// Where it was otherwise.
    pub async fn debited(&self, times: usize) -> Result<(), Failure> {
        self.charged_nothing().await?;
        let rows = self.stack.sandbox.journal().await?;
        let of = |row: &serde_json::Value, name: &str| row.get(name).cloned().unwrap_or_default();
        let right = rows.iter().all(|row| of(row, "op") == "submit" && of(row, "amount") == TOTAL);
        if right && rows.len() == times {
            return Ok(());
        }
        Err(Failure::new(format!("not debited {times} times: {rows:?}")))
    }

    /// Opens the host page with these elements; the first of them.
    ///
    /// # Errors
    /// Where the page does not load.
    pub async fn open(&self, embed: &Embed) -> Result<Widget<'_>, Failure> {
        self.browser.driver.go(&self.stack.host.page(embed)).await?;
        Ok(self.widget(0))
    }

    /// Opens the host page for one checkout.
    ///
    /// # Errors
    /// Where the page does not load.
    pub async fn visit(&self, checkout: &Checkout) -> Result<Widget<'_>, Failure> {
        self.open(&Embed::of(&checkout.secret)).await
    }

    /// Opens the host page for one checkout, which it then has to ask for: the page's policy lets no form go that would bring it.
    ///
    /// # Errors
    /// Where the page does not load.
    pub async fn visit_formless(&self, checkout: &Checkout) -> Result<Widget<'_>, Failure> {
        self.open(&Embed { formless: true, ..Embed::of(&checkout.secret) }).await
    }

    /// An element of the page by its number.
    pub fn widget(&self, element: usize) -> Widget<'_> {
        Widget::new(&self.browser.driver, element)
    }

    /// Demands that an invoice was charged exactly once, for its total, by the word of the processor's journal
    /// and of the billing API.
    ///
    /// # Errors
    /// Where it was not.
    pub async fn charged_once(&self, checkout: &Checkout) -> Result<(), Failure> {
        let charges = self.stack.sandbox.charges().await?;
        let amounts: Vec<Option<i64>> =
            charges.iter().map(|charge| charge.get("amount").and_then(serde_json::Value::as_i64)).collect();
        if amounts != [Some(TOTAL)] {
            return Err(Failure::new(format!("not charged exactly once: {charges:?}")));
        }
        let payments = self.stack.organization.payments(&checkout.invoice).await?;
        if payments.len() != 1 {
            return Err(Failure::new(format!("not exactly one payment: {payments:?}")));
        }
        Ok(())
    }

    /// Demands that nothing was charged at all.
    ///
    /// # Errors
    /// Where something was.
    pub async fn charged_nothing(&self) -> Result<(), Failure> {
        let charges = self.stack.sandbox.charges().await?;
        if charges.is_empty() { Ok(()) } else { Err(Failure::new(format!("charged: {charges:?}"))) }
    }

    #[expect(clippy::print_stderr, reason = "the test runner shows what a failing test has written")]
    async fn leave_evidence(&self, name: &str) {
        let folder = place::evidence();
        let file = folder.join(format!("{name}.png"));
        let kept = async {
            std::fs::create_dir_all(&folder).context(folder.display())?;
            std::fs::write(&file, self.browser.driver.screenshot().await?).context(file.display())
        };
        match kept.await {
            Ok(()) => eprintln!("screenshot: {}", file.display()),
            Err(failure) => eprintln!("no screenshot: {failure}"),
        }
        for note in self.browser.recorder.notes() {
            eprintln!("browser: {}: {}", note.source, note.text);
        }
        for request in self.browser.recorder.requests() {
            let answer: String = request.answer.chars().take(300).collect();
            eprintln!("request: {} {:.200} -> {answer}", request.method, request.url);
        }
        eprintln!("paydesk-billing said:\n{}", self.stack.pay.words());
        eprintln!("paydesk-sandbox said:\n{}", self.stack.sandbox.program.words());
    }
}
