//! What is written down of what happens in a wallet. It belongs to the login: an organization's audit log would tell of methods that
//! the organization does not know.

use paydesk_domain::id::WalletEntryId;
use serde_json::{Value, json};

use crate::app::AppError;
use crate::app::authenticate::Client;
use crate::clock::Mint;
use crate::store::{NewWalletEntry, OrgTx, VerificationRow};

/// Writes down that a client confirmed who they are. The transaction acts for the login.
///
/// # Errors
/// When the database fails.
pub(super) async fn note_confirmed(
    tx: &mut OrgTx,
    mint: &Mint,
    client: &Client,
    detail: Value,
) -> Result<(), AppError> {
    note_tried(tx, mint, client, "wallet.confirmed", detail).await
}

/// Writes down what a client did that is about no method that is there. The transaction acts for the login.
///
/// # Errors
/// When the database fails.
pub(super) async fn note_tried(
    tx: &mut OrgTx,
    mint: &Mint,
    client: &Client,
    action: &'static str,
    detail: Value,
) -> Result<(), AppError> {
    let entry = NewWalletEntry {
        session_id: Some(client.session.id.clone()),
        address: client.address.clone(),
        ..entry(mint, &client.session.login_id, None, action, &detail)?
    };
    Ok(tx.insert_wallet_entry(entry).await?)
}

/// Writes down what a client did to a method. The transaction acts for the login.
///
/// # Errors
/// When the database fails.
pub(super) async fn note_by(
    tx: &mut OrgTx,
    mint: &Mint,
    client: &Client,
    method: &str,
    action: &'static str,
    detail: Value,
) -> Result<(), AppError> {
    let entry = NewWalletEntry {
        session_id: Some(client.session.id.clone()),
        address: client.address.clone(),
        ..entry(mint, &client.session.login_id, Some(method), action, &detail)?
    };
    Ok(tx.insert_wallet_entry(entry).await?)
}

/// Writes down what became of something that a client asked for, whoever found it out. The transaction acts for the login.
///
/// # Errors
/// When the database fails.
pub(super) async fn note_of(
    tx: &mut OrgTx,
    mint: &Mint,
    asked: &VerificationRow,
    method: Option<&str>,
    action: &'static str,
    detail: Value,
) -> Result<(), AppError> {
    let entry = NewWalletEntry {
        session_id: Some(asked.session_id.clone()),
        address: asked.address.clone(),
        ..entry(mint, &asked.login_id, method, action, &detail)?
    };
    Ok(tx.insert_wallet_entry(entry).await?)
}

/// Writes down that a wallet was erased, by the session of its client where it was they, without where from. The transaction acts for the
/// login.
///
/// # Errors
/// When the database fails.
pub(super) async fn note_erased(
    tx: &mut OrgTx,
    mint: &Mint,
    login: &str,
    session: Option<&str>,
    methods: usize,
) -> Result<(), AppError> {
    let detail = json!({"methods": methods});
    let entry = NewWalletEntry {
        session_id: session.map(str::to_owned),
        ..entry(mint, login, None, "wallet.erased", &detail)?
    };
    Ok(tx.insert_wallet_entry(entry).await?)
}

/// Writes down what this program did to a method by itself. The transaction acts for the login.
///
/// # Errors
/// When the database fails.
pub(super) async fn note_done(
    tx: &mut OrgTx,
    mint: &Mint,
    login: &str,
    method: &str,
    action: &'static str,
    detail: Value,
) -> Result<(), AppError> {
    let entry = entry(mint, login, Some(method), action, &detail)?;
    Ok(tx.insert_wallet_entry(entry).await?)
}

fn entry(
    mint: &Mint,
    login: &str,
    method: Option<&str>,
    action: &'static str,
    detail: &Value,
) -> Result<NewWalletEntry, AppError> {
    Ok(NewWalletEntry {
        login_id: login.to_owned(),
        id: mint.id(WalletEntryId::new)?.as_str().to_owned(),
        at_ms: mint.now_ms(),
        method_id: method.map(str::to_owned),
        action,
        detail: detail.to_string(),
        session_id: None,
        address: None,
    })
}
