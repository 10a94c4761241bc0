//! Clients who look after their wallets: how they come to one, and what is in their mail.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::page::{Role, Widget};
use crate::sandbox::text;
use crate::seed::{Organization, PAYER};
use crate::world::World;
use crate::{Failure, clock};

const PATIENCE: Duration = Duration::from_secs(20);

/// A client with a wallet.
#[derive(Clone, Debug)]
pub struct Client {
    /// Their account with the organization of the stack.
    pub account: String,
    /// Their login, which other organizations may know, too.
    pub login: String,
}

impl Organization {
    /// A client who has signed in, at this address; or with none that is known.
    ///
    /// # Errors
    /// Where the billing API refuses.
    pub async fn signed_in(&self, email: Option<&str>) -> Result<Client, Failure> {
        let mut login = json!({"name": PAYER, "last_login_at": "2026-01-05T15:00:00Z"});
        if let Some(email) = email {
            login["email"] = json!(email);
        }
        let made = self.write("/v1/clients", &json!({"login": login, "account": {"name": PAYER}})).await?;
        let account = text(&made, "/id")?;
        let login = text(&self.read(&format!("/v1/clients/{account}")).await?, "/login")?;
        Ok(Client { account, login })
    }

    /// The same client, with an account here as well.
    ///
    /// # Errors
    /// Where the billing API refuses.
    pub async fn knows(&self, client: &Client) -> Result<String, Failure> {
        let body = json!({"login": {"id": client.login}, "account": {"name": PAYER}});
        text(&self.write("/v1/clients", &body).await?, "/id")
    }

    /// A wallet session's secret.
    ///
    /// # Errors
    /// Where the billing API refuses.
    pub async fn wallet_session(&self, account: &str, locale: &str) -> Result<String, Failure> {
        let body = json!({"client": account, "allowed_origin": self.origin(), "locale": locale});
        text(&self.write("/v1/wallet_sessions", &body).await?, "/secret")
    }
}

impl World {
    /// The code of the newest mail that has one, once there are so many of them.
    ///
    /// # Errors
    /// Where none comes.
    pub async fn code(&self, mails: usize) -> Result<String, Failure> {
        clock::until("a mail with a code", PATIENCE, async || {
            let codes: Vec<_> = self.stack.mails()?.iter().filter_map(|mail| code_in(mail)).collect();
            Ok(codes.last().filter(|_| codes.len() >= mails).cloned())
        })
        .await
    }

    /// Opens the page of a wallet session and enters by the code in the mail.
    ///
    /// # Errors
    /// Where the page does not load or the code does not come.
    pub async fn enter(&self, embed: &crate::host::Embed) -> Result<Widget<'_>, Failure> {
        let before = self.stack.mails()?.iter().filter_map(|mail| code_in(mail)).count();
        let widget = self.open(embed).await?;
        let code = self.code(before + 1).await?;
        // Whatever it is called in this language: it has the field of a code alone.
        let field = clock::until("the field for the code", PATIENCE, async || {
            widget.enter().await?;
            Ok(self.browser.driver.all("#one_time_code").await?.into_iter().next())
        })
        .await?;
        self.browser.driver.type_into(&field, &code).await?;
        widget.click_at_rest("#enter").await?;
        clock::until("the wallet", PATIENCE, async || {
            widget.enter().await?;
            Ok(self.browser.driver.all(".wallet").await?.into_iter().next())
        })
        .await?;
        Ok(widget)
    }
}

/// Shows a method's details.
///
/// # Errors
/// Where it is not there.
pub async fn manage(widget: &Widget<'_>, name: &str) -> Result<(), Failure> {
    widget.click(Role::Button, &format!("Manage {name}")).await
}

/// What opened the wallets of sessions for this program, by their secrets: codes are counted by the hour.
static OPENED: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

/// What the wallet is to who has confirmed by a code of their own in a session, as another browser would.
///
/// # Errors
/// Where the billing API refuses, or no code comes.
pub async fn read(world: &World, secret: &str) -> Result<Value, Failure> {
    let known = OPENED.lock().ok().and_then(|opened| opened.get(secret).cloned());
    let access = match known {
        Some(access) => access,
        None => open(world, secret).await?,
    };
    asked(world, "GET", "/v1/wallet", &access, None).await
}

async fn open(world: &World, secret: &str) -> Result<String, Failure> {
    let before = world.stack.mails()?.iter().filter_map(|mail| code_in(mail)).count();
    asked(world, "POST", "/v1/wallet/confirmation", secret, Some(json!({}))).await?;
    let code = world.code(before + 1).await?;
    let body = json!({"code": code, "remember": false});
    let opened = asked(world, "POST", "/v1/wallet/confirmation/code", secret, Some(body)).await?;
    let access = text(&opened, "/access")?;
    if let Ok(mut known) = OPENED.lock() {
        known.insert(secret.to_owned(), access.clone());
    }
    Ok(access)
}

async fn asked(
    world: &World,
    method: &str,
    path: &str,
    secret: &str,
    body: Option<Value>,
) -> Result<Value, Failure> {
    let (http, url) = (crate::sandbox::client()?, format!("{}{path}", world.stack.pay_url()));
    let request = if method == "GET" { http.get(url) } else { http.post(url) };
    let request = request.bearer_auth(secret).header("paydesk-parent-origin", &world.stack.host.origin);
    let request = body.iter().fold(request, |request, body| request.json(body));
    crate::sandbox::answered(path, request).await
}

/// Leaves the browser's window as wide as a small phone, or as it was.
///
/// # Errors
/// Where the browser does not.
pub async fn narrow(browser: &Browser, is_narrow: bool) -> Result<(), Failure> {
    if is_narrow { browser.resize(360, 800).await } else { browser.resize(1280, 900).await }
}

/// The six digits that stand alone in a mail's text.
fn code_in(mail: &str) -> Option<String> {
    let mail = mail.replace("\r\n", "\n");
    let (_, text) = mail.split_once("\n\n")?;
    let words = text.split(|sign: char| !sign.is_ascii_alphanumeric());
    words
        .filter(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(str::to_owned)
        .next()
}
