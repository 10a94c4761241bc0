//! What clients save in their wallets, or bring up to date there: written before the processor is asked, decided once, and what is left
//! to do at the processor afterwards.

use crate::store::StoreError;
use crate::store::attempts::{DueRow, DueWork};
use crate::store::db::Store;
use crate::store::macros::{execute, fetch_all, fetch_optional, row, statements};
use crate::store::tx::OrgTx;

macro_rules! columns {
    () => {
        "org_id, id, session_id, request_key, account_id, login_id, address, updates, old_reference, old_customer, kind, token, exp_month, exp_year, \
         billing_address, nickname, vault, customer, reference, fingerprint, brand, last4, card_month, card_year, verification, \
         challenge_url, challenge_until_ms, challenge_given_up, status, refusal, method_id, known, left_over, tries, fence, due_at_ms, \
         created_at_ms"
    };
}

statements! {
    INSERT_VERIFICATION = "INSERT INTO wallet_verifications (org_id, id, session_id, request_key, account_id, login_id, address, \
        updates, old_reference, old_customer, kind, token, exp_month, exp_year, billing_address, nickname, vault, customer, status, \
        fence, due_at_ms, created_at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 'sending', $19, $20, $21)";
    FIND_VERIFICATION = concat!("SELECT ", columns!(), " FROM wallet_verifications WHERE org_id = $1 AND id = $2");
    VERIFICATION_BY_KEY = concat!("SELECT ", columns!(), " FROM wallet_verifications WHERE org_id = $1 AND request_key = $2");
    // Of any organization's page: it is the wallet's.
    OWN_VERIFICATION = concat!("SELECT ", columns!(), " FROM wallet_verifications WHERE login_id = $1 AND id = $2");
    ASKED_VERIFICATIONS = concat!("SELECT ", columns!(), " FROM wallet_verifications WHERE login_id = $1 AND status = 'sending' \
        AND challenge_url IS NOT NULL AND challenge_given_up = 0 ORDER BY id DESC");
    DUE_VERIFICATIONS = "SELECT org_id, id, status FROM wallet_verifications WHERE due_at_ms <= $1 ORDER BY due_at_ms LIMIT $2";
    CLAIM_VERIFICATION = concat!("UPDATE wallet_verifications SET fence = fence + 1, tries = tries + 1, due_at_ms = $3 \
        WHERE org_id = $1 AND id = $2 AND due_at_ms <= $4 RETURNING ", columns!());
    KEEP_VERIFIED_CARD = "UPDATE wallet_verifications SET customer = $4, reference = $5, fingerprint = $6, brand = $7, last4 = $8, \
        card_month = $9, card_year = $10 WHERE org_id = $1 AND id = $2 AND fence = $3 AND status = 'sending'";
    ASK_FOR_PROOF = "UPDATE wallet_verifications SET verification = $4, challenge_url = $5, \
        challenge_until_ms = COALESCE(challenge_until_ms, $6), due_at_ms = $7 \
        WHERE org_id = $1 AND id = $2 AND fence = $3 AND status = 'sending'";
    // Whoever has it claimed finds out when they write what became of it.
    GIVE_VERIFICATION_UP = "UPDATE wallet_verifications SET challenge_given_up = 1, fence = fence + 1, due_at_ms = $3 \
        WHERE org_id = $1 AND id = $2 AND status = 'sending' AND challenge_url IS NOT NULL AND challenge_given_up = 0";
    DECIDE_VERIFICATION = "UPDATE wallet_verifications SET status = $4, refusal = $5, method_id = $6, known = $7, left_over = $8, \
        due_at_ms = $9, fence = fence + 1, challenge_url = NULL \
        WHERE org_id = $1 AND id = $2 AND fence = $3 AND status = 'sending'";
    FINISH_VERIFICATION = "UPDATE wallet_verifications SET left_over = NULL, due_at_ms = NULL, fence = fence + 1 \
        WHERE org_id = $1 AND id = $2 AND fence = $3 AND status <> 'sending'";
}

