//! A way back to before the gates, and up again: what it ended is borne out by the journal.

use super::*;

/// An environment for each status of the gates.
const GATES: [(&str, &str); 4] = [
    ("smoke_gate_started", "smoking"),
    ("smoke_gate_passed", "smoked"),
    ("freeze_check_started", "checking"),
    ("freeze_check_passed", "checked"),
];

async fn entries(site: &Site, action: &str) -> Vec<String> {
    let matching = format!("audit_log WHERE action = '{action}'");
    rows(site, "deploy_id payload", &matching).await
}

/// What a way back ended gets its entry once.
pub(super) async fn f51_deploy_ended_by_rollback_is_journaled_once(system: DatabaseSystem) {
    const ACTION: &str = "console.schema.rolled_back";
    let environments: Vec<_> = GATES.iter().map(|(_, environment)| *environment).chain(["live"]).collect();
    let site = Site::new(system, &apps(&environments)).await;
    let serving = site.serve().await;
    let mut ended = Vec::new();
    for (place, (_, environment)) in GATES.iter().enumerate() {
        let id = dispatch(serving.address, environment).await;
        walk(serving.address, id, &WHOLE_PATH[..=place]).await;
        ended.push(id);
    }
    let live = dispatch(serving.address, "live").await;
    walk(serving.address, live, &WHOLE_PATH[..5]).await;
    assert_eq!(serving.stop("TERM").await.code, Some(0));
    assert_eq!(site.run(&["migrate", "--down-to", "1"]).await.code, Some(0));
    assert_eq!(site.run(&["migrate"]).await.code, Some(0));

    // The second start finds nothing left to write.
    for _ in 0..2 {
        let serving = site.serve().await;
        for ((was, _), id) in GATES.iter().zip(&ended) {
            let shown = deploy(serving.address, *id).await;
            assert_eq!(
                (&shown["status"], &shown["history"].as_array().unwrap().last().unwrap()["status"]),
                (&json!("failed"), &json!("failed")),
                "{was}"
            );
        }
        assert_eq!(deploy(serving.address, live).await["status"], "building");
        assert_eq!(serving.stop("TERM").await.code, Some(0));
        let written = entries(&site, ACTION).await;
        assert_eq!(written.len(), GATES.len(), "{written:?}");
        for ((was, _), id) in GATES.iter().zip(&ended) {
            let entry = written.iter().find(|entry| entry.starts_with(&id.to_string())).unwrap();
            assert!(
                entry.contains(&format!(r#""previous":"{was}""#)) && entry.contains(r#""status":"failed""#),
                "{entry}"
            );
        }
        assert_eq!(site.run(&["audit", "verify"]).await.code, Some(0));
    }
}
