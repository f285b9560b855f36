//! Where things are in a plot. Pure.

/// Pixels from the top to the axis.
pub const HEIGHT: f64 = 160.0;
/// Labels below the axis, at most: as many as fit on a phone.
const LABELS: usize = 4;

/// The middle of a day's column, in percent of the width.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "days of a year")]
pub fn column(day: usize, days: usize) -> f64 {
    (day as f64 + 0.5) * 100.0 / days.max(1) as f64
}

/// The width of a column, in percent of the width.
#[must_use]
pub fn width(days: usize) -> f64 {
    column(0, days) * 2.0
}

/// The days that have a label below the axis: evenly spread, the first one among them.
#[must_use]
pub fn labelled(days: usize) -> Vec<usize> {
    let step = days.div_ceil(LABELS).max(1);
    (0..days).step_by(step).collect()
}

/// The first round number that is not below this one: 1, 2 or 5, followed by zeros.
#[must_use]
pub fn round_up(count: i64) -> i64 {
    let mut ten = 1;
    loop {
        if let Some(round) = [ten, 2 * ten, 5 * ten].into_iter().find(|round| *round >= count) {
            return round;
        }
        ten *= 10;
    }
}

/// How high a count is, in pixels from the top, where the axis ends at `top`.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "counts of deploys")]
pub fn linear(count: i64, top: i64) -> f64 {
    HEIGHT - HEIGHT * count as f64 / top.max(1) as f64
}

/// How high a duration is, in pixels from the top, on an axis on which each step is ten times the one before.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "milliseconds of a deploy")]
pub fn logarithmic(milliseconds: i64, (bottom, top): (i64, i64)) -> f64 {
    let log = |value: i64| (value.max(1) as f64).log10();
    let part = (log(milliseconds) - log(bottom)) / (log(top) - log(bottom)).max(f64::EPSILON);
    HEIGHT - HEIGHT * part.clamp(0.0, 1.0)
}

/// Durations with a line across the plot, in milliseconds.
const LINES: [i64; 8] = [1_000, 10_000, 60_000, 600_000, 3_600_000, 36_000_000, 864_000_000, 8_640_000_000];

/// The lines from the last one that is below all of these durations to the first one above.
#[must_use]
pub fn lines(durations: &[i64]) -> Vec<i64> {
    let least = durations.iter().min().copied().unwrap_or(LINES[0]);
    let most = durations.iter().max().copied().unwrap_or(LINES[1]);
    let first = LINES.iter().rposition(|line| *line <= least).unwrap_or(0);
    let last = LINES.iter().position(|line| *line >= most).unwrap_or(LINES.len() - 1);
    let last = last.max(first + 1).min(LINES.len() - 1);
    LINES.get(first.min(last.saturating_sub(1))..=last).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn count_axis_ends_at_round_number() {
        for (count, round) in [(0, 1), (1, 1), (2, 2), (3, 5), (6, 10), (11, 20), (51, 100), (999, 1_000)] {
            assert_eq!(round_up(count), round, "{count}");
        }
    }

    #[test]
    fn columns_stay_inside_and_labels_few() {
        for days in [1, 7, 30, 90, 366] {
            assert!(column(0, days) - width(days) / 2.0 >= -1e-9);
            assert!(column(days - 1, days) + width(days) / 2.0 <= 100.0 + 1e-9);
            assert!((1..=LABELS).contains(&labelled(days).len()), "{days}");
        }
        assert_eq!(labelled(30), [0, 8, 16, 24]);
        assert_eq!(labelled(0), [0; 0]);
    }

    #[test]
    fn higher_values_are_nearer_the_top() {
        assert_eq!((linear(0, 5), linear(5, 5)), (HEIGHT, 0.0));
        let axis = (1_000, 100_000);
        assert_eq!(
            [1_000, 10_000, 100_000, 1, 1 << 40].map(|at| logarithmic(at, axis)),
            [HEIGHT, HEIGHT / 2.0, 0.0, HEIGHT, 0.0]
        );
    }

    #[test]
    fn lines_enclose_every_duration() {
        for durations in [&[][..], &[5], &[70_000], &[1_000], &[12_000, 4_000_000], &[i64::MAX]] {
            let lines = lines(durations);
            assert!(lines.len() >= 2, "{durations:?}: {lines:?}");
            assert!(durations.iter().all(|at| *at >= 1_000 && *at < 1 << 40 || lines.len() == 2));
        }
        assert_eq!(lines(&[12_000, 4_000_000]), [10_000, 60_000, 600_000, 3_600_000, 36_000_000]);
    }
}
