//! The hosts in the addresses that are printed when the server starts: what users type.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The hosts of a server that listens on `ip` and was given `host`: as the user wrote it; for all addresses of this
/// machine, those that other machines reach, then its own.
pub(super) fn shown_hosts(host: &str, ip: IpAddr) -> Vec<String> {
    if !ip.is_unspecified() {
        return vec![match ip {
            IpAddr::V6(_) if host.contains(':') && !host.starts_with('[') => format!("[{host}]"),
            _ => host.to_owned(),
        }];
    }
    // Without a list of its addresses the machine has its own alone.
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let mut hosts: Vec<IpAddr> = interfaces.iter().map(|interface| interface.ip()).collect();
    hosts.retain(|address| is_reachable(*address) && (address.is_ipv4() || ip.is_ipv6()));
    hosts.sort_unstable();
    hosts.dedup();
    hosts.push(if ip.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
    hosts.into_iter().map(bracketed).collect()
}

/// Whether other machines can reach an address as it is typed: one of a link needs the name of the link as well.
fn is_reachable(address: IpAddr) -> bool {
    let is_link_local = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    !address.is_loopback() && !address.is_unspecified() && !is_link_local
}

fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_reachable, shown_hosts};

    #[test]
    fn an_address_is_shown_as_it_is_typed() {
        for (host, ip, shown) in [
            ("::1", "::1", "[::1]"),
            ("[::1]", "::1", "[::1]"),
            ("localhost", "::1", "localhost"),
            ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ] {
            assert_eq!(shown_hosts(host, ip.parse().expect("an address")), [shown]);
        }
    }

    #[test]
    fn all_addresses_are_those_that_others_type_and_then_the_own_one() {
        for (ip, own) in [("0.0.0.0", "127.0.0.1"), ("::", "[::1]")] {
            let hosts = shown_hosts(ip, ip.parse().expect("an address"));
            assert_eq!(hosts.iter().filter(|host| host.contains("0.0.0.0") || *host == "[::]").count(), 0);
            assert_eq!(hosts.iter().position(|host| host == own), Some(hosts.len() - 1), "{hosts:?}");
        }
        for (address, expected) in
            [("192.168.1.5", true), ("169.254.1.1", false), ("fe80::1", false), ("2001:db8::1", true), ("::1", false)]
        {
            assert_eq!(is_reachable(address.parse().expect("an address")), expected, "{address}");
        }
    }
}
