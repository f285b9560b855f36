//! The one set of icons: 16 × 16, one stroke each. Every icon is beside its word, so all of them are
//! hidden from screen readers.

use leptos::prelude::*;

use crate::domain::StepState;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Icon {
    Ring,
    /// A ring in motion.
    Turning,
    /// A tick in a ring.
    Tick,
    /// A cross in a diamond.
    Cross,
    /// A square in a ring.
    Stop,
    Clock,
    /// A dash in a ring.
    Dash,
    /// A ring with gaps.
    Gaps,
    /// A question mark in a ring.
    Question,
    /// An arrow that leaves its box.
    Outward,
    /// Two arrows that make a circle.
    Again,
    /// A snowflake: frozen.
    Snow,
    /// An exclamation mark in a triangle.
    Warning,
    /// A corner that points down: there is more.
    Down,
    /// A magnifying glass.
    Search,
    /// Two sheets.
    Copy,
    Star,
}

impl Icon {
    /// The icon of a step.
    #[must_use]
    pub const fn of_step(state: StepState) -> Self {
        match state {
            StepState::Pending | StepState::NotReached => Self::Ring,
            StepState::Active => Self::Turning,
            StepState::Done => Self::Tick,
            StepState::Failed => Self::Cross,
            StepState::Stalled => Self::Clock,
            StepState::NotRequired => Self::Dash,
            StepState::NotReported => Self::Gaps,
            StepState::Unknown => Self::Question,
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Ring => "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 0 1 0-12.5z",
            Self::Turning => "M8 1.75a6.25 6.25 0 1 1-6.25 6.25M8 8h.01",
            Self::Tick => "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 0 1 0-12.5zM5 8.2l2.1 2.1L11 6",
            Self::Cross => "M8 .9L15.1 8L8 15.1L.9 8zM5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2",
            Self::Stop => "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 0 1 0-12.5zM6 6h4v4H6z",
            Self::Clock => "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 0 1 0-12.5zM8 4.5V8l2.4 1.6",
            Self::Dash => "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 0 1 0-12.5zM5.2 8h5.6",
            Self::Gaps => {
                "M6.4 2a6.25 6.25 0 0 1 3.2 0M13.4 4.8a6.25 6.25 0 0 1 .8 3.1M13.2 11.4a6.25 6.25 0 0 1-2.2 2.1\
                 M8.2 14.2a6.25 6.25 0 0 1-3.1-.7M2.6 11.2a6.25 6.25 0 0 1-.8-3.1M2.9 4.5a6.25 6.25 0 0 1 1.1-1.3"
            }
            Self::Question => {
                "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 0 1 0-12.5zM6.2 6.3a1.8 1.8 0 1 1 2.6 1.6c-.5.3-.8.6-.8 1.2\
                 M8 11.3h.01"
            }
            Self::Outward => "M6.5 3H3v10h10V9.5M9.5 2.5h4v4M13 3L7.5 8.5",
            Self::Snow => {
                "M8 1.5v13M2.4 4.75l11.2 6.5M13.6 4.75L2.4 11.25M6.3 2.6L8 4.2l1.7-1.6M6.3 13.4L8 11.8l1.7 1.6"
            }
            Self::Warning => "M8 2.2L14.4 13.5H1.6zM8 6.4v3.4M8 11.6h.01",
            Self::Down => "M4.5 6.5L8 10l3.5-3.5",
            Self::Search => "M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9zM10.4 10.4l3.4 3.4",
            Self::Star => "M8 1.9l1.9 3.9 4.2.6-3 3 .7 4.2L8 11.6l-3.8 2 .7-4.2-3-3 4.2-.6z",
            Self::Copy => "M6 5.5h7.5v8H6zM10 5V2.5H2.5v8H6",
            Self::Again => {
                "M13.5 8a5.5 5.5 0 0 1-9.9 3.3M2.5 8a5.5 5.5 0 0 1 9.9-3.3M12.6 1.8v3h-3M3.4 14.2v-3h3"
            }
        }
    }
}

#[component]
pub fn IconImage(#[prop(into)] icon: Signal<Icon>) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=move || icon.get().path() />
        </svg>
    }
}