row! {
    /// Something that a client saves in their wallet, or brings up to date there.
    VerificationRow {
        /// The organization whose page it is.
        org_id: String,
        /// `wve_…`.
        id: String,
        /// The wallet session it came through.
        session_id: String,
        /// The same request under the same key is the same.
        request_key: String,
        /// The account through which the organization knows the client.
        account_id: String,
        /// Whose wallet.
        login_id: String,
        /// The network address that it came from.
        address: Option<String>,
        /// The saved card that is brought up to date.
        updates: Option<String>,
        /// The processor's name for that card as it was.
        old_reference: Option<String>,
        /// The processor's customer that it hung on.
        old_customer: Option<String>,
        /// `card`, `ach` or `pad`.
        kind: String,
        /// A single-use token.
        token: Option<String>,
        /// The new expiry's month, where only that changes.
        exp_month: Option<i64>,
        /// Its year.
        exp_year: Option<i64>,
        /// As JSON.
        billing_address: String,
        /// What the client calls it.
        nickname: Option<String>,
        /// Where it is kept.
        vault: String,
        /// The processor's customer that it hangs on.
        customer: Option<String>,
        /// The processor's name for it, once it has one.
        reference: Option<String>,
        /// The same for the same number; empty where it is not told.
        fingerprint: Option<String>,
        /// A card's scheme, or the name of the bank.
        brand: Option<String>,
        /// The last four digits.
        last4: Option<String>,
        /// The month of its expiry, as the processor says.
        card_month: Option<i64>,
        /// The year.
        card_year: Option<i64>,
        /// The processor's name for the verification.
        verification: Option<String>,
        /// Where the client's bank asks for a proof, while it does.
        challenge_url: Option<String>,
        /// When that is given up.
        challenge_until_ms: Option<i64>,
        /// 1 when it is.
        challenge_given_up: i64,
        /// `sending`, `saved` or `refused`.
        status: String,
        /// Why it was refused.
        refusal: Option<String>,
        /// The method that is in the wallet for it.
        method_id: Option<String>,
        /// 1 where that was there already.
        known: i64,
        /// What is left to do at the processor: `new`, `old` or `expiry`.
        left_over: Option<String>,
        /// How often it was taken up.
        tries: i64,
        /// Who may write what became of it: it rises with every claim.
        fence: i64,
        /// When something is to be done about it.
        due_at_ms: Option<i64>,
        /// When it was asked for.
        created_at_ms: i64,
    }
}

/// What became of it.
#[derive(Clone, Debug, Default)]
pub struct Decided {
    /// Why it was refused; `None`: it is saved.
    pub refusal: Option<String>,
    /// The method that is in the wallet for it.
    pub method_id: Option<String>,
    /// Whether that was there already.
    pub known: bool,
    /// What is left to do at the processor, and when.
    pub left_over: Option<(&'static str, i64)>,
}

impl Store {
    /// What is to be done now, of every organization.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_verifications(&self, now_ms: i64, limit: i64) -> Result<Vec<DueWork>, StoreError> {
        let mut door = self.door("paydesk.worker", "on").await?;
        let rows = fetch_all!(door, DueRow, DUE_VERIFICATIONS, now_ms, limit)?;
        rows.into_iter().map(DueRow::due).collect()
    }
}

impl OrgTx {
    /// Writes it down before the processor is asked, claimed by whoever writes it.
    ///
    /// # Errors
    /// When the database fails; a unique violation when the card is being brought up to date already.
    pub async fn insert_verification(&mut self, row: &VerificationRow) -> Result<(), StoreError> {
        execute!(
            self,
            INSERT_VERIFICATION,
            &self.org,
            &row.id,
            &row.session_id,
            &row.request_key,
            &row.account_id,
            &row.login_id,
            &row.address,
            &row.updates,
            &row.old_reference,
            &row.old_customer,
            &row.kind,
            &row.token,
            row.exp_month,
            row.exp_year,
            &row.billing_address,
            &row.nickname,
            &row.vault,
            &row.customer,
            row.fence,
            row.due_at_ms,
            row.created_at_ms
        )?;
        Ok(())
    }

