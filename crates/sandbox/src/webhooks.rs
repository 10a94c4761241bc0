//! Webhooks: events as signed letters to endpoints on this machine, tried again until they are accepted.

mod deliver;
mod sign;

pub use deliver::deliver_until;
pub use sign::signature;

use reqwest::Url;

/// Reads the address of an endpoint, if it is on this machine. Nothing is ever sent elsewhere.
pub fn loopback_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?;
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    let is_here = match address {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost",
    };
    (url.scheme() == "http" && is_here && url.username().is_empty()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_told() {
        for here in ["http://127.0.0.1:9/x", "http://localhost/", "http://[::1]:80/", "http://127.1.2.3"] {
            assert!(loopback_url(here).is_some(), "{here}");
        }
        for elsewhere in [
            "https://example.com",
            "http://10.0.0.1",
            "http://localhost.example.com",
            "http://127.0.0.1@example.com/",
            "http://example.com/127.0.0.1",
            "file:///etc/passwd",
            "http://0.0.0.0",
            "localhost",
        ] {
            assert!(loopback_url(elsewhere).is_none(), "{elsewhere}");
        }
    }
}
