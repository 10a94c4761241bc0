//! How a client gets into their wallet: codes, and devices that need none.

use core::fmt;

use crate::wire::billing::wire;

wire! {
    /// The devices on which a wallet opens without a code: `GET /v1/wallet/devices`.
    pub struct WalletDevicesView {
        /// The last used first.
        pub devices: Vec<WalletDeviceView>,
    }

    /// One of them. What it is known by is told to it alone.
    pub struct WalletDeviceView {
        /// `wdv_…`.
        pub id: String,
        /// What its browser called itself (`User-Agent`).
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        pub user_agent: Option<String>,
        /// Since when it is remembered, RFC 3339.
        pub since: String,
        /// When it was last used, RFC 3339.
        pub used_at: String,
        /// Until when, if it is not used again, RFC 3339.
        pub until: String,
    }

    /// A device that opens the wallet no more.
    pub struct ForgottenDeviceView {
        /// `wdv_…`.
        pub forgotten: String,
    }
}

/// Where the confirmation of a wallet session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ConfirmationState {
    /// The wallet is open.
    Confirmed,
    /// A code is on its way to the client.
    CodeSent,
}

impl ConfirmationState {
    /// The state as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::CodeSent => "code_sent",
        }
    }

    /// Reads what travelled.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Confirmed, Self::CodeSent].into_iter().find(|state| state.as_str() == text)
    }
}

/// A request to confirm that it is the client who is there: `POST /v1/wallet/confirmation`.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WalletConfirmationRequest {
    /// The name of a device that was remembered, `wd_…`. A secret.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub device: Option<String>,
}

/// Where the confirmation stands.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WalletConfirmationView {
    /// Whether the wallet is open.
    pub state: ConfirmationState,
    /// Where the code was sent, with most of it hidden: `k•••@example.org`.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub sent_to: Option<String>,
    /// In how many seconds another code can be asked for.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub resend_after_s: Option<u64>,
    /// In how many seconds the code is good no more.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub expires_in_s: Option<u64>,
    /// What opens the wallet as long as the session lives, `wa_…`, once it is confirmed. A secret of this browser's, told this once.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub access: Option<String>,
    /// The name of this device, `wd_…`, where it is to be remembered. A secret, told this once.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub device: Option<String>,
}

/// A code that a client was sent: `POST /v1/wallet/confirmation/code`.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WalletCodeRequest {
    /// Six digits. A secret.
    pub code: String,
    /// Whether this device is to be remembered.
    #[cfg_attr(feature = "serde", serde(default))]
    pub remember: bool,
}

/// Stands where a secret would be printed.
struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl fmt::Debug for WalletConfirmationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let device = self.device.as_ref().map(|_| Hidden);
        f.debug_struct("WalletConfirmationRequest").field("device", &device).finish()
    }
}

impl fmt::Debug for WalletConfirmationView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WalletConfirmationView")
            .field("state", &self.state)
            .field("sent_to", &self.sent_to)
            .field("resend_after_s", &self.resend_after_s)
            .field("expires_in_s", &self.expires_in_s)
            .field("access", &self.access.as_ref().map(|_| Hidden))
            .field("device", &self.device.as_ref().map(|_| Hidden))
            .finish()
    }
}

impl fmt::Debug for WalletCodeRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WalletCodeRequest").field("code", &Hidden).field("remember", &self.remember).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Positive control (tried): deriving `Debug` for any of them prints the text.
    #[test]
    fn what_is_secret_is_never_printed() {
        let secret = || Some("wd_hunter".to_owned());
        let asked = format!("{:?}", WalletConfirmationRequest { device: secret() });
        let code = format!("{:?}", WalletCodeRequest { code: "hunter".to_owned(), remember: true });
        let told = WalletConfirmationView {
            state: ConfirmationState::Confirmed,
            sent_to: None,
            resend_after_s: None,
            expires_in_s: None,
            access: Some("wa_hunter".to_owned()),
            device: secret(),
        };
        for printed in [asked, code, format!("{told:?}")] {
            assert!(printed.contains('…') && !printed.contains("hunter"), "{printed}");
        }
        assert_eq!(ConfirmationState::parse("code_sent"), Some(ConfirmationState::CodeSent));
        assert_eq!(ConfirmationState::parse("open"), None);
    }
}
