//! The simulated GitHub, for the pages of a rehearsal.

use app::{
    api::RehearsalApi,
    domain::{Action, Caller, Scenario},
};

use super::{Console, access::scope};

impl RehearsalApi for Console {
    fn rehearse(&self, caller: &Caller, app: &str, environment: &str, scenario: Scenario) {
        let may = caller.may(Action::Deploy, &scope(app, environment));
        if let (Some(rehearsal), Some((app, _)), true) =
            (&self.rehearsal, self.apps.find(app, environment), may)
        {
            rehearsal.plan(&app.repo, environment, scenario);
        }
    }

    fn is_rehearsal(&self) -> bool {
        self.rehearsal.is_some()
    }
}
