//! Who is at the other end of a connection.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};

/// The network address of whoever sends a request. Behind a trusted proxy it is the last one that the proxy added:
/// everything before it may be made up by the sender.
pub fn address(extensions: &Extensions, headers: &HeaderMap, trusted_proxy: bool) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let forwarded = || {
        let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        last.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    let believed = if trusted_proxy { forwarded() } else { None };
    believed.or(peer).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)).to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn believes_only_a_trusted_proxy() {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 1))));
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "1.1.1.1, 9.9.9.9".parse().unwrap());
        assert_eq!(address(&extensions, &headers, false).to_string(), "10.0.0.1");
        assert_eq!(address(&extensions, &headers, true).to_string(), "9.9.9.9");
        assert_eq!(address(&extensions, &HeaderMap::new(), true).to_string(), "10.0.0.1");
    }
}
