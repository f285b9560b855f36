//! What the tab shows of its page: a title, and an icon that shows at a glance whether something is under way.

use leptos::prelude::*;
use leptos_meta::{Link, Title};

use crate::ui::kit::status::Tone;

/// What goes on, on the page.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Activity {
    #[default]
    Quiet,
    /// A deploy is under way.
    Moving,
    /// What the page is about went wrong.
    Bad,
}

impl From<Tone> for Activity {
    /// Of a page about one deploy. Where this build cannot tell, something may still happen.
    fn from(tone: Tone) -> Self {
        match tone {
            Tone::Moving | Tone::Waiting | Tone::Unknown => Self::Moving,
            Tone::Good | Tone::Stopped => Self::Quiet,
            Tone::Bad | Tone::Late => Self::Bad,
        }
    }
}

impl Activity {
    /// The icon, as a data address: one request less, and nothing to cache.
    const fn icon(self) -> &'static str {
        match self {
            Self::Quiet => {
                "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E\
                 %3Crect width='16' height='16' rx='4' fill='%232456c8'/%3E\
                 %3Cpath d='M4 8.5l2.7 2.7L12 5.5' fill='none' stroke='%23fff' stroke-width='2' stroke-linecap='round' stroke-linejoin='round'/%3E\
                 %3C/svg%3E"
            }
            Self::Moving => {
                "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E\
                 %3Crect width='16' height='16' rx='8' fill='%239a5b00'/%3E\
                 %3Cpath d='M8 4a4 4 0 1 1-4 4' fill='none' stroke='%23fff' stroke-width='2' stroke-linecap='round'/%3E\
                 %3C/svg%3E"
            }
            Self::Bad => {
                "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E\
                 %3Cpath d='M8 0l8 8-8 8-8-8z' fill='%23ad241c'/%3E\
                 %3Cpath d='M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6' stroke='%23fff' stroke-width='2' stroke-linecap='round'/%3E\
                 %3C/svg%3E"
            }
        }
    }
}

/// Title and icon of a page.
#[component]
pub fn PageTitle(#[prop(into)] text: String, #[prop(optional)] activity: Activity) -> impl IntoView {
    let text = escaped(&text);
    view! {
        <Title text />
        <Link rel="icon" href=activity.icon() />
    }
}

/// As the content of an element. The framework writes a title into the page just as it is.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
