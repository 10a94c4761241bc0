//! Which addresses are public. Everything that is not known to be is refused.
//!
//! The lists are IANA's registries of special-purpose addresses (RFC 6890 and its successors), and the address of a
//! cloud's own server that looks public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Blocks of IPv4 that are not public: the first address and the length of the prefix.
const V4: [(Ipv4Addr, u32); 19] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),        // this network (RFC 791)
    (Ipv4Addr::new(10, 0, 0, 0), 8),       // private (RFC 1918)
    (Ipv4Addr::new(100, 64, 0, 0), 10),    // carriers' own (RFC 6598); Alibaba Cloud's metadata
    (Ipv4Addr::new(127, 0, 0, 0), 8),      // loopback
    (Ipv4Addr::new(168, 63, 129, 16), 32), // Azure's own server, which looks public
    (Ipv4Addr::new(169, 254, 0, 0), 16),   // link-local (RFC 3927); most clouds' metadata
    (Ipv4Addr::new(172, 16, 0, 0), 12),    // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),     // protocol assignments (RFC 6890); Oracle Cloud's metadata
    (Ipv4Addr::new(192, 0, 2, 0), 24),     // documentation (RFC 5737)
    (Ipv4Addr::new(192, 31, 196, 0), 24),  // AS112 (RFC 7535)
    (Ipv4Addr::new(192, 52, 193, 0), 24),  // AMT (RFC 7450)
    (Ipv4Addr::new(192, 88, 99, 0), 24),   // 6to4 relays (RFC 7526)
    (Ipv4Addr::new(192, 168, 0, 0), 16),   // private
    (Ipv4Addr::new(192, 175, 48, 0), 24),  // AS112 (RFC 7534)
    (Ipv4Addr::new(198, 18, 0, 0), 15),    // benchmarking (RFC 2544)
    (Ipv4Addr::new(198, 51, 100, 0), 24),  // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),   // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),      // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),      // reserved, and broadcast
];

/// The only part of IPv6 that is given out to the public (RFC 4291). Loopback, unspecified, IPv4 in IPv6 in all its
/// spellings (mapped, compatible, NAT64), link-local, unique local, site-local and multicast are outside of it.
const V6_PUBLIC: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Blocks inside of it that are not public all the same.
const V6: [(Ipv6Addr, u32); 6] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments: Teredo, ORCHID, benchmarking
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation (RFC 3849)
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4, which holds an IPv4 address (RFC 3056)
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48), // AS112 (RFC 7534)
    (Ipv6Addr::new(0x3ffe, 0, 0, 0, 0, 0, 0, 0), 16), // the old 6bone, given back (RFC 3701)
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation (RFC 9637)
];

/// True for an address that belongs to somebody on the internet: never for one that leads into this machine, this
/// network or this cloud.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !V4.iter().any(|block| v4_is_in(address, *block)),
        IpAddr::V6(address) => {
            v6_is_in(address, V6_PUBLIC)
                && !V6.iter().any(|block| v6_is_in(address, *block))
                && !holds_isatap(address)
        }
    }
}

fn v4_is_in(address: Ipv4Addr, (first, prefix): (Ipv4Addr, u32)) -> bool {
    let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or_default();
    address.to_bits() & mask == first.to_bits()
}

fn v6_is_in(address: Ipv6Addr, (first, prefix): (Ipv6Addr, u32)) -> bool {
    let mask = u128::MAX.checked_shl(128 - prefix).unwrap_or_default();
    address.to_bits() & mask == first.to_bits()
}

