//! Sends mails to clients: claim and commit, then send, then record what became of it where the fence still matches.
//!
//! Whoever dies between sending and recording leaves a mail whose lease runs out; it is sent again under the same name. So a mail
//! comes at least once, and a reader's program knows the second one by its name.

use jiff::Timestamp;
use tokio::task::JoinSet;

use crate::app::mails::{Letter, MailSettings};
use crate::app::{App, AppError, millis};
use crate::ports::mail::{Handed, Mail, MailError};
use crate::store::{DueMail, MailOutcome, MailRow};

/// How many are looked at in one round.
const BATCH: i64 = 100;
/// How many are under way at once: SMTP servers are soon annoyed.
const AT_ONCE: usize = 4;
/// How long after the first try the second one is made; from then on it doubles.
const FIRST_PAUSE_MS: i64 = 15_000;
/// How long a pause is at most.
const PAUSE_MS_MAX: i64 = 60 * 60 * 1_000;
/// Why a mail is given up: nobody took it in time.
const TOO_LATE: &str = "too_late";
/// Why a mail waits: no key opens it.
const UNREADABLE: &str = "unreadable";

impl App {
    /// Sends what is due and answers how many were tried. What goes wrong with one of them is logged, and it stays due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn send_mails(&self) -> Result<usize, AppError> {
        let Some(mail) = &self.settings.mail else { return Ok(0) };
        let due = self.store.due_mails(self.mint.now_ms(), BATCH).await?;
        let count = due.len();
        let mut tasks = JoinSet::new();
        for due in due {
            if tasks.len() >= AT_ONCE {
                let _ = tasks.join_next().await;
            }
            let (app, mail) = (self.clone(), mail.clone());
            tasks.spawn(async move {
                if let Err(error) = app.send_mail(&mail, &due).await {
                    tracing::error!(mail = due.id, %error, "a mail could not be worked on");
                }
            });
        }
        while tasks.join_next().await.is_some() {}
        Ok(count)
    }

    async fn send_mail(&self, mail: &MailSettings, due: &DueMail) -> Result<(), AppError> {
        let now = self.mint.now_ms();
        let leased_until = now.saturating_add(millis(mail.timeout * 3));
        let Some(row) = self.store.claim_mail(due, leased_until, now).await? else { return Ok(()) };
        let outcome = if now >= row.until_ms {
            over("given_up", Some(TOO_LATE.to_owned()), now)
        } else {
            match row.sealed.as_deref().map(|sealed| mail.open(&row.login_id, &row.id, sealed)) {
                Some(Ok(letter)) => {
                    let answer = hand_over(mail, &row, &letter).await;
                    self.judge_mail(&row, answer)
                }
                _ => {
                    tracing::error!(
                        mail = row.id,
                        "no key of mail.secret_key opens a mail: is it the one that sealed it?"
                    );
                    later(&row, UNREADABLE.to_owned(), self.mint.now_ms())
                }
            }
        };
        let (to, why) = (outcome.status, outcome.last_error.clone());
        if self.store.record_mail(&row, outcome).await? {
            self.metrics.mail(if to == "waiting" { "not_yet" } else { to });
            tracing::info!(mail = row.id, tries = row.tries, to, why, "mail");
        }
        Ok(())
    }

    fn judge_mail(&self, row: &MailRow, answer: Result<Handed, MailError>) -> MailOutcome {
        let now = self.mint.now_ms();
        match answer {
            Ok(Handed::Taken) => over("sent", None, now),
            Ok(Handed::Refused(why)) => over("given_up", Some(why), now),
            Err(error) => later(row, error.to_string(), now),
        }
    }
}

async fn hand_over(mail: &MailSettings, row: &MailRow, letter: &Letter) -> Result<Handed, MailError> {
    let sent = mail.mailer.send(Mail {
        id: &row.id,
        to: &letter.to,
        subject: &letter.subject,
        body: &letter.body,
        language: &letter.language,
        at: Timestamp::from_millisecond(row.created_at_ms).unwrap_or_default(),
    });
    tokio::time::timeout(mail.timeout, sent).await.unwrap_or(Err(MailError::TimedOut))
}

fn over(status: &'static str, last_error: Option<String>, now_ms: i64) -> MailOutcome {
    MailOutcome { status, due_at_ms: now_ms, last_error, done_at_ms: Some(now_ms) }
}

/// Again, while it is worth it.
fn later(row: &MailRow, why: String, now_ms: i64) -> MailOutcome {
    let doublings = u32::try_from(row.tries.saturating_sub(1)).unwrap_or(0).min(16);
    let pause_ms = FIRST_PAUSE_MS.saturating_mul(1 << doublings).min(PAUSE_MS_MAX);
    let due_at_ms = now_ms.saturating_add(pause_ms);
    if due_at_ms >= row.until_ms {
        return over("given_up", Some(why), now_ms);
    }
    MailOutcome { status: "waiting", due_at_ms, last_error: Some(why), done_at_ms: None }
}
