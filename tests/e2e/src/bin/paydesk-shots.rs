//! `paydesk-shots OUTDIR`: pictures of the store and the checkout in their main states, for people to look at.

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

use paydesk_e2e::browser::{Browser, Options};
use paydesk_e2e::host::Embed;
use paydesk_e2e::page::{Role, Widget};
use paydesk_e2e::program::{Program, listening};
use paydesk_e2e::sandbox::{Card, SECRET_KEY};
use paydesk_e2e::seed::Organization;
use paydesk_e2e::stack::Stack;
use paydesk_e2e::world::{MASTERCARD, VISA};
use paydesk_e2e::{Context, Failure, clock, place};
use serde_json::json;

struct Studio {
    stack: Stack,
    store: Program,
    folder: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        complain("usage: paydesk-shots OUTDIR");
        return ExitCode::FAILURE;
    };
    match shoot(folder).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&format!("paydesk-shots: {failure}"));
            ExitCode::FAILURE
        }
    }
}

async fn shoot(folder: PathBuf) -> Result<(), Failure> {
    std::fs::create_dir_all(&folder).context(folder.display())?;
    let stack = Stack::start().await?;
    let mut command = Command::new(place::program("paydesk-demo-store")?);
    command.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--billing",
        stack.pay_url(),
        "--sandbox",
        &stack.sandbox.url,
    ]);
    command
        .args(["--sandbox-secret-key", SECRET_KEY, "--billing-program"])
        .arg(place::program("paydesk-billing")?);
    command.arg("--billing-config").arg(stack.config()).arg("--data").arg(stack.folder().join("store"));
    let store = Program::start("paydesk-demo-store", &mut command, listening("paydesk-demo-store"))?;
    let studio = Studio { stack, store, folder };
    let wide = Options { height: 1000, ..Options::default() };
    let narrow = Options { width: 360, height: 1500, ..Options::default() };
    studio.store_states("wide", wide, "theme=light").await?;
    studio.store_states("narrow", narrow, "theme=light").await?;
    studio.store_states("dark", Options { dark: true, ..wide }, "theme=auto").await?;
    studio.store_states("narrow-dark", Options { dark: true, ..narrow }, "theme=auto").await?;
    studio.french("french", wide).await?;
    studio.french("french-narrow", Options { height: 2000, ..narrow }).await?;
    studio.bank("bank", wide, "CAD", "en").await?;
    studio.bank("bank-us", wide, "USD", "en").await?;
    studio.bank("bank-narrow-dark", Options { dark: true, ..narrow }, "CAD", "fr").await?;
    studio.plans("plans", wide, "en").await?;
    studio.plans("plans-narrow-dark", Options { dark: true, ..narrow }, "en").await?;
    studio.plans("plans-french", narrow, "fr").await?;
    studio.challenge("challenge", wide, "en").await?;
    studio.challenge("challenge-narrow-dark", Options { dark: true, ..narrow }, "fr").await?;
    studio.challenge("challenge-dark", Options { dark: true, ..wide }, "en").await?;
    studio.troubles(Options { width: 640, height: 560, ..Options::default() }).await
}

