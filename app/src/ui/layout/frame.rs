//! What every page has around it: the name of the product, the way to the pages, and whether it is real.

use leptos::prelude::*;
use leptos_router::components::A;

use super::shortcuts::Shortcuts;
use crate::request::rehearsal::use_rehearsal;

/// Header, rehearsal banner and main part.
#[component]
pub fn Frame(children: Children) -> impl IntoView {
    view! {
        <a class="skip-link" href="#main">"Skip to the page"</a>
        <header>
            <div class="header">
                <a class="header__product" href="/">"Deploy Console"</a>
                <nav class="header__nav" aria-label="Pages">
                    <A href="/" exact=true>"Board"</A>
                    <A href="/deploys">"History"</A>
                    <A href="/insight">"Insight"</A>
                    <A href="/freezes">"Freezes"</A>
                    <A href="/flags">"Flags"</A>
                    <A href="/audit">"Audit log"</A>
                    <A href="/doctor">"Doctor"</A>
                </nav>
            </div>
            {use_rehearsal().then(RehearsalBanner)}
        </header>
        <main id="main" class="main" tabindex="-1">{children()}</main>
        <Shortcuts />
    }
}

#[component]
fn RehearsalBanner() -> impl IntoView {
    view! {
        <p class="rehearsal">
            <strong>"Rehearsal"</strong>
            " — GitHub is simulated. Nothing is deployed."
        </p>
    }
}
