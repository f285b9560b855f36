//! A store that announces the ends of deploys.

use tokio::sync::watch;

use crate::{
    database::{backend::Backend, tx::Operation},
    error::StoreError,
    outbox::Announce,
};

/// A database that announces the ends of deploys.
pub(crate) struct WithOutbox<B> {
    pub(crate) backend: B,
    pub(crate) announce: Announce,
}

impl<B: Backend> Backend for WithOutbox<B> {
    fn announce(&self) -> Announce {
        self.announce.clone()
    }

    async fn write<A: Operation + Clone + 'static>(&self, operation: &A) -> Result<A::Answer, StoreError> {
        self.backend.write(operation).await
    }

    async fn read<A: Operation>(&self, operation: &A) -> Result<A::Answer, StoreError> {
        self.backend.read(operation).await
    }

    fn written(&self) -> watch::Receiver<()> {
        self.backend.written()
    }

    fn writes(&self) -> u64 {
        self.backend.writes()
    }

    fn saw_write(&self) {
        self.backend.saw_write();
    }

    async fn close(&self) {
        self.backend.close().await;
    }
}