/// ISATAP (RFC 5214) hides an IPv4 address in the last half of any IPv6 address.
fn holds_isatap(address: Ipv6Addr) -> bool {
    let [_, _, _, _, flags, mark, _, _] = address.segments();
    mark == 0x5efe && flags & !0x0200 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Positive control: the next test, by which a line taken out of either list makes some of these public.
    #[test]
    fn private_addresses_are_not_public() {
        for text in NOT_PUBLIC.split_whitespace() {
            let address: IpAddr = text.parse().unwrap();
            assert!(!is_public(address), "{text}");
            if let IpAddr::V4(v4) = address {
                // No spelling of IPv4 inside IPv6 is let through, of whatever address.
                let [a, b] =
                    [(v4.to_bits() >> 16), v4.to_bits() & 0xffff].map(|half| u16::try_from(half).unwrap());
                for inside in spellings(a, b) {
                    assert!(!is_public(IpAddr::V6(inside)), "{text} as {inside}");
                }
            }
        }
        for inside in spellings(0x0808, 0x0808) {
            assert!(!is_public(IpAddr::V6(inside)), "not even a public one: {inside}");
        }
    }

    #[test]
    fn every_line_of_the_lists_is_needed() {
        let addresses: Vec<IpAddr> =
            NOT_PUBLIC.split_whitespace().map(|text| text.parse().unwrap()).collect();
        for line in V4 {
            let only_here = |address: &IpAddr| match address {
                IpAddr::V4(v4) => {
                    v4_is_in(*v4, line) && !V4.iter().any(|other| *other != line && v4_is_in(*v4, *other))
                }
                IpAddr::V6(_) => false,
            };
            assert!(addresses.iter().any(only_here), "{line:?}");
        }
        for line in V6 {
            let only_here = |address: &IpAddr| match address {
                IpAddr::V6(v6) => {
                    let elsewhere = V6.iter().any(|other| *other != line && v6_is_in(*v6, *other));
                    v6_is_in(*v6, V6_PUBLIC) && v6_is_in(*v6, line) && !elsewhere
                }
                IpAddr::V4(_) => false,
            };
            assert!(addresses.iter().any(only_here), "{line:?}");
        }
    }

    #[test]
    fn public_addresses_are() {
        for text in PUBLIC.split_whitespace() {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    fn spellings(a: u16, b: u16) -> Vec<Ipv6Addr> {
        vec![
            Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, a, b),           // mapped
            Ipv6Addr::new(0, 0, 0, 0, 0, 0, a, b),                // compatible
            Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, a, b),           // translated (RFC 2765)
            Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, a, b),        // NAT64
            Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, a, b),        // NAT64, local (RFC 8215)
            Ipv6Addr::new(0x2002, a, b, 0, 0, 0, 0, 1),           // 6to4
            Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, !a, !b),         // Teredo
            Ipv6Addr::new(0x2600, 1, 2, 3, 0, 0x5efe, a, b),      // ISATAP
            Ipv6Addr::new(0x2600, 1, 2, 3, 0x0200, 0x5efe, a, b), // ISATAP of a unique address
            Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0x5efe, a, b),
        ]
    }

    const NOT_PUBLIC: &str = "\
        0.0.0.0 0.255.255.255 10.0.0.0 10.0.0.1 10.255.255.255 100.64.0.0 100.100.100.200 \
        100.127.255.255 127.0.0.0 127.0.0.1 127.0.0.53 127.255.255.255 168.63.129.16 169.254.0.0 \
        169.254.169.254 169.254.170.2 169.254.255.255 172.16.0.0 172.17.0.1 172.31.255.255 192.0.0.0 \
        192.0.0.192 192.0.0.255 192.0.2.0 192.0.2.255 192.31.196.0 192.31.196.255 192.52.193.0 \
        192.52.193.255 192.88.99.0 192.88.99.255 192.168.0.0 192.168.1.1 192.168.255.255 192.175.48.0 \
        192.175.48.255 198.18.0.0 198.19.255.255 198.51.100.0 198.51.100.255 203.0.113.0 203.0.113.255 \
        224.0.0.0 224.0.0.251 239.255.255.255 240.0.0.0 255.255.255.254 255.255.255.255 :: ::1 ::2 \
        ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::a00:1 64:ff9b::8.8.8.8 64:ff9b:1::1 100::1 \
        100:0:0:1::1 1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2001:: 2001::1 \
        2001:0:53aa:64c:0:1:f5ff:fffe 2001:1::1 2001:2::1 2001:3::1 2001:4:112::1 2001:10::1 2001:20::1 \
        2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff 2001:db8:: 2001:db8::1 \
        2001:db8:ffff:ffff:ffff:ffff:ffff:ffff 2002:: 2002:7f00:1::1 2002:a00:1::1 \
        2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2620:4f:8000::1 2620:4f:8000:ffff:ffff:ffff:ffff:ffff \
        3ffe::1 3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff 3fff:: 3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff \
        4000:: 5f00::1 fc00:: fd00::1 fd00:ec2::254 fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff fe80:: \
        fe80::1 fe80::a9fe:a9fe febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff fec0::1 \
        feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ff00:: ff02::1 ff0e::1 \
        ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";

    const PUBLIC: &str = "\
        1.0.0.0 1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 \
        128.0.0.0 168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 \
        191.255.255.255 192.0.1.0 192.0.3.0 192.31.195.255 192.88.98.255 192.88.100.0 192.167.255.255 \
        192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 \
        223.255.255.255 2000::1 2001:200::1 2001:db7::1 2001:db9::1 2003::1 2600:1f18::1 \
        2606:4700:4700::1111 2620:4f:8001::1 2a00:1450:4001:81b::200e 3ffd::1 3fff:1000::1 \
        2600:1:2:3:100:5efe:808:808";
}
