//! The application: its frame and its routes.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    components::frame::Frame,
    hooks::rehearsal,
    pages::{BoardPage, DeployPage, HistoryPage, NotFound},
};

/// Every page, in its frame. Each route is rendered whole before it is sent ([`SsrMode::Async`]), so that
/// it is complete with scripts blocked.
#[component]
pub fn Root() -> impl IntoView {
    provide_meta_context();
    provide_context(rehearsal::detect());
    Effect::new(mark_hydrated);
    view! {
        <Title formatter=|page: String| format!("{page} · Deploy Console") />
        <Router>
            <Frame>
                <FlatRoutes fallback=NotFound>
                    <Route path=path!("/") view=BoardPage ssr=SsrMode::Async />
                    <Route path=path!("/deploys") view=HistoryPage ssr=SsrMode::Async />
                    <Route path=path!("/deploys/:id") view=DeployPage ssr=SsrMode::Async />
                </FlatRoutes>
            </Frame>
        </Router>
    }
}

/// Says on `<html>` that events are heard now; tests wait for it.
fn mark_hydrated() {
    if let Some(html) = document().document_element() {
        // It can only fail for a name that is not one.
        let _ = html.set_attribute("data-hydrated", "");
    }
}
