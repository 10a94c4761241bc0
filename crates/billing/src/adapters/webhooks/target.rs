//! Where an endpoint may be: https on port 443 of a public server, and on a developer's machine http to itself.

use std::net::IpAddr;

use url::{Host, Url};

use crate::adapters::webhooks::public::is_public;
use crate::ports::webhooks::UrlRefused;

const URL_BYTES_MAX: usize = 2_048;
const HTTPS_PORT: u16 = 443;

/// A URL, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The whole URL in its normal spelling.
    pub(super) url: String,
    /// The name or address, as a certificate has it.
    pub(super) host: String,
    /// The address, when the URL has one instead of a name.
    pub(super) address: Option<IpAddr>,
    /// The port.
    pub(super) port: u16,
    /// What the header `Host` says.
    pub(super) authority: String,
    /// Path and query.
    pub(super) path: String,
    /// Whether to speak TLS. Without it, only this machine itself is spoken to.
    pub(super) tls: bool,
}

impl Target {
    /// Reads a URL. `loopback_http` allows http to this machine.
    pub(super) fn read(text: &str, loopback_http: bool) -> Result<Self, UrlRefused> {
        let refuse = |why| Err(UrlRefused(why));
        if text.len() > URL_BYTES_MAX {
            return refuse("At most 2048 bytes.");
        }
        let Ok(url) = Url::parse(text) else {
            return refuse("A URL such as https://example.org/webhooks.");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("No user name and no password: messages are signed instead.");
        }
        if url.fragment().is_some() {
            return refuse("No fragment: it is never sent.");
        }
        // The parser reads addresses in every spelling (0x7f.1, 2130706433, 0177.0.0.1), as those who connect do.
        let (host, address) = match url.host() {
            Some(Host::Domain(name)) => (name.to_owned(), None),
            Some(Host::Ipv4(address)) => (address.to_string(), Some(IpAddr::V4(address))),
            Some(Host::Ipv6(address)) => (address.to_string(), Some(IpAddr::V6(address))),
            None => return refuse("A URL with a host."),
        };
        let tls = match url.scheme() {
            "https" => true,
            "http" if loopback_http => false,
            _ => return refuse("Only https."),
        };
        let port = url.port_or_known_default().unwrap_or_default();
        if tls {
            if port != HTTPS_PORT {
                return refuse("Only port 443.");
            }
            if address.is_some_and(|address| !is_public(address)) || is_local(&host) {
                return refuse(
                    "A public server: no address or name of this machine, of a private network or of a cloud.",
                );
            }
        } else if host != "localhost" && !address.is_some_and(|address| address.is_loopback()) {
            return refuse("http only to this machine itself.");
        }
        let authority = url.port().map_or_else(
            || url.host_str().unwrap_or_default().to_owned(),
            |port| format!("{}:{port}", url.host_str().unwrap_or_default()),
        );
        let path =
            url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        Ok(Self { url: url.to_string(), host, address, port, authority, path, tls })
    }

    /// Whether a message may go to this address.
    pub(super) fn may_be_at(&self, address: IpAddr) -> bool {
        if self.tls { is_public(address) } else { address.is_loopback() }
    }
}

