//! Clients of the server, told apart by their addresses.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// What counts as one client: an IPv4 address, also where it reaches an IPv6 socket, or an IPv6 network of 64 bits, since
/// whoever is in it can take any of its addresses.
pub(super) fn client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

/// A lock for each client: what its requests do under it, they do one after the other, and nobody else waits for them.
#[derive(Default)]
pub(super) struct ClientLocks(Mutex<HashMap<IpAddr, Arc<Mutex<()>>>>);

impl ClientLocks {
    /// The lock of a client.
    pub(super) fn of(&self, client: IpAddr) -> Arc<Mutex<()>> {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Locks that nobody holds or waits for are forgotten.
        locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(locks.entry(client).or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{ClientLocks, client};

    #[test]
    fn addresses_of_one_ipv6_network_are_one_client() {
        for (address, expected) in [
            ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
            ("2001:db8:1:2:bbbb:cccc::2", "2001:db8:1:2::"),
            ("2001:db8:1:3::1", "2001:db8:1:3::"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("192.0.2.8", "192.0.2.8"),
        ] {
            let [address, expected] = [address, expected].map(|text| text.parse::<IpAddr>().expect("an address"));
            assert_eq!(client(address), expected);
        }
    }

    #[test]
    fn a_client_waits_for_its_own_requests_alone() {
        let locks = ClientLocks::default();
        let (one, other) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let first = locks.of(one);
        let held = first.lock().unwrap();
        assert!(locks.of(one).try_lock().is_err() && locks.of(other).try_lock().is_ok());
        drop(held);
        assert!(locks.of(one).try_lock().is_ok());
    }
}
