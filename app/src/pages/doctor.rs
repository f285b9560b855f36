//! Whether each app can be deployed, before the first press. GitHub is asked when the page is opened, and only then: the
//! page is not kept fresh by itself.

use leptos::prelude::*;

use crate::{
    api::{DoctorQuery, DoctorReport, doctor::examine},
    request::{
        query::{self, use_query},
        response,
    },
    ui::{
        doctor::{AppSection, ConsoleChecks, DoctorSummary},
        kit::error_note::ErrorNote,
        layout::page_title::PageTitle,
    },
};

/// Every app, or the one that the address names.
#[component]
pub fn DoctorPage() -> impl IntoView {
    let app = use_query().field("app");
    let again = query::address("/doctor", [("app", &app)]);
    let is_alone = app.is_some();
    let report = Resource::new_blocking(|| (), move |()| examine(DoctorQuery { app: app.clone() }));
    let content = move || {
        Suspend::new(async move {
            match report.await {
                Ok(report) => view! { <DoctorContent report is_alone /> }.into_any(),
                Err(error) => {
                    response::set_status_of(&error);
                    view! { <ErrorNote error /> }.into_any()
                }
            }
        })
    };
    view! {
        <PageTitle text="Doctor" />
        <div class="page-head">
            <h1>"Doctor"</h1>
            <a class="button" href=again>"Check again"</a>
        </div>
        <p class="quiet">
            "What would be in the way of a deploy: on GitHub, in the workflow, and on the way back from there."
        </p>
        <Suspense fallback=|| view! { <p class="quiet">"Asking GitHub…"</p> }>{content}</Suspense>
    }
    .into_any()
}

#[component]
fn DoctorContent(report: DoctorReport, is_alone: bool) -> impl IntoView {
    let DoctorReport { console, apps, .. } = report.clone();
    let apps = apps.into_iter().map(|app| view! { <AppSection app is_alone /> }).collect_view();
    view! {
        <DoctorSummary report />
        <ConsoleChecks checks=console />
        {apps}
    }
    .into_any()
}
