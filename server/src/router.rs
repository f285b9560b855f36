//! Every route of the server, and what goes around them all.

pub mod assets;
pub mod board_rows;
pub mod shared_page;
pub mod state;

use std::sync::{Arc, LazyLock};

use app::{
    Root,
    api::{
        AuditApi, BoardApi, DeploysApi, DispatchApi, DoctorApi, ErrorCode, FlagsApi, FreezesApi, InsightApi,
        MeApi, ProtectionApi, RehearsalApi, SessionsApi, TokensApi, VersionsApi,
    },
    domain::Caller,
    live::page_refresh::Build,
    shell,
};
use axum::{
    Router,
    extract::{Request, State},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header, request::Parts},
    middleware::{from_fn, from_fn_with_state, map_request},
    response::{IntoResponse, Response},
    routing::get,
};
use leptos::{
    nonce::{Nonce, use_nonce},
    prelude::{provide_context, use_context},
};
use leptos_axum::{
    AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list, render_app_async_with_context,
};
use tower::ServiceBuilder;
use tower_http::{
    CompressionLevel,
    compression::{CompressionLayer, predicate::Predicate},
    csrf::CsrfLayer,
    limit::RequestBodyLimitLayer,
    set_header::SetResponseHeaderLayer,
    timeout::RequestBodyDeadlineLayer,
    trace::TraceLayer,
};

use self::{
    board_rows::{SentBoards, send_changed_rows},
    shared_page::{Boards, share_board},
    state::AppState,
};
use crate::{
    access::{Access, Proof, gate::let_in},
    http::{self, ApiError},
    metrics::measure,
    service::Console,
};

/// The routes of the pages. Listed once per process, before any page is rendered: a page that another router
/// is rendering while Leptos lists routes can hang.
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(Root));

/// The server's routes over this state.
pub fn router(state: AppState) -> Router {
    let (console, access) = (Arc::clone(&state.console), Arc::clone(&state.access));
    let context = move || provide(&console, &access);
    let options = state.leptos.clone();
    // From the outside to the inside, and as one: what is added layer by layer is copied for each request as often as
    // there are layers.
    let around = ServiceBuilder::new()
        .layer(from_fn_with_state(state.metrics.clone(), measure))
        .layer(TraceLayer::new_for_http())
        .layer(fixed(CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"))
        .layer(fixed(CROSS_ORIGIN_OPENER_POLICY, "same-origin"))
        // Pages have a policy of their own. Every other answer is data, and runs nothing.
        .layer(fixed(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ))
        // Answers that may be cached, and revalidated by their tag, set the header themselves.
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
        .layer(fixed(header::REFERRER_POLICY, "same-origin"))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(from_fn_with_state(state.hosts.clone(), http::admit))
        // A page of another site must not be able to press Deploy.
        .layer(
            CsrfLayer::new()
                .with_rejection_response(|_| ApiError::from(ErrorCode::CrossSite).into_response()),
        )
        .layer(from_fn_with_state(Arc::clone(&state.access), let_in));
    Router::new()
        .leptos_routes_with_context(&state, PAGES.clone(), context, move || shell(options.clone()))
        .layer(from_fn_with_state(Boards::default(), share_board))
        .layer(from_fn_with_state(SentBoards::default(), send_changed_rows))
        .layer(compress_pages())
        .layer(map_request(answer_with_data))
        .layer(from_fn(http::as_problem))
        .merge(http::forms())
        .merge(http::sign_in())
        // The HTTP contract reads its bodies itself, with the same limits and answers of its own.
        .layer(RequestBodyLimitLayer::new(http::MAX_BODY))
        .layer(RequestBodyDeadlineLayer::new(http::BODY_DEADLINE))
        .route("/pkg/{*path}", get(assets::serve))
        .fallback(other_page)
        .merge(http::router())
        .layer(around)
        .with_state(state)
}

/// Pages are text that repeats itself. Nothing else is compressed: data is small, or has a tag of its own.
fn compress_pages() -> CompressionLayer<impl Predicate> {
    let is_page = |_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
        let of = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        of.is_some_and(|of| of.starts_with("text/html"))
    };
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(is_page)
}

/// What pages ask for while they are rendered.
fn provide(console: &Arc<Console>, access: &Access) {
    provide_services(console);
    provide_context(Build(assets::BUILD.clone()));
    if let Some(parts) = use_context::<Parts>() {
        if let Some(caller) = parts.extensions.get::<Caller>() {
            provide_context(caller.clone());
        }
        if let Some(end) = parts.extensions.get::<Proof>().and_then(|proof| access.session_end(proof)) {
            provide_context(end);
        }
        provide_context(http::sign_in_options(access, &parts.uri));
    }
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy(&nonce));
    }
}

/// Every area's service, for server functions: see `app::api`.
fn provide_services(console: &Arc<Console>) {
    provide_context(Arc::clone(console) as Arc<dyn AuditApi>);
    provide_context(Arc::clone(console) as Arc<dyn BoardApi>);
    provide_context(Arc::clone(console) as Arc<dyn DeploysApi>);
    provide_context(Arc::clone(console) as Arc<dyn DispatchApi>);
    provide_context(Arc::clone(console) as Arc<dyn FreezesApi>);
    provide_context(Arc::clone(console) as Arc<dyn InsightApi>);
    provide_context(Arc::clone(console) as Arc<dyn ProtectionApi>);
    provide_context(Arc::clone(console) as Arc<dyn RehearsalApi>);
    provide_context(Arc::clone(console) as Arc<dyn VersionsApi>);
    provide_context(Arc::clone(console.access()) as Arc<dyn MeApi>);
    provide_context(Arc::clone(console.access()) as Arc<dyn TokensApi>);
    provide_context(Arc::clone(console.access()) as Arc<dyn SessionsApi>);
    provide_context(Arc::clone(console.doctor()) as Arc<dyn DoctorApi>);
    provide_context(Arc::clone(console.flag_service()) as Arc<dyn FlagsApi>);
}

/// Scripts run by the nonce of this very answer alone, and load others by it. WebAssembly is compiled by them. The
/// icons of the pages are data in their addresses.
fn policy(nonce: &Nonce) -> HeaderValue {
    let policy = format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'wasm-unsafe-eval'; img-src 'self' data:; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    // A nonce is base64.
    HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// Server functions answer with data. Leptos would redirect a client that accepts HTML to the Referer, even on
/// another site.
async fn answer_with_data(mut request: Request) -> Request {
    if request.uri().path().starts_with("/api/ui/") {
        request.headers_mut().remove(header::ACCEPT);
    }
    request
}

/// The "not found" page, for every path without a route.
async fn other_page(State(state): State<AppState>, request: Request) -> Response {
    render_page(state, request, || ()).await
}

/// The page at the path of a request, with what is provided to it beside the services.
pub(crate) async fn render_page(
    state: AppState,
    request: Request,
    and_provide: impl Fn() + Clone + Send + Sync + 'static,
) -> Response {
    let AppState { console, access, leptos, .. } = state;
    let context = move || {
        provide(&console, &access);
        and_provide();
    };
    let render = render_app_async_with_context(context, move || shell(leptos.clone()));
    render(request).await.into_response()
}
