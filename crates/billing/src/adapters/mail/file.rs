//! Puts mails into a folder, one file each: whoever looks into it is the postman. For development and demonstrations.

use std::path::PathBuf;

use async_trait::async_trait;

use crate::adapters::mail::From;
use crate::adapters::mail::message::message;
use crate::ports::mail::{Handed, Mail, MailError, Mailer};

/// Puts mails into a folder.
#[derive(Clone, Debug)]
pub struct FileMailer {
    folder: PathBuf,
    from: From,
}

impl FileMailer {
    /// Mails from somebody, into a folder, which is made when it is missing.
    pub fn new(folder: PathBuf, from: From) -> Self {
        Self { folder, from }
    }

    async fn put(&self, id: &str, bytes: Vec<u8>) -> std::io::Result<()> {
        tokio::fs::create_dir_all(&self.folder).await?;
        // Whoever lists the folder sees whole mails alone, and one that is sent twice once.
        let unfinished = self.folder.join(format!(".{id}.part"));
        tokio::fs::write(&unfinished, bytes).await?;
        tokio::fs::rename(&unfinished, self.folder.join(format!("{id}.eml"))).await
    }
}

#[async_trait]
impl Mailer for FileMailer {
    async fn send(&self, mail: Mail<'_>) -> Result<Handed, MailError> {
        let Some(message) = message(&self.from, mail) else {
            return Ok(Handed::Refused("address".to_owned()));
        };
        self.put(mail.id, message.formatted()).await.map_err(|error| {
            tracing::warn!(%error, "a mail could not be written");
            MailError::NotWritten
        })?;
        Ok(Handed::Taken)
    }
}
