//! How long to wait after a failure: twice as long each time, up to a limit, with jitter.

use jiff::SignedDuration;

/// After the first failure.
const FIRST: SignedDuration = SignedDuration::from_secs(2);

/// The wait after this many failures, at most `longest`. `jitter`, from 0 to 1, takes up to half of it away, so that
/// instances that failed together do not retry together.
pub(super) fn wait(failures: u32, longest: SignedDuration, jitter: f64) -> SignedDuration {
    let doubled = 1_i32.checked_shl(failures.saturating_sub(1)).filter(|times| *times > 0);
    let whole = doubled.and_then(|times| FIRST.checked_mul(times)).unwrap_or(longest).min(longest);
    let off = (whole.as_secs_f64() / 2.0 * jitter.clamp(0.0, 1.0) * 1_000.0) as i64;
    whole - SignedDuration::from_millis(off)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_maximum() {
        let seconds = |failures| wait(failures, SignedDuration::from_secs(60), 0.0).as_secs();
        let waits: Vec<_> = [0, 1, 2, 3, 4, 5, 6, 7, 31, 32, 33, u32::MAX].map(seconds).into();
        assert_eq!(waits, [2, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]);
    }

    #[test]
    fn jitter_takes_at_most_half() {
        let millis = |jitter| wait(3, SignedDuration::from_secs(60), jitter).as_millis();
        assert_eq!([0.0, 0.5, 1.0, 7.0, -7.0].map(millis), [8_000, 6_000, 4_000, 4_000, 8_000]);
    }
}
