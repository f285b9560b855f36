//! What each route asks for. A route without a line is closed to everybody but admins, and a test fails.

use app::domain::Role;
use axum::http::Method;

/// What a route asks for before its handler runs. Whether that is enough for what is asked of it, its service decides.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Asks {
    /// Nothing: it tells nothing and does nothing, or checks a proof of its own.
    Nothing,
    /// To be known.
    Known,
    /// To have at least this role on something.
    Role(Role),
    /// To be on this machine, or to see everything.
    Metrics,
}

/// One route: its method, its path as the router has it, and what it asks for.
pub type Line = (&'static str, &'static str, Asks);

const SEE: Asks = Asks::Role(Role::Viewer);
const DEPLOY: Asks = Asks::Role(Role::Deployer);
const APPROVE: Asks = Asks::Role(Role::Approver);
const OPERATE: Asks = Asks::Role(Role::Operator);
const ADMIN: Asks = Asks::Role(Role::Admin);

/// Every route.
pub const ROUTES: &[Line] = &[
    // Health, and files without a secret.
    ("GET", "/healthz", Asks::Nothing),
    ("GET", "/readyz", Asks::Nothing),
    ("GET", "/metrics", Asks::Metrics),
    ("GET", "/pkg/{*path}", Asks::Nothing),
    // Signing in and out.
    ("GET", "/sign-in", Asks::Nothing),
    ("GET", "/auth/start", Asks::Nothing),
    ("GET", "/auth/callback", Asks::Nothing),
    ("POST", "/auth/sign-out", Asks::Nothing),
    // Pages.
    ("GET", "/", SEE),
    ("GET", "/deploys", SEE),
    ("GET", "/deploys/{id}", SEE),
    ("GET", "/deploys/{id}/to/{environment}", SEE),
    ("GET", "/deploy/{app}/{environment}", SEE),
    ("GET", "/versions/{app}/{environment}", SEE),
    ("GET", "/approvals", SEE),
    ("GET", "/protection", SEE),
    ("GET", "/insight", SEE),
    ("GET", "/freezes", SEE),
    ("GET", "/flags", SEE),
    ("GET", "/audit", SEE),
    ("GET", "/doctor", SEE),
    ("GET", "/me", Asks::Known),
    ("GET", "/tokens", ADMIN),
    ("GET", "/sessions", ADMIN),
    // Their forms.
    ("POST", "/deploy/{app}/{environment}", DEPLOY),
    ("POST", "/deploys/{id}/to/{environment}", DEPLOY),
    ("POST", "/deploys/{id}/cancel", DEPLOY),
    ("POST", "/deploys/{id}/abandon", DEPLOY),
    ("POST", "/deploys/{id}/approve", APPROVE),
    ("POST", "/deploys/{id}/reject", APPROVE),
    ("POST", "/protection/{id}/approve", APPROVE),
    ("POST", "/protection/{id}/reject", APPROVE),
    ("POST", "/freezes", OPERATE),
    ("POST", "/freezes/lift", OPERATE),
    ("POST", "/flags", OPERATE),
    ("POST", "/tokens", ADMIN),
    ("POST", "/tokens/revoke", ADMIN),
    ("POST", "/sessions/end", ADMIN),
    // The HTTP contract.
    ("GET", "/api/internal/me", Asks::Known),
    ("POST", "/api/internal/deploys", DEPLOY),
    ("GET", "/api/internal/deploys", SEE),
    ("GET", "/api/internal/deploys.csv", SEE),
    ("GET", "/api/internal/deploys/{id}", SEE),
    // It is signed.
    ("POST", "/api/internal/deploys/{id}/callback", Asks::Nothing),
    ("POST", "/api/github/webhooks", Asks::Nothing),
    ("POST", "/api/internal/deploys/{id}/cancel", DEPLOY),
    ("POST", "/api/internal/deploys/{id}/abandon", DEPLOY),
    ("POST", "/api/internal/deploys/{id}/approve", APPROVE),
    ("POST", "/api/internal/deploys/{id}/reject", APPROVE),
    ("GET", "/api/internal/protection-requests", SEE),
    ("POST", "/api/internal/protection-requests/{id}/approve", APPROVE),
    ("POST", "/api/internal/protection-requests/{id}/reject", APPROVE),
    ("GET", "/api/internal/events", SEE),
    ("GET", "/api/internal/audit", SEE),
    ("GET", "/api/internal/audit/export", SEE),
    ("GET", "/api/internal/insight", SEE),
    ("GET", "/api/internal/doctor", SEE),
    ("GET", "/api/internal/openapi.json", Asks::Known),
    ("ANY", "/api/internal/", Asks::Known),
    ("ANY", "/api/internal/{*rest}", Asks::Known),
    // Server functions.
    ("GET", "/api/ui/board", SEE),
    ("GET", "/api/ui/places", SEE),
    ("GET", "/api/ui/deploy", SEE),
    ("GET", "/api/ui/stored-deploy", SEE),
    ("GET", "/api/ui/deploys", SEE),
    ("GET", "/api/ui/deploy_totals", SEE),
    ("GET", "/api/ui/people", SEE),
    ("GET", "/api/ui/journal", SEE),
    ("GET", "/api/ui/run_record", SEE),
    ("GET", "/api/ui/approvals", SEE),
    ("GET", "/api/ui/protection_requests", SEE),
    ("GET", "/api/ui/deploy_plan", SEE),
    ("GET", "/api/ui/versions", SEE),
    ("GET", "/api/ui/redeploys", SEE),
    ("GET", "/api/ui/brought", SEE),
    ("GET", "/api/ui/redeploy_plan", SEE),
    ("GET", "/api/ui/insight", SEE),
    ("GET", "/api/ui/freezes", SEE),
    ("GET", "/api/ui/freeze_preview", SEE),
    ("GET", "/api/ui/time_zones", SEE),
    ("GET", "/api/ui/flags", SEE),
    ("GET", "/api/ui/audit", SEE),
    ("GET", "/api/ui/audit_head", SEE),
    ("GET", "/api/ui/doctor", SEE),
    ("GET", "/api/ui/me", Asks::Known),
    ("GET", "/api/ui/tokens", ADMIN),
    ("GET", "/api/ui/sessions", ADMIN),
    ("POST", "/api/ui/dispatch", DEPLOY),
    ("POST", "/api/ui/cancel", DEPLOY),
    ("POST", "/api/ui/abandon", DEPLOY),
    ("POST", "/api/ui/approve", APPROVE),
    ("POST", "/api/ui/reject", APPROVE),
];

/// What a request asks for. What no route answers asks to be known, as what the answer would say is nobody else's business.
#[must_use]
pub fn asks(method: &Method, path: Option<&str>) -> Asks {
    let Some(path) = path else { return Asks::Known };
    let mut lines = ROUTES.iter().filter(|(_, listed, _)| *listed == path).peekable();
    if lines.peek().is_none() {
        return ADMIN;
    }
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    lines.find(|(listed, ..)| *listed == method || *listed == "ANY").map_or(Asks::Known, |(.., asks)| *asks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unlisted_routes_are_closed() {
        let asked = |method: &str, path| asks(&method.parse().unwrap(), path);
        assert_eq!(asked("GET", Some("/healthz")), Asks::Nothing);
        assert_eq!(asked("HEAD", Some("/")), SEE);
        assert_eq!(asked("POST", Some("/freezes")), OPERATE);
        assert_eq!(asked("DELETE", Some("/freezes")), Asks::Known, "it is not answered");
        assert_eq!(asked("PATCH", Some("/api/internal/{*rest}")), Asks::Known);
        assert_eq!(asked("GET", Some("/new")), ADMIN);
        assert_eq!(asked("GET", None), Asks::Known);
    }
}
