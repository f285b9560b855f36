//! What a store is asked, with nothing special about it. A test changes what it is about.

use app::domain::{DeployId, InputValues, Origin, Source, Status};
use jiff::SignedDuration;
use runtime::ids::uuid_at;
use store::{Actor, Advance, Delivery, NewDeploy, Place, RunPages};

use super::noon;

/// A request at noon.
pub fn open_request(key: &str, environment: &str) -> NewDeploy {
    NewDeploy {
        id: DeployId::new(uuid_at(noon())),
        actor: Actor::named("somebody"),
        key: key.to_owned(),
        fingerprint: "print".to_owned(),
        app: "shop".to_owned(),
        environment: environment.to_owned(),
        git_ref: "main".parse().unwrap(),
        commit: None,
        origin: Origin::Request,
        reason: None,
        override_freeze: None,
        approval: None,
        inputs: InputValues::default(),
        at: noon(),
        in_flight_since: noon() - SignedDuration::from_secs(20),
    }
}

/// One edge, at noon.
pub fn advance(id: DeployId, to: Status, source: Source) -> Advance {
    Advance {
        id,
        to,
        source,
        actor: "console".to_owned(),
        log_line: None,
        evidence: None,
        failure_stage: None,
        run: None,
        past: None,
        at: noon(),
    }
}

/// The runs of every environment of the tests have their pages here.
pub fn run_pages() -> RunPages {
    let environments = ["production", "staging", "0", "1", "2", "3"];
    let page = |environment: &str| {
        let place = Place { app: "shop".to_owned(), environment: environment.to_owned() };
        (place, "https://x/".to_owned())
    };
    environments.into_iter().map(page).collect()
}

/// A callback, at noon.
pub fn delivery(deploy_id: DeployId, delivery: &str, claim: Status) -> Delivery {
    Delivery {
        id: delivery.into(),
        body_hash: "hash".to_owned(),
        deploy_id,
        claim: claim.into(),
        log_line: None,
        failure_stage: None,
        proof: None,
        run_id: None,
        run_pages: run_pages(),
        run_attempt: None,
        commit: None,
        committed_at: None,
        leg: None,
        at: noon(),
    }
}