impl Studio {
    /// A picture of the whole page, however long it is.
    async fn picture(&self, browser: &Browser, options: Options, name: &str) -> Result<(), Failure> {
        complain(name);
        browser.driver.leave_frames().await?;
        let height = browser.driver.run("return document.documentElement.scrollHeight", json!([])).await?;
        let height = height.as_u64().and_then(|height| u32::try_from(height).ok()).unwrap_or(options.height);
        browser.resize(options.width, height).await?;
        // Two frames later everything that was asked for is drawn.
        let drawn = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done));";
        browser.driver.run_and_wait(drawn, json!([])).await?;
        let file = self.folder.join(format!("{name}.png"));
        std::fs::write(&file, browser.driver.screenshot().await?).context(file.display())?;
        browser.resize(options.width, options.height).await
    }

    /// The whole way of a visitor with cards: list, form, errors, declined, paid.
    async fn store_states(&self, look: &str, options: Options, theme: &str) -> Result<(), Failure> {
        let mut browser = Browser::start(options).await?;
        browser.driver.go(&format!("{}/?as=camille&{theme}", self.store.ready)).await?;
        let widget = Widget::new(&browser.driver, 0);
        // A purchase of its own, for the one before is paid.
        let again = browser.driver.all("#again").await?;
        widget.find(Role::Heading, "").await?;
        browser.driver.leave_frames().await?;
        if let Some(again) = again.first() {
            browser.driver.click(again).await?;
        }
        widget.find(Role::Radio, "Visa ending 4242").await?;
        settled(&widget).await?;
        self.picture(&browser, options, &format!("{look}-1-saved")).await?;
        widget.click(Role::Radio, "Another card").await?;
        widget.find(Role::Textbox, "Postal code").await?;
        settled(&widget).await?;
        self.picture(&browser, options, &format!("{look}-2-form")).await?;
        widget.click(Role::Button, "Pay $").await?;
        widget.until_text("required").await?;
        settled(&widget).await?;
        self.picture(&browser, options, &format!("{look}-3-errors")).await?;
        widget.fill_card(&Card { number: "4000000000009995", ..VISA }).await?;
        settled(&widget).await?;
        self.picture(&browser, options, &format!("{look}-4-filled")).await?;
        widget.click(Role::Button, "Pay $").await?;
        widget.until_text("Your card was declined").await?;
        settled(&widget).await?;
        self.picture(&browser, options, &format!("{look}-5-declined")).await?;
        widget.click(Role::Radio, "Visa ending 4242").await?;
        browser.recorder.hold(&["*/v1/checkout/confirm"]).await;
        widget.click(Role::Button, "Pay $").await?;
        widget.until_text("Confirming your payment").await?;
        self.picture(&browser, options, &format!("{look}-6-confirming")).await?;
        browser.recorder.hold(&[]).await;
        widget.until_text("Payment complete").await?;
        settled(&widget).await?;
        self.picture(&browser, options, &format!("{look}-7-paid")).await?;
        browser.close().await
    }

    async fn french(&self, look: &str, options: Options) -> Result<(), Failure> {
        let mut browser = Browser::start(options).await?;
        browser.driver.go(&format!("{}/?as=jordan&lang=fr", self.store.ready)).await?;
        let widget = Widget::new(&browser.driver, 0);
        widget.find(Role::Textbox, "Code postal").await?;
        settled(&widget).await?;
        self.picture(&browser, options, &format!("{look}-1-form")).await?;
        widget.click(Role::Button, "Payer").await?;
        widget.until_text("obligatoire").await?;
        settled(&widget).await?;
        self.picture(&browser, options, &format!("{look}-2-errors")).await?;
        browser.close().await
    }

    /// A card whose bank asks who pays, until that is called off.
    async fn challenge(&self, look: &str, options: Options, locale: &'static str) -> Result<(), Failure> {
        let word = |words: [&'static str; 2]| words[usize::from(locale == "fr")];
        let organization = &self.stack.organization;
        let account = organization.client().await?;
        let card = Card { number: "4000002760003184", month: "03", year: "2030", cvc: "314" };
        let method = self.stack.sandbox.store_card(&card, false).await?;
        organization.save_card(&account, &method).await?;
        let checkout = organization.checkout(&account, locale).await?;
        let mut browser = Browser::start(options).await?;
        let theme = Some(if options.dark { "dark" } else { "light" });
        let embed = Embed { theme, ..Embed::of(&checkout.secret) };
        browser.driver.go(&self.stack.host.page(&embed)).await?;
        let widget = Widget::new(&browser.driver, 0);
        widget.click(Role::Button, word(["Pay", "Payer"])).await?;
        widget.until_text(word(["Confirm that it is you", "Confirmez votre identité"])).await?;
        settled(&widget).await?;
        self.picture(&browser, options, &format!("{look}-1-asked")).await?;
        widget.click(Role::Button, word(["Cancel this payment", "Annuler ce paiement"])).await?;
        widget.until_text(word(["not in time", "pas à temps"])).await?;
        settled(&widget).await?;
        self.picture(&browser, options, &format!("{look}-2-called-off")).await?;
        browser.close().await
    }

    /// A new bank account, until its debit is on its way, and then saved beside one that cannot pay.
    async fn bank(
        &self,
        look: &str,
        options: Options,
        currency: &str,
        locale: &'static str,
    ) -> Result<(), Failure> {
        let english = locale == "en";
        let word = |words: [&'static str; 2]| if english { words[0] } else { words[1] };
        let (config, origin) = (self.stack.config(), &self.stack.host.origin);
        let organization = Organization::create_debiting(self.stack.pay_url(), &config, origin)?;
        let account = organization.client().await?;
        let mut browser = Browser::start(options).await?;
        for (step, picture) in ["form", "saved"].into_iter().enumerate() {
            let checkout = organization.checkout_in(currency, &account, locale).await?;
            browser.driver.go(&self.stack.host.page(&Embed::of(&checkout.secret))).await?;
            let widget = Widget::new(&browser.driver, 0);
            if step == 1 {
                widget.find(Role::Button, word(["Pay", "Payer"])).await?;
                settled(&widget).await?;
                self.picture(&browser, options, &format!("{look}-5-{picture}")).await?;
                continue;
            }
            widget.click(Role::Radio, word(["Bank account", "Compte bancaire"])).await?;
            let agree = word(["I have read this agreement", "J’ai lu cet accord"]);
            widget.find(Role::Checkbox, agree).await?;
            widget.find(Role::Textbox, word(["Postal code", "Code postal"])).await?;
            settled(&widget).await?;
            self.picture(&browser, options, &format!("{look}-1-{picture}")).await?;
            widget.click(Role::Button, word(["Pay", "Payer"])).await?;
            widget.until_text(word(["Required", "Obligatoire"])).await?;
            settled(&widget).await?;
            self.picture(&browser, options, &format!("{look}-2-errors")).await?;
            let numbers: &[(Role, &str, &str)] = match (currency, english) {
                ("USD", _) => &[
                    (Role::Textbox, "Routing number", "110000000"),
                    (Role::Textbox, "Account number", "000123456789"),
                    (Role::Textbox, "Account number again", "000123456789"),
                ],
                (_, true) => &[
                    (Role::Textbox, "Institution number", "000"),
                    (Role::Textbox, "Transit number", "11000"),
                    (Role::Textbox, "Account number", "000123456789"),
                ],
                (_, false) => &[
                    (Role::Textbox, "Numéro d’institution", "000"),
                    (Role::Textbox, "Numéro de transit", "11000"),
                    (Role::Textbox, "Numéro de compte", "000123456789"),
                ],
            };
            widget.fill(numbers).await?;
            widget
                .fill(&[
                    (Role::Textbox, word(["Address", "Adresse"]), "120 Rue du Parc"),
                    (Role::Textbox, word(["City", "Ville"]), "Montréal"),
                    (Role::Combobox, "Province", word(["Quebec", "Québec"])),
                    (Role::Textbox, word(["Postal code", "Code postal"]), "H2X 1Y4"),
                ])
                .await?;
            widget.click(Role::Checkbox, word(["Save this account", "Enregistrer ce compte"])).await?;
            widget.until_text(word(["until I end", "jusqu’à ce que"])).await?;
            widget.click(Role::Checkbox, agree).await?;
            settled(&widget).await?;
            self.picture(&browser, options, &format!("{look}-3-filled")).await?;
            widget.click(Role::Button, word(["Pay", "Payer"])).await?;
            widget.until_text(word(["on its way", "en route"])).await?;
            settled(&widget).await?;
            self.picture(&browser, options, &format!("{look}-4-submitted")).await?;
        }
        browser.close().await
    }

    /// The ways to pay: what there is to choose from, in parts, a card that expires too early, and a membership.
    async fn plans(&self, look: &str, options: Options, locale: &str) -> Result<(), Failure> {
        let organization = &self.stack.organization;
        let account = organization.client().await?;
        for card in [VISA, MASTERCARD] {
            let method = self.stack.sandbox.store_card(&card, false).await?;
            organization.save_card(&account, &method).await?;
        }
        let mut browser = Browser::start(options).await?;
        let parts = organization.checkout_in_parts(&account, locale).await?;
        let membership = organization.checkout_of_membership(&account, locale).await?;
        browser.driver.go(&self.stack.host.page(&Embed::of(&parts.secret))).await?;
        let widget = Widget::new(&browser.driver, 0);
        widget.find(Role::Radio, "Visa").await?;
        settled(&widget).await?;
        self.picture(&browser, options, &format!("{look}-1-ways")).await?;
        widget.click(Role::Radio, "8 pa").await?;
        settled(&widget).await?;
        self.picture(&browser, options, &format!("{look}-2-expiring")).await?;
        widget.click(Role::Radio, if locale == "en" { "Another card" } else { "Une autre carte" }).await?;
        widget.find(Role::Textbox, if locale == "en" { "Postal code" } else { "Code postal" }).await?;
        browser.driver.click(browser.driver.all(".plan summary").await?.first().context("the rest")?).await?;
        settled(&widget).await?;
        self.picture(&browser, options, &format!("{look}-3-card")).await?;
        widget.click(Role::Radio, "Visa").await?;
        widget.click(Role::Button, if locale == "en" { "Pay $" } else { "Payer" }).await?;
        widget.until_any_text(&["Next payment", "Prochain paiement"]).await?;
        settled(&widget).await?;
        self.picture(&browser, options, &format!("{look}-4-paid")).await?;
        browser.driver.go(&self.stack.host.page(&Embed::of(&membership.secret))).await?;
        let agree = if locale == "en" { "Agree" } else { "Accepter" };
        widget.find(Role::Button, agree).await?;
        settled(&widget).await?;
        self.picture(&browser, options, &format!("{look}-5-membership")).await?;
        widget.click(Role::Button, agree).await?;
        widget.until_any_text(&["Next payment", "Prochain paiement"]).await?;
        settled(&widget).await?;
        self.picture(&browser, options, &format!("{look}-6-agreed")).await?;
        browser.close().await
    }

    /// The checkout alone, where it cannot be paid.
    async fn troubles(&self, options: Options) -> Result<(), Failure> {
        let account = self.stack.organization.client().await?;
        let checkout = self.stack.organization.checkout(&account, "en").await?;
        let page = self.stack.host.page(&Embed { formless: true, ..Embed::of(&checkout.secret) });
        let unknown = self.stack.host.page(&Embed::of(&format!("cs_{}", "a".repeat(45))));
        for (name, page, blocked, text) in [
            ("unreachable", &page, "*/v1/checkout*", "could not be loaded"),
            ("program-missing", &page, "*.wasm*", "could not start"),
            ("session-unknown", &unknown, "nothing", "cannot be opened"),
        ] {
            let mut browser = Browser::start(options).await?;
            browser.recorder.block(&[blocked]).await;
            browser.driver.go(page).await?;
            let widget = Widget::new(&browser.driver, 0);
            widget.until_text(text).await?;
            settled(&widget).await?;
            self.picture(&browser, options, &format!("trouble-{name}")).await?;
            browser.close().await?;
        }
        Ok(())
    }
}

/// Waits until the frame is as high as what it shows.
async fn settled(widget: &Widget<'_>) -> Result<(), Failure> {
    clock::until("the frame to be as high as its content", Duration::from_secs(5), async || {
        widget.enter().await?;
        let over = "return document.documentElement.scrollHeight - window.innerHeight";
        let over = widget.driver().run(over, json!([])).await?;
        Ok(over.as_i64().is_some_and(|over| over <= 0).then_some(()))
    })
    .await
}

#[expect(clippy::print_stderr, reason = "a command line program tells its failures on standard error")]
fn complain(text: &str) {
    eprintln!("{text}");
}
