//! Notifications that Postgres sends to every instance when the journal grows.

use std::{
    sync::{Arc, Once},
    time::Duration,
};

use runtime::{Task, supervisor::Group};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use tokio::sync::watch;

use crate::database::writes::Writes;

/// The channel of the trigger on the journal; see its migration.
const CHANNEL: &str = "deploy_console_journal";
/// The pause before a new connection is tried.
const PAUSE: Duration = Duration::from_secs(2);

/// Listens on a connection of its own, from the first subscription on.
#[derive(Clone, Debug)]
pub(super) struct Notices(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    options: PgConnectOptions,
    writes: Writes,
    listening: Once,
    tasks: Group,
}

impl Notices {
    pub(super) fn of(options: PgConnectOptions, tasks: Group) -> Self {
        let (writes, listening) = (Writes::default(), Once::new());
        Self(Arc::new(Shared { options, writes, listening, tasks }))
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<()> {
        let Shared { options, writes, listening, tasks } = &*self.0;
        listening.call_once(|| {
            tasks.spawn(Task::PostgresListener, listen_for_ever(options.clone(), writes.clone()));
        });
        writes.subscribe()
    }

    /// What the database has said, and what this store itself wrote.
    pub(super) fn writes(&self) -> &Writes {
        &self.0.writes
    }

    /// Closes the connection.
    pub(super) async fn close(&self) {
        self.0.tasks.stop().await;
    }
}

async fn listen_for_ever(options: PgConnectOptions, writes: Writes) {
    loop {
        if let Err(error) = listen(&options, &writes).await {
            tracing::warn!(%error, "the database cannot be listened to; its journal is looked at every few seconds");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Runs until the connection breaks. Notifications are lost meanwhile, so subscribers are then told to look.
async fn listen(options: &PgConnectOptions, writes: &Writes) -> Result<(), sqlx::Error> {
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        writes.signal();
        if listener.try_recv().await?.is_none() {
            tracing::info!("the connection on which the database is listened to was lost, and made anew");
        }
    }
}
