//! Shows a client their wallet: every method of the login, and which organizations may charge it or have planned to.

use jiff::civil::Date;
use paydesk_domain::card::Expiry;
use paydesk_domain::consent::{self, ConsentText};
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::billing::{ConsentView, OrganizationView, PayerView};
use paydesk_domain::wire::wallet::{
    WalletAuthorizationView, WalletBackupView, WalletBankUpdateView, WalletFormerCardView, WalletMethodView,
    WalletOrganizationView, WalletPlannedView, WalletSessionView, WalletShelfView, WalletView,
};

use crate::app::authenticate::Client;
use crate::app::payer_rules::needs_address;
use crate::app::wallet_verification::pending;
use crate::app::{App, AppError, address, text, view};
use crate::store::{
    BackupRow, MethodRow, OrgTx, WalletAuthorizationRow, WalletOrganizationRow, WalletPlannedRow,
};

impl App {
    /// The wallet, in one answer; what the client agrees to is in `locale`, else in the session's own language. Days are those of the organization whose page shows it.
    ///
    /// # Errors
    /// When the database fails or contradicts itself.
    pub async fn read_wallet(&self, client: &Client, locale: Option<&str>) -> Result<WalletView, AppError> {
        let Client { tenant, organization, session, .. } = client;
        let today = view::today(organization, self.mint.now())?;
        let mut tx = tenant.read().await?;
        let lost = || AppError::Inconsistent("a wallet session without its account".into());
        let account = tx.find_account(&session.account_id).await?.ok_or_else(lost)?;
        tx.act_for_wallet(&session.login_id).await?;
        let methods = tx.wallet_methods(&session.login_id).await?;
        let authorizations = tx.wallet_authorizations(&session.login_id).await?;
        let planned = tx.wallet_planned(&session.login_id).await?;
        let organizations = tx.wallet_organizations(&session.login_id).await?;
        let backups = tx.wallet_backups(&session.login_id).await?;
        let asked = tx.asked_verifications(&session.login_id).await?;
        drop(tx);
        let others = Others { authorizations, planned, organizations, backups };
        let locale = locale.filter(|locale| !locale.is_empty()).unwrap_or(&session.locale);
        let is_card = |row: &MethodRow| row.kind == MethodKind::Card.as_str();
        let (cards, accounts): (Vec<_>, Vec<_>) = methods.into_iter().partition(is_card);
        let shelf = |rows: Vec<MethodRow>, max| -> Result<WalletShelfView, AppError> {
            let methods: Vec<_> =
                rows.into_iter().map(|row| method(row, today, &others)).collect::<Result<_, AppError>>()?;
            Ok(WalletShelfView { count: i64::try_from(methods.len()).unwrap_or(i64::MAX), max, methods })
        };
        Ok(WalletView {
            session: WalletSessionView {
                id: session.id.clone(),
                expires_at: text::time(session.expires_at_ms.min(session.ends_at_ms)),
                allowed_origin: session.allowed_origin.clone(),
                locale: session.locale.clone(),
            },
            organization: OrganizationView {
                name: organization.name.clone(),
                country: organization.country.clone(),
            },
            client: PayerView { name: account.name },
            cards: shelf(cards, self.settings.cards_max)?,
            accounts: shelf(accounts, self.settings.accounts_max)?,
            organizations: others.organizations.iter().map(|row| organization_view(row, locale)).collect(),
            processor: self.tokenizer(),
            verifications: asked.iter().map(pending).collect(),
        })
    }
}

impl App {
    /// A method of the wallet as its client sees it now. The transaction must act for the wallet.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub(super) async fn shown_again(
        &self,
        tx: &mut OrgTx,
        client: &Client,
        id: &str,
    ) -> Result<WalletMethodView, AppError> {
        let login = &client.session.login_id;
        let row = tx.find_own_method(login, id).await?.ok_or_else(AppError::not_found)?;
        let others = Others {
            authorizations: tx.wallet_authorizations(login).await?,
            planned: tx.wallet_planned(login).await?,
            organizations: tx.wallet_organizations(login).await?,
            backups: tx.wallet_backups(login).await?,
        };
        method(row, view::today(&client.organization, self.mint.now())?, &others)
    }
}

/// What organizations have to do with a wallet.
struct Others {
    /// Which may charge what.
    authorizations: Vec<WalletAuthorizationRow>,
    /// What they have planned.
    planned: Vec<WalletPlannedRow>,
    /// Which know the client.
    organizations: Vec<WalletOrganizationRow>,
    /// For which a method is a backup.
    backups: Vec<BackupRow>,
}

