//! The simulated GitHub, for the pages of a rehearsal.

use app::{api::RehearsalApi, domain::Scenario};

use super::Console;

impl RehearsalApi for Console {
    fn rehearse(&self, app: &str, environment: &str, scenario: Scenario) {
        if let (Some(rehearsal), Some((app, _))) = (&self.rehearsal, self.apps.find(app, environment)) {
            rehearsal.plan(&app.repo, environment, scenario);
        }
    }

    fn is_rehearsal(&self) -> bool {
        self.rehearsal.is_some()
    }
}
