//! What the keyboard can do, in a dialog that `?` opens. The server renders it on every page.

use leptos::prelude::*;

/// The dialog, by its id.
pub const DIALOG: &str = "shortcuts";
/// The switch in it, by its id.
pub const SWITCH: &str = "shortcuts-on";
/// Where `g` leads with another key.
pub const PAGES: [(&str, &str, &str); 5] = [
    ("b", "/", "Board"),
    ("h", "/deploys", "History"),
    ("i", "/insight", "Insight"),
    ("f", "/freezes", "Freezes"),
    ("l", "/flags", "Flags"),
];

#[component]
pub fn Shortcuts() -> impl IntoView {
    let pages = PAGES.map(|(key, _, page)| {
        view! { <div><dt><kbd>"g"</kbd> " " <kbd>{key}</kbd></dt><dd>{page}</dd></div> }
    });
    view! {
        <dialog id=DIALOG class="modal" aria-labelledby="shortcuts-title">
            <form method="dialog" class="form">
                <h2 class="modal__title" id="shortcuts-title">"Keyboard"</h2>
                <dl class="keys">
                    <div><dt><kbd>"?"</kbd></dt><dd>"Show this"</dd></div>
                    <div><dt><kbd>"Ctrl"</kbd> " " <kbd>"K"</kbd></dt><dd>"Search, deploy, roll back, freeze"</dd></div>
                    <div><dt><kbd>"/"</kbd></dt><dd>"Find apps on the board"</dd></div>
                    <div><dt><kbd>"j"</kbd> " " <kbd>"k"</kbd></dt><dd>"The next app on the board, and the one before"</dd></div>
                    {pages}
                    <div><dt><kbd>"Tab"</kbd> " " <kbd>"Enter"</kbd></dt><dd>"Reach and press everything"</dd></div>
                    <div><dt><kbd>"Esc"</kbd></dt><dd>"Close a dialog"</dd></div>
                </dl>
                <label class="keys__switch">
                    <input id=SWITCH type="checkbox" checked=true />
                    "Listen to single keys"
                </label>
                <div class="form__actions"><button type="submit" class="button">"Close"</button></div>
            </form>
        </dialog>
    }
    .into_any()
}
