//! Terminal statuses in SQL, written once: in exactly the words of the partial indexes, so that the databases recognize
//! which rows an index covers.

/// The list, for a column of any name: ` status IN ` and this.
macro_rules! terminal {
    () => {
        "('succeeded', 'failed', 'timed_out')"
    };
}

/// The terminal statuses, as a list.
pub(crate) const TERMINAL: &str = terminal!();
/// A deploy that has ended.
pub(crate) const ENDED: &str = concat!("status IN ", terminal!());
/// A deploy that has not: statuses of a newer build are among these.
pub(crate) const LIVE: &str = concat!("status NOT IN ", terminal!());

#[cfg(test)]
mod tests {
    use app::domain::Status;
    use sqlx::migrate::Migrator;

    use super::*;
    use crate::database::schema::{POSTGRES, SQLITE};

    #[test]
    fn list_is_the_terminal_statuses() {
        let terminal = Status::ALL.into_iter().filter(|status| status.is_terminal());
        let quoted: Vec<_> = terminal.map(|status| format!("'{status}'")).collect();
        assert_eq!(TERMINAL, format!("({})", quoted.join(", ")));
    }

    /// SQLite uses a partial index only if the statement has the same words.
    #[test]
    fn every_partial_index_has_these_words() {
        let indexes = |migrator: &Migrator| {
            let texts: Vec<_> = migrator.iter().map(|migration| migration.sql.as_str().to_owned()).collect();
            let statements: Vec<_> = texts.iter().flat_map(|text| text.split(';')).collect();
            let of_status = |text: &&&str| text.contains("INDEX") && text.contains("WHERE status");
            let found: Vec<_> = statements.iter().filter(of_status).map(ToString::to_string).collect();
            assert!(found.len() >= 6, "{found:?}");
            for index in found {
                let (_, condition) = index.split_once("WHERE ").unwrap_or_default();
                assert!([ENDED, LIVE].contains(&condition.trim()), "{index}");
            }
        };
        indexes(&SQLITE);
        indexes(&POSTGRES);
    }
}
