//! Webhooks: to whom it tells what happens.

use std::sync::PoisonError;

use webhook::SigningSecrets;

use crate::{SimulatedGitHub, WebhookDelivery, http::Webhooks};

impl SimulatedGitHub {
    /// Tells this address of everything that happens to runs from now on.
    ///
    /// # Errors
    /// If there is no HTTP client to be had.
    pub fn send_webhooks(&self, url: &str, secrets: SigningSecrets) -> std::io::Result<()> {
        let webhooks = Webhooks::to(url, secrets).map_err(std::io::Error::other)?;
        self.http.tell_of_changes(webhooks.clone());
        *self.webhooks.lock().unwrap_or_else(PoisonError::into_inner) = Some(webhooks);
        Ok(())
    }

    /// Loses webhooks on the way from now on, or no longer.
    pub fn lose_webhooks(&self, are_lost: bool) {
        if let Some(webhooks) = self.webhooks() {
            webhooks.lose(are_lost);
        }
    }

    /// Every webhook that was sent or lost, in the order of what happened.
    #[must_use]
    pub fn webhook_deliveries(&self) -> Vec<WebhookDelivery> {
        self.webhooks().map(|webhooks| webhooks.deliveries()).unwrap_or_default()
    }

    /// Sends a webhook, with its id: again, or one of the test's own. Answers with the status, if there was an answer.
    pub async fn deliver_webhook(&self, delivery: &WebhookDelivery) -> Option<u16> {
        self.webhooks()?.deliver(delivery).await
    }

    fn webhooks(&self) -> Option<Webhooks> {
        self.webhooks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