    /// Finds one of this organization's page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_verification(&mut self, id: &str) -> Result<Option<VerificationRow>, StoreError> {
        fetch_optional!(self, VerificationRow, FIND_VERIFICATION, &self.org, id)
    }

    /// The one that was asked for by the same request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verification_by_key(&mut self, key: &str) -> Result<Option<VerificationRow>, StoreError> {
        fetch_optional!(self, VerificationRow, VERIFICATION_BY_KEY, &self.org, key)
    }

    /// Finds one of a login's, whosever page it was. The transaction must act for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_verification(
        &mut self,
        login: &str,
        id: &str,
    ) -> Result<Option<VerificationRow>, StoreError> {
        fetch_optional!(self, VerificationRow, OWN_VERIFICATION, login, id)
    }

    /// Those of a login that wait for a proof, the newest first. The transaction must act for the wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn asked_verifications(&mut self, login: &str) -> Result<Vec<VerificationRow>, StoreError> {
        fetch_all!(self, VerificationRow, ASKED_VERIFICATIONS, login)
    }

    /// Claims what is due by `due_by_ms`, until `until_ms`. `None` when somebody else did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_verification(
        &mut self,
        id: &str,
        until_ms: i64,
        due_by_ms: i64,
    ) -> Result<Option<VerificationRow>, StoreError> {
        fetch_optional!(self, VerificationRow, CLAIM_VERIFICATION, &self.org, id, until_ms, due_by_ms)
    }

    /// Keeps what the processor made of it. Answers whether the fence still matched.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_verified_card(&mut self, row: &VerificationRow) -> Result<bool, StoreError> {
        let changed = execute!(
            self,
            KEEP_VERIFIED_CARD,
            &self.org,
            &row.id,
            row.fence,
            &row.customer,
            &row.reference,
            &row.fingerprint,
            &row.brand,
            &row.last4,
            row.card_month,
            row.card_year
        )?;
        Ok(changed == 1)
    }

    /// Writes that the bank asks for a proof, until `until_ms` unless that is known already. Answers whether the fence still matched.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ask_for_proof(
        &mut self,
        row: &VerificationRow,
        (verification, url): (&str, &str),
        until_ms: i64,
        due_at_ms: i64,
    ) -> Result<bool, StoreError> {
        let VerificationRow { id, fence, .. } = row;
        let changed =
            execute!(self, ASK_FOR_PROOF, &self.org, id, *fence, verification, url, until_ms, due_at_ms)?;
        Ok(changed == 1)
    }

    /// Writes that the proof is not waited for any more. Answers whether it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_verification_up(&mut self, id: &str, now_ms: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, GIVE_VERIFICATION_UP, &self.org, id, now_ms)? == 1)
    }

    /// Writes what became of it, once. Answers whether the fence still matched.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decide_verification(
        &mut self,
        row: &VerificationRow,
        decided: &Decided,
    ) -> Result<bool, StoreError> {
        let Decided { refusal, method_id, known, left_over } = decided;
        let status = if refusal.is_some() { "refused" } else { "saved" };
        let (left_over, due_at_ms) = left_over.unzip();
        let changed = execute!(
            self,
            DECIDE_VERIFICATION,
            &self.org,
            &row.id,
            row.fence,
            status,
            refusal,
            method_id,
            i64::from(*known),
            left_over,
            due_at_ms
        )?;
        Ok(changed == 1)
    }

    /// Writes that nothing is left to do. Answers whether the fence still matched.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_verification(&mut self, id: &str, fence: i64) -> Result<bool, StoreError> {
        Ok(execute!(self, FINISH_VERIFICATION, &self.org, id, fence)? == 1)
    }
}
