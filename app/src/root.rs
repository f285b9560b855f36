//! The application: its frame and its routes.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    pages::{
        ApprovalsPage, AuditPage, BoardPage, DeployDetailPage, DoctorPage, FlagsPage, FreezesPage,
        HistoryPage, InsightPage, MePage, NotFound, PlanPage, ProtectionPage, RedeployPage, SessionsPage,
        SignInPage, TokensPage, VersionsPage,
    },
    ui::layout::frame::Frame,
};

/// Every page, in its frame. Each route is rendered whole before it is sent ([`SsrMode::Async`]), so that
/// it is complete with scripts blocked. The browser takes over the [islands](crate::islands) alone.
#[component]
pub fn Root() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|page: String| format!("{page} · Deploy Console") />
        <Router>
            <Frame>
                <FlatRoutes fallback=NotFound>
                    <Route path=path!("/") view=BoardPage ssr=SsrMode::Async />
                    <Route path=path!("/deploys") view=HistoryPage ssr=SsrMode::Async />
                    <Route path=path!("/approvals") view=ApprovalsPage ssr=SsrMode::Async />
                    <Route path=path!("/protection") view=ProtectionPage ssr=SsrMode::Async />
                    <Route path=path!("/insight") view=InsightPage ssr=SsrMode::Async />
                    <Route path=path!("/freezes") view=FreezesPage ssr=SsrMode::Async />
                    <Route path=path!("/audit") view=AuditPage ssr=SsrMode::Async />
                    <Route path=path!("/doctor") view=DoctorPage ssr=SsrMode::Async />
                    <Route path=path!("/flags") view=FlagsPage ssr=SsrMode::Async />
                    <Route path=path!("/deploy/:app/:environment") view=PlanPage ssr=SsrMode::Async />
                    <Route path=path!("/deploys/:id") view=DeployDetailPage ssr=SsrMode::Async />
                    <Route path=path!("/deploys/:id/to/:environment") view=RedeployPage ssr=SsrMode::Async />
                    <Route path=path!("/versions/:app/:environment") view=VersionsPage ssr=SsrMode::Async />
                    <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                    <Route path=path!("/me") view=MePage ssr=SsrMode::Async />
                    <Route path=path!("/tokens") view=TokensPage ssr=SsrMode::Async />
                    <Route path=path!("/sessions") view=SessionsPage ssr=SsrMode::Async />
                </FlatRoutes>
            </Frame>
        </Router>
    }
}
