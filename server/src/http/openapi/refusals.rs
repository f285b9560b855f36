//! What a request may be refused with before any handler sees it, for the description of each route: read from the table
//! of what routes ask for, so that neither says what the other does not.

use axum::http::Method;
use utoipa::openapi::{
    ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder,
    path::Operation,
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};

use crate::access::routes::{Asks, asks};

const TOKEN: &str = "token";
const SESSION: &str = "session";

/// Says of each route how one is known there, and what is answered to who is not, or may not.
pub(super) fn describe(description: &mut OpenApi) {
    for (path, item) in &mut description.paths.paths {
        let operations = [(Method::GET, &mut item.get), (Method::POST, &mut item.post)];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                describe_operation(operation, &method, asks(&method, Some(path)));
            }
        }
    }
    let components = description.components.get_or_insert_default();
    let token =
        HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A token of this console"));
    let session = ApiKeyValue::with_description("console", "A session; `__Host-console` over https");
    components.add_security_scheme(TOKEN, SecurityScheme::Http(token.build()));
    components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(session)));
}

fn describe_operation(operation: &mut Operation, method: &Method, asks: Asks) {
    let mut refuse = |status: &str, why: &str| {
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem(why)));
    };
    if !method.is_safe() {
        refuse("403", "The caller may not do that there, or a page of another site sent it");
    }
    if asks == Asks::Nothing {
        return;
    }
    refuse("401", "Nobody is known by it: neither a session nor a token of this console");
    if matches!(asks, Asks::Role(_) | Asks::Metrics) {
        refuse("403", "The caller has not the role that it needs");
    }
    refuse("421", "It names another host than this console's");
    refuse("429", "Too many unknown tokens came from this address");
    let known_by = |scheme: &str| SecurityRequirement::new::<_, _, String>(scheme, []);
    operation.security = Some(vec![known_by(TOKEN), known_by(SESSION)]);
}

fn problem(why: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(why).content("application/problem+json", content).build()
}
