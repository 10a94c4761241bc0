//! What counts as one network address.

use std::net::IpAddr;

/// A network address as it is counted: an IPv6 customer has a whole /64, and all of it is one.
pub fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_are_networks() {
        assert_eq!(
            network("2001:db8:1:2:3:4:5:6".parse().unwrap()),
            network("2001:db8:1:2::1".parse().unwrap())
        );
        assert_eq!(network("203.0.113.7".parse().unwrap()), "203.0.113.7");
    }
}
