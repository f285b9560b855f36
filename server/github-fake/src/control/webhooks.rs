//! Webhooks: to whom it tells what happens.

use webhook::SigningSecrets;

use crate::{SimulatedGitHub, WebhookDelivery, http::Webhooks};

impl SimulatedGitHub {
    /// Tells this address of everything that happens to runs from now on.
    ///
    /// # Errors
    /// If there is no HTTP client to be had.
    pub fn send_webhooks(&self, url: &str, secrets: SigningSecrets) -> std::io::Result<()> {
        let webhooks = Webhooks::to(url, secrets).map_err(std::io::Error::other)?;
        self.http.tell_of_changes(webhooks);
        Ok(())
    }

    /// Loses webhooks on the way from now on, or no longer.
    pub fn lose_webhooks(&self, are_lost: bool) {
        if let Some(webhooks) = self.http.webhooks() {
            webhooks.lose(are_lost);
        }
    }

    /// Every webhook that was sent or lost, in the order of what happened.
    #[must_use]
    pub fn webhook_deliveries(&self) -> Vec<WebhookDelivery> {
        self.http.webhooks().map(|webhooks| webhooks.deliveries()).unwrap_or_default()
    }

    /// Sends a webhook, with its id: again, or one of the test's own. Answers with the status, if there was an answer.
    pub async fn deliver_webhook(&self, delivery: &WebhookDelivery) -> Option<u16> {
        self.http.webhooks()?.deliver(delivery).await
    }
}
