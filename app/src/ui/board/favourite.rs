//! Favourites: the apps that a person marked [in their browser](crate::live::favourites). The server does not know them: it
//! writes what they are marked with, which shows with scripts alone.

use leptos::prelude::*;

use crate::ui::kit::icon::{Icon, IconImage};

/// The attribute of the button that marks an app, with its name.
pub const MARKS: &str = "data-favourite";
/// What the address asks for to show them alone.
pub const FAVOURITES: &str = "favourites";
/// The chip that does, by its id.
pub const CHIP: &str = "favourites";

/// The star of an app.
#[component]
pub fn FavouriteMark(app: String) -> impl IntoView {
    let label = format!("Favourite: {app}");
    view! {
        <button type="button" data-favourite=app aria-pressed="false" aria-label=label title="Favourite" class="star">
            <IconImage icon=Icon::Star />
        </button>
    }
}

/// The filter of them, hidden while there are none.
#[component]
pub fn FavouriteChip() -> impl IntoView {
    view! {
        <li id=CHIP hidden=true>
            <a class="chip" data-show=FAVOURITES href=format!("/?show={FAVOURITES}")>
                <IconImage icon=Icon::Star />
                "Favourites"
            </a>
        </li>
    }
}
