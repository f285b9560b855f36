//! How often an address may be wrong: five failed sign-ins, or fifty unknown tokens, in five minutes.

use std::{
    collections::{HashMap, VecDeque},
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

use app::domain::Timestamp;
use jiff::SignedDuration;

const WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// Addresses that are remembered. With more, those that were wrong longest ago are forgotten.
const ADDRESSES: usize = 10_000;

/// What was wrong.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Failure {
    /// A sign-in.
    SignIn,
    /// A token that is not, or no longer, one of this console.
    Token,
}

impl Failure {
    const fn most(self) -> usize {
        match self {
            Self::SignIn => 5,
            Self::Token => 50,
        }
    }
}

/// The failures of the last minutes, by address.
#[derive(Debug, Default)]
pub struct Attempts(Mutex<HashMap<(Failure, IpAddr), VecDeque<Timestamp>>>);

impl Attempts {
    /// Until when the address has to wait, if it was wrong too often.
    pub fn wait(&self, failure: Failure, address: IpAddr, now: Timestamp) -> Option<Timestamp> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let times = known.get_mut(&(failure, network(address)))?;
        times.retain(|at| is_recent(*at, now));
        let oldest = times.front().filter(|_| times.len() >= failure.most())?;
        oldest.checked_add(WINDOW).ok()
    }

    /// It was wrong.
    pub fn note(&self, failure: Failure, address: IpAddr, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= ADDRESSES {
            known.retain(|_, times| times.back().is_some_and(|at| is_recent(*at, now)));
        }
        if known.len() >= ADDRESSES {
            let longest_ago =
                known.iter().min_by_key(|(_, times)| times.back().copied()).map(|(key, _)| *key);
            longest_ago.and_then(|key| known.remove(&key));
        }
        let times = known.entry((failure, network(address))).or_default();
        times.push_back(now);
        while times.len() > failure.most() {
            times.pop_front();
        }
    }
}

/// A clock that was set back makes nothing recent.
fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    (SignedDuration::ZERO..WINDOW).contains(&now.duration_since(at))
}

/// One customer of a provider has a whole /64 of version 6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn five_failed_sign_ins_in_five_minutes_wait() {
        let (attempts, address) = (Attempts::default(), "192.0.2.1".parse().unwrap());
        let wait = |second| attempts.wait(Failure::SignIn, address, at(second));
        for second in 0..5 {
            assert_eq!(wait(second), None);
            attempts.note(Failure::SignIn, address, at(second));
        }
        assert_eq!(wait(5), Some(at(300)));
        assert_eq!(attempts.wait(Failure::SignIn, "192.0.2.2".parse().unwrap(), at(5)), None);
        assert_eq!(attempts.wait(Failure::Token, address, at(5)), None);
        assert_eq!(wait(300), None, "the first is five minutes old");
    }

    #[test]
    fn addresses_of_one_customer_count_together() {
        let attempts = Attempts::default();
        for number in 0..50 {
            attempts.note(Failure::Token, format!("2001:db8::{number:x}").parse().unwrap(), at(0));
        }
        assert!(attempts.wait(Failure::Token, "2001:db8::ffff".parse().unwrap(), at(1)).is_some());
        assert!(attempts.wait(Failure::Token, "2001:db8:0:1::".parse().unwrap(), at(1)).is_none());
    }

    #[test]
    fn memory_is_bounded() {
        let attempts = Attempts::default();
        for number in 0..=u32::try_from(ADDRESSES).unwrap() + 100 {
            attempts.note(Failure::Token, std::net::Ipv4Addr::from_bits(number).into(), at(0));
        }
        assert!(attempts.0.lock().unwrap().len() <= ADDRESSES);
    }
}