/// A method as its client sees it, with what every organization has to do with it.
fn method(row: MethodRow, today: Date, others: &Others) -> Result<WalletMethodView, AppError> {
    let kind = view::kind(&row.kind)?;
    let is_card = kind == MethodKind::Card;
    let (exp_month, exp_year) = view::expiry_parts(&row);
    let expiry = Expiry::new(exp_year, exp_month).ok().filter(|_| is_card);
    let authorizations: Vec<_> =
        others.authorizations.iter().filter(|given| given.method_id == row.id).collect();
    let planned = others.planned.iter().filter(|planned| planned.method_id.as_ref() == Some(&row.id));
    let may_not = |known: &&WalletOrganizationRow| {
        known.vault == row.vault && authorizations.iter().all(|given| given.org_id != known.org_id)
    };
    let can_be_authorized = others.organizations.iter().filter(may_not).map(|known| known.org_id.clone());
    let backups: Vec<_> = others.backups.iter().filter(|given| given.method_id == row.id).collect();
    // Cards alone: a bank account would need a mandate that says so.
    let is_open = is_card && row.closed_at_ms.is_none();
    let may_not_yet = |known: &&WalletOrganizationRow| {
        is_open && known.vault == row.vault && backups.iter().all(|given| given.org_id != known.org_id)
    };
    let can_back_up = others.organizations.iter().filter(may_not_yet).map(|known| known.org_id.clone());
    Ok(WalletMethodView {
        kind,
        version: row.version,
        brand: view::brand(&row.kind, Some(&row.brand)),
        expiry: expiry.map(|expiry| expiry.state(today)),
        exp_month: is_card.then_some(exp_month),
        exp_year: is_card.then_some(exp_year),
        is_default: row.is_default == 1,
        address_needed: needs_address(&row),
        billing_address: address::read(&row.billing_address).ok(),
        can_be_authorized: can_be_authorized.collect(),
        authorizations: authorizations.into_iter().map(authorization).collect(),
        planned: planned.map(payment).collect(),
        backups: backups.iter().copied().map(backup).collect(),
        can_back_up: can_back_up.collect(),
        updated_by_bank: bank_update(&row),
        closed_at: row.closed_at_ms.map(text::time),
        id: row.id,
        bank: (!is_card).then_some(row.brand),
        last4: row.last4,
        blocked_by: row.blocked_by,
        nickname: row.nickname,
    })
}

fn backup_consent(row: &WalletOrganizationRow, locale: &str) -> ConsentView {
    let ConsentText { version, locale, text } = consent::back_up(locale, &row.name);
    ConsentView { version: version.to_owned(), locale: locale.to_owned(), text }
}

/// What the bank told of a card since its client last changed it.
fn bank_update(row: &MethodRow) -> Option<WalletBankUpdateView> {
    let was = WalletFormerCardView {
        last4: row.was_last4.clone()?,
        exp_month: row.was_exp_month.and_then(|month| u8::try_from(month).ok())?,
        exp_year: row.was_exp_year.and_then(|year| u16::try_from(year).ok())?,
    };
    Some(WalletBankUpdateView { at: text::time(row.bank_told_at_ms?), was })
}

fn organization_view(row: &WalletOrganizationRow, locale: &str) -> WalletOrganizationView {
    let shown = |kind| {
        let ConsentText { version, locale, text } = consent::authorize(kind, locale, &row.name);
        ConsentView { version: version.to_owned(), locale: locale.to_owned(), text }
    };
    WalletOrganizationView {
        id: row.org_id.clone(),
        name: row.name.clone(),
        card_consent: shown(MethodKind::Card),
        account_consent: shown(MethodKind::Pad),
        backup_card_consent: Some(backup_consent(row, locale)),
        backup_account_consent: None,
    }
}

fn backup(row: &BackupRow) -> WalletBackupView {
    WalletBackupView {
        id: row.id.clone(),
        organization: row.org_id.clone(),
        since: text::time(row.accepted_at_ms),
    }
}

fn authorization(row: &WalletAuthorizationRow) -> WalletAuthorizationView {
    WalletAuthorizationView {
        id: row.id.clone(),
        organization: row.org_id.clone(),
        name: row.organization.clone(),
        since: text::time(row.accepted_at_ms),
    }
}

/// A planned payment as its client sees it.
pub(super) fn payment(row: &WalletPlannedRow) -> WalletPlannedView {
    WalletPlannedView {
        plan: row.plan_id.clone(),
        organization: row.org_id.clone(),
        name: row.organization.clone(),
        due_on: row.due_on.clone(),
        amount: row.amount,
        currency: row.currency.clone(),
    }
}