/// Names that never lead to the public. (What they lead to is checked all the same, as with every name.)
fn is_local(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let last = host.rsplit('.').next().unwrap_or_default();
    let single = !host.contains('.') && !host.contains(':');
    single
        || matches!(last, "localhost" | "local" | "internal" | "home" | "lan" | "test" | "invalid" | "onion")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// IPv4 in every spelling that URL parsers read, with full-width digits, other dots and percent signs as well, which
    /// the parser makes ordinary ones of; IPv6 in every form; names of this machine and of private networks.
    const PRIVATE: &str = "\
        127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0x7f.1 0177.0.0.1 0177.1 017700000001 \
        127.0.0.1. 0 0.0.0.0 0x0 10.0.0.1 012.0.0.1 0xa.0.0.1 167772161 192.168.1.1 0xc0.0xa8.1.1 \
        3232235777 172.16.0.1 169.254.169.254 2852039166 0xa9fea9fe 0251.0376.0251.0376 100.64.0.1 \
        198.18.0.1 224.0.0.1 255.255.255.255 4294967295 168.63.129.16 １２７.０.０.１ 127。0。0。1 \
        %31%32%37.0.0.1 127.0.0.1%2e [::1] [0:0:0:0:0:0:0:1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] \
        [::127.0.0.1] [0000::ffff:a9fe:a9fe] [64:ff9b::7f00:1] [64:ff9b::169.254.169.254] \
        [2002:7f00:1::] [2001::1] [fe80::1] [fc00::1] [fd00:ec2::254] [ff02::1] [2001:db8::1] \
        [::ffff:8.8.8.8] localhost LOCALHOST localhost. foo.localhost intranet printer.local \
        metadata.google.internal router.lan x.home x.test x.onion";

    /// Positive control: leaving the check of the address out lets the first forty or so through (tried).
    #[test]
    fn private_hosts_are_refused_in_every_spelling() {
        for host in PRIVATE.split_whitespace() {
            for loopback_http in [false, true] {
                let read = Target::read(&format!("https://{host}/hook"), loopback_http);
                assert!(read.is_err(), "{host}: {read:?}");
            }
            assert!(Target::read(&format!("http://{host}/"), false).is_err(), "{host}");
        }
    }

    #[test]
    fn only_https_on_443_without_a_user() {
        for text in [
            "",
            "example.org",
            "//example.org",
            "http://example.org",
            "ftp://example.org",
            "file:///etc/passwd",
            "gopher://example.org",
            "data:text/plain,x",
            "https://",
            "https://example.org:8443/",
            "https://example.org:80/",
            "https://example.org:22",
            "https://user@example.org/",
            "https://user:pass@example.org/",
            "https://:pass@example.org",
            "https://example.org@127.0.0.1/",
            "https://example.org/#x",
            "https://exa mple.org",
            "https://[fe80::1%25eth0]/",
            "https://127.0.0.1:443/",
        ] {
            assert!(Target::read(text, true).is_err(), "{text}");
        }
        assert!(Target::read(&format!("https://example.org/{}", "x".repeat(2_048)), true).is_err());
        for text in [
            "http://10.0.0.1",
            "http://example.org",
            "http://0.0.0.0",
            "http://[::ffff:127.0.0.1]",
            "http://2130706434@x",
        ] {
            assert!(Target::read(text, true).is_err(), "{text}: plain HTTP goes to this machine at most");
        }
    }

    #[test]
    fn public_ones_are_taken_apart() {
        let target = Target::read("https://EXAMPLE.org:443/a/../hooks?k=1", false).unwrap();
        assert_eq!(target.url, "https://example.org/hooks?k=1");
        assert_eq!((target.host.as_str(), target.port, target.tls), ("example.org", 443, true));
        assert_eq!((target.authority.as_str(), target.path.as_str()), ("example.org", "/hooks?k=1"));
        let target = Target::read("https://[2606:4700:4700::1111]", false).unwrap();
        assert_eq!(
            (target.host.as_str(), target.authority.as_str()),
            ("2606:4700:4700::1111", "[2606:4700:4700::1111]")
        );
        let target = Target::read("https://bücher.example.org/", false).unwrap();
        assert_eq!(target.host, "xn--bcher-kva.example.org");
        let target = Target::read("http://127.1:4000/", true).unwrap();
        assert_eq!(
            (target.authority.as_str(), target.path.as_str(), target.tls),
            ("127.0.0.1:4000", "/", false)
        );
        assert!(
            target.may_be_at("127.0.0.2".parse().unwrap()) && !target.may_be_at("8.8.8.8".parse().unwrap())
        );
    }
}
