//! The palette: what one wants, typed. Opened by Ctrl-K on every page; its code is downloaded then.

pub mod commands;

use leptos::{ev::KeyboardEvent, html, prelude::*, task::spawn_local};

use self::commands::{Command, commands};
use crate::{
    api::{KnownPlace, UiError, places::read_places},
    ui::kit::error_note::ErrorNote,
};

/// The dialog, which opens once it is there, and whenever `opened` changes.
#[component]
pub fn Palette(opened: ReadSignal<u32>) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let typed = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let places = RwSignal::new(Ok::<_, UiError>(Vec::<KnownPlace>::new()));
    Effect::new(move || {
        opened.track();
        let Some(dialog) = dialog.get().filter(|dialog| !dialog.open()) else { return };
        typed.set(String::new());
        // It fails only for a dialog that is open, or has left the page.
        let _ = dialog.show_modal();
        // The page may be left by then.
        spawn_local(async move { drop(places.try_set(read_places().await)) });
    });
    let found = Memo::new(move |_| {
        places.with(|places| {
            places.as_ref().map_or_else(|_| Vec::new(), |places| typed.with(|typed| commands(places, typed)))
        })
    });
    let on_key = move |event: KeyboardEvent| {
        let count = found.with(Vec::len);
        let step = match event.key().as_str() {
            "ArrowDown" if count > 0 => Some((chosen.get_untracked() + 1) % count),
            "ArrowUp" if count > 0 => Some((chosen.get_untracked() + count - 1) % count),
            "Enter" => {
                event.prevent_default();
                follow(found.with(|found| found.get(chosen.get_untracked()).cloned()));
                None
            }
            _ => None,
        };
        if let Some(step) = step {
            event.prevent_default();
            chosen.set(step);
        }
    };
    let on_input = move |event| {
        typed.set(event_target_value(&event));
        chosen.set(0);
    };
    view! {
        <dialog class="modal palette" node_ref=dialog aria-label="Search and commands">
            <input
                class="input palette__field"
                type="text"
                role="combobox"
                aria-label="Search or jump to"
                aria-expanded="true"
                aria-autocomplete="list"
                aria-controls="palette-list"
                aria-activedescendant=move || format!("palette-{}", chosen.get())
                placeholder="deploy pay prod, roll back…, freeze…, a deploy or a commit"
                autocomplete="off"
                spellcheck="false"
                autofocus=true
                prop:value=typed
                on:input=on_input
                on:keydown=on_key
            />
            <ul class="palette__list" id="palette-list" role="listbox" aria-label="Commands">
                {move || found.get().into_iter().enumerate().map(|(index, command)| option(index, command, chosen)).collect_view()}
            </ul>
            {move || nothing(&places, found.with(Vec::is_empty), typed.with(String::is_empty))}
        </dialog>
    }
}

fn option(index: usize, command: Command, chosen: RwSignal<usize>) -> impl IntoView {
    let is_chosen = move || chosen.get() == index;
    let (title, note) = (command.title.clone(), command.note.clone());
    view! {
        <li
            class="palette__option"
            id=format!("palette-{index}")
            role="option"
            aria-selected=move || is_chosen().to_string()
            on:mousemove=move |_| chosen.set(index)
            on:click=move |_| follow(Some(command.clone()))
        >
            {title} <span class="quiet">{note}</span>
        </li>
    }
}

fn nothing(
    places: &RwSignal<Result<Vec<KnownPlace>, UiError>>,
    is_empty: bool,
    is_untyped: bool,
) -> Option<AnyView> {
    match places.get() {
        Err(error) => Some(view! { <ErrorNote error /> }.into_any()),
        Ok(places) if places.is_empty() => {
            Some(view! { <p class="quiet">"Reading the apps…"</p> }.into_any())
        }
        Ok(_) if is_empty && !is_untyped => {
            Some(view! { <p class="quiet">"Nothing matches."</p> }.into_any())
        }
        Ok(_) => None,
    }
}

fn follow(command: Option<Command>) {
    if let Some(command) = command {
        // It fails only for what is not an address.
        let _ = window().location().set_href(&command.href);
    }
}
