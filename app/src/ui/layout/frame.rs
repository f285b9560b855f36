//! What every page has around it: the name of the product, the way to the pages, and whether it is real.

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_url};

use super::{shortcuts::Shortcuts, zone::ZoneSwitch};
use crate::{
    request::{rehearsal::use_rehearsal, viewer::use_viewer},
    ui::{
        access::{session_end::SessionEndNote, viewer_mark::ViewerMark},
        kit::icon::{Icon, IconImage},
    },
};

/// Where people sign in: the one page from which nothing else can be reached.
const SIGN_IN: &str = "/sign-in";
/// Where the palette is put, by its id.
pub const PALETTE: &str = "palette";
/// What opens it, by its id. Without scripts it leads to the board, where apps are found.
pub const PALETTE_BUTTON: &str = "open-palette";

/// Header, rehearsal banner and main part.
#[component]
pub fn Frame(children: Children) -> impl IntoView {
    let is_sign_in = use_url().with_untracked(|url| url.path() == SIGN_IN);
    let top = if is_sign_in {
        view! { <span class="header__product">"Deploy Console"</span> }.into_any()
    } else {
        view! { <Navigation /> }.into_any()
    };
    view! {
        <a class="skip-link" href="#main">"Skip to the page"</a>
        <header class="top">
            <div class="header">
                {top}
            </div>
            {use_rehearsal().then(RehearsalBanner)}
            <SessionEndNote />
        </header>
        <main id="main" class="main" tabindex="-1">{children()}</main>
        {(!is_sign_in).then(Footer)}
        {(!is_sign_in).then(Shortcuts)}
    }
}

#[component]
fn Footer() -> impl IntoView {
    view! {
        <footer class="footer">
            <ZoneSwitch />
            <div id=PALETTE></div>
            <span><kbd>"?"</kbd> " keyboard"</span>
        </footer>
    }
}

#[component]
fn Navigation() -> impl IntoView {
    view! {
        <a class="header__product" href="/">"Deploy Console"</a>
        <nav class="header__nav" aria-label="Pages">
            <A href="/" exact=true>"Board"</A>
            <A href="/deploys">"History"</A>
            <A href="/approvals">"Approvals"</A>
            <A href="/insight">"Insight"</A>
            <A href="/freezes">"Freezes"</A>
            <A href="/flags">"Flags"</A>
            <A href="/audit">"Audit log"</A>
            <A href="/doctor">"Doctor"</A>
        </nav>
        <a class="find" id=PALETTE_BUTTON href="/" role="button">
            <IconImage icon=Icon::Search /> <span class="find__words">"Search or jump to…"</span> <kbd>"Ctrl K"</kbd>
        </a>
        {use_viewer().map(|name| view! { <ViewerMark name /> })}
    }
}

#[component]
fn RehearsalBanner() -> impl IntoView {
    view! {
        <p class="band">
            <strong>"Rehearsal"</strong>
            " — GitHub is simulated. Nothing is deployed."
        </p>
    }
}
