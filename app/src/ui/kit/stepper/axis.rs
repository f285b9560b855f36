//! Positions on an axis of real time. Pure: the same times always make the same picture, nothing lies outside
//! the axis, and nothing has a negative length, even if a clock was set back.

use crate::domain::Timestamp;

/// The axis in its finest parts: a hundredth of a percent.
pub const WHOLE: i64 = 10_000;
/// The shortest piece that can be seen.
const MARK: i64 = 60;
/// From one tick to the next, in seconds: what people count in.
const ROUND: [i64; 18] =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400];
/// Spaces between ticks, at most: their labels have to fit beside each other on a phone.
const SPACES: i64 = 4;

/// The time that a picture shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Axis {
    from: Timestamp,
    /// At least one second, so that there is something to divide by.
    milliseconds: i64,
}

/// A piece of the axis, in parts of [`WHOLE`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Piece {
    /// Where it begins.
    pub start: i64,
    /// How long it is.
    pub length: i64,
}

impl Piece {
    /// What is drawn of it: a piece that is too short to be seen is a mark.
    #[must_use]
    pub fn drawn(self) -> Self {
        let length = self.length.max(MARK);
        Self { start: self.start.min(WHOLE - length), length }
    }
}

impl Axis {
    /// The axis from here to the latest of these times.
    #[must_use]
    pub fn covering(from: Timestamp, times: impl Iterator<Item = Timestamp>) -> Self {
        let latest = times.max().unwrap_or(from);
        Self { from, milliseconds: (latest.as_millisecond() - from.as_millisecond()).max(1_000) }
    }

    /// The same while the latest goes on: with room at its end, so that it is drawn anew seldom.
    #[must_use]
    pub fn with_room(self) -> Self {
        let step = self.step() * 1_000;
        Self { milliseconds: (self.milliseconds / step + 1) * step, ..self }
    }

    /// The position of a time; what lies outside is put at the nearer end.
    #[must_use]
    pub fn place(&self, at: Timestamp) -> i64 {
        let since = at.as_millisecond().saturating_sub(self.from.as_millisecond());
        since.clamp(0, self.milliseconds).saturating_mul(WHOLE) / self.milliseconds
    }

    /// From one time to another.
    #[must_use]
    pub fn piece(&self, from: Timestamp, to: Timestamp) -> Piece {
        let start = self.place(from);
        Piece { start, length: (self.place(to) - start).max(0) }
    }

    /// Round times on the axis, in seconds from its beginning, each with its place.
    #[must_use]
    pub fn ticks(&self) -> Vec<(i64, i64)> {
        let (seconds, step) = (self.milliseconds / 1_000, self.step());
        let place = |second: i64| second.saturating_mul(1_000 * WHOLE) / self.milliseconds;
        (0..=seconds / step).map(|tick| (tick * step, place(tick * step))).collect()
    }

    /// From one tick to the next, in seconds.
    fn step(&self) -> i64 {
        let seconds = self.milliseconds / 1_000;
        let step = ROUND.into_iter().find(|round| seconds / round <= SPACES);
        // Beyond what is in the list, whole days.
        step.unwrap_or_else(|| (seconds / SPACES / 86_400 + 1) * 86_400)
    }
}

/// A place or a length as an attribute of SVG: `12.34%`.
#[must_use]
pub fn percent(parts: i64) -> String {
    format!("{}.{:02}%", parts / 100, parts % 100)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millisecond: i64) -> Timestamp {
        Timestamp::from_millisecond(1_763_812_987_000 + millisecond).unwrap()
    }

    fn axis(milliseconds: i64) -> Axis {
        Axis::covering(at(0), [at(milliseconds)].into_iter())
    }

    #[test]
    fn times_keep_their_position() {
        let axis = axis(200_000);
        assert_eq!([0, 50_000, 200_000].map(|ms| axis.place(at(ms))), [0, 2_500, WHOLE]);
        assert_eq!(axis.piece(at(50_000), at(150_000)), Piece { start: 2_500, length: 5_000 });
        assert_eq!(
            (percent(2_500), percent(1_205), percent(WHOLE)),
            ("25.00%".to_owned(), "12.05%".to_owned(), "100.00%".to_owned())
        );
    }

    #[test]
    fn ticks_are_round_and_few() {
        let ticks = |seconds: i64| -> Vec<_> {
            axis(seconds * 1_000).ticks().into_iter().map(|(second, _)| second).collect()
        };
        assert_eq!(ticks(0), [0, 1]);
        assert_eq!(ticks(4), [0, 1, 2, 3, 4]);
        assert_eq!(ticks(200), [0, 60, 120, 180]);
        assert_eq!(ticks(1_000), [0, 300, 600, 900]);
        assert_eq!(ticks(864_000), [0, 259_200, 518_400, 777_600]);
    }

    /// What goes on is drawn on the same axis until it reaches the next tick.
    #[test]
    fn room_at_the_end_lasts_until_the_next_tick() {
        let end = |seconds: i64| axis(seconds * 1_000).with_room().milliseconds / 1_000;
        assert_eq!([0, 1, 120, 149, 150].map(end), [2, 2, 150, 150, 180]);
    }

    #[test]
    fn f43_clock_set_back_gives_no_negative_piece() {
        let axis = axis(60_000);
        assert_eq!(axis.piece(at(40_000), at(10_000)), Piece { start: 6_666, length: 0 });
        assert_eq!(axis.piece(at(-3_600_000), at(-10)), Piece { start: 0, length: 0 });
        assert_eq!(Axis::covering(at(0), std::iter::empty()).place(at(9_000)), WHOLE);
    }

    proptest! {
        /// Nothing lies outside the axis, and the order is kept.
        #[test]
        fn f43_everything_is_on_the_axis_in_order(
            end in -10_000_i64..1_000_000_000,
            times in prop::collection::vec(-2_000_000_000_i64..2_000_000_000, 2..8),
        ) {
            let axis = axis(end);
            let mut times = times;
            for pair in times.windows(2) {
                let piece = axis.piece(at(pair[0]), at(pair[1]));
                for piece in [piece, piece.drawn()] {
                    prop_assert!(piece.start >= 0 && piece.length >= 0 && piece.start + piece.length <= WHOLE);
                }
                prop_assert!(piece.drawn().length >= MARK);
            }
            times.sort_unstable();
            let places: Vec<_> = times.iter().map(|time| axis.place(at(*time))).collect();
            prop_assert!(places.is_sorted());
        }

        #[test]
        fn ticks_start_at_zero_and_stay_on_axis(milliseconds in 0_i64..100_000_000_000) {
            let ticks = axis(milliseconds).ticks();
            prop_assert_eq!(ticks[0], (0, 0));
            prop_assert!((2..=5).contains(&ticks.len()), "{:?}", ticks);
            prop_assert!(ticks.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1));
            prop_assert!(ticks.iter().all(|(_, place)| (0..=WHOLE).contains(place)));
        }
    }
}
