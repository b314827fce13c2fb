//! Clients of the server, distinguished by their addresses.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

/// Client addresses kept before those without a slot are forgotten.
const MAX_IDLE_CLIENTS: usize = 1024;

/// What counts as one client: an IPv4 address, also where it reaches an IPv6 socket, or an IPv6 network of 64 bits,
/// since whoever is in it can take any of its addresses.
pub(super) fn client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

/// Slots for each client: as many as one may have at the same time.
pub(super) struct ClientSlots {
    of_each: usize,
    clients: Mutex<HashMap<IpAddr, Arc<Semaphore>>>,
}

impl ClientSlots {
    /// `of_each` slots for each client.
    pub(super) fn new(of_each: usize) -> Self {
        Self { of_each, clients: Mutex::default() }
    }

    /// One more slot of a client, until it is dropped; `None` when the client has all of its own.
    pub(super) fn acquire(&self, client: IpAddr) -> Option<OwnedSemaphorePermit> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.len() > MAX_IDLE_CLIENTS {
            clients.retain(|_, slots| slots.available_permits() < self.of_each);
        }
        let slots = clients.entry(client).or_insert_with(|| Arc::new(Semaphore::new(self.of_each)));
        Arc::clone(slots).try_acquire_owned().ok()
    }
}

/// A lock for each client: work under it is done one request after the other, and requests of other clients do not
/// wait.
#[derive(Default)]
pub(super) struct ClientLocks(Mutex<HashMap<IpAddr, Arc<tokio::sync::Mutex<()>>>>);

impl ClientLocks {
    /// Waits for a client's turn, which lasts as long as the guard. It is awaited before the work gets a thread:
    /// requests that wait for their turn take no thread from others.
    pub(super) async fn turn(&self, client: IpAddr) -> OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Locks without a holder and without a waiting request are removed.
            locks.retain(|_, lock| Arc::strong_count(lock) > 1);
            Arc::clone(locks.entry(client).or_default())
        };
        lock.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{ClientLocks, ClientSlots, client};

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
    fn a_client_has_its_own_slots_alone() {
        let slots = ClientSlots::new(2);
        let (one, other) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let held = [slots.acquire(one), slots.acquire(one)];
        assert!(held.iter().all(Option::is_some) && slots.acquire(one).is_none());
        assert!(slots.acquire(other).is_some());
        drop(held);
        assert!(slots.acquire(one).is_some());
    }

    #[test]
    fn a_client_waits_for_its_own_requests_alone() {
        let locks = ClientLocks::default();
        let (one, other) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let first = locks.turn(one).await;
            let mut second = std::pin::pin!(locks.turn(one));
            tokio::select! {
                biased;
                _ = &mut second => panic!("two at a time"),
                _ = locks.turn(other) => {}
            }
            drop(first);
            let _turn = second.await;
        });
    }
}
