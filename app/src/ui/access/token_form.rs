//! The form that makes a token, and the token, shown once.

use leptos::prelude::*;

use crate::{
    api::{IssuedToken, access::TOKEN_NAME_LENGTH},
    domain::Role,
    request::query::Query,
    ui::kit::filter_field::FilterChoices,
};

/// What browsers hold the name against, as the console does.
const NAME_PATTERN: &str = "[A-Za-z0-9][A-Za-z0-9._\\-]*";
/// Days until it ends; no days: never.
const LIVES: [(&str, &str); 5] =
    [("7", "In 7 days"), ("30", "In 30 days"), ("90", "In 90 days"), ("365", "In a year"), ("", "Never")];
/// What is chosen where nothing was.
const USUAL_LIFE: &str = "90";

/// A token that was just made: the only time that it is shown.
#[component]
pub fn NewToken(issued: IssuedToken) -> impl IntoView {
    let IssuedToken { name, token } = issued;
    view! {
        <section class="note note--good new-token" aria-labelledby="new-token-title">
            <h2 class="note__title" id="new-token-title">{format!("Token {name} was made")}</h2>
            <div class="field">
                <label for="new-token">"Copy it now: it is not shown again, and nobody can look it up"</label>
                <input
                    id="new-token"
                    class="input input--code"
                    type="text"
                    value=token
                    readonly
                    autofocus
                    autocomplete="off"
                    spellcheck="false"
                />
            </div>
            <p class="quiet">"Programs send it as " <code>"Authorization: Bearer dct_…"</code> "."</p>
        </section>
    }
}

#[component]
pub fn TokenForm(
    choices: FilterChoices,
    /// What was typed before a refusal.
    query: Query,
) -> impl IntoView {
    let typed = |name: &str| query.field(name);
    let role = typed("role").and_then(|text| text.parse().ok()).unwrap_or(Role::Viewer);
    let life = query.get("expires_in_days").unwrap_or_else(|| USUAL_LIFE.to_owned());
    let roles = Role::ALL.map(|each| {
        let words = format!("{each}: may {}", each.may());
        view! { <option value=each.as_str() selected=each == role>{words}</option> }
    });
    let lives = LIVES.map(|(days, words)| {
        view! { <option value=days selected=days == life>{words}</option> }
    });
    view! {
        <section>
            <h2 id="token-form">"Make a token"</h2>
            <form class="panel form" method="post" action="/tokens" aria-labelledby="token-form">
                <div class="field">
                    <label for="token-name">"Name"</label>
                    <input
                        id="token-name"
                        class="input"
                        type="text"
                        name="name"
                        value=typed("name")
                        required
                        maxlength=TOKEN_NAME_LENGTH.to_string()
                        pattern=NAME_PATTERN
                        title="Letters, digits, dots, hyphens and underscores"
                        autocomplete="off"
                        spellcheck="false"
                        aria-describedby="token-name-hint"
                    />
                    <p id="token-name-hint" class="field__hint">
                        "What uses it. Letters, digits, dots, hyphens and underscores. The audit log calls it so."
                    </p>
                </div>
                <div class="filter token-form__what">
                    <div class="filter__field token-form__role">
                        <label for="token-role">"Role"</label>
                        <select id="token-role" class="input" name="role">{roles}</select>
                    </div>
                    <div class="filter__field">
                        <label for="token-life">"Ends"</label>
                        <select id="token-life" class="input" name="expires_in_days">{lives}</select>
                    </div>
                </div>
                <Choices legend="Apps" name="app" hint="None chosen: every app, later ones too." names=choices.apps query=query.clone() />
                <Choices
                    legend="Environments"
                    name="environment"
                    hint="None chosen: every environment."
                    names=choices.environments
                    query=query.clone()
                />
                <div class="form__actions">
                    <button type="submit" class="button button--primary">"Make the token"</button>
                </div>
            </form>
        </section>
    }
}

#[component]
fn Choices(
    legend: &'static str,
    name: &'static str,
    hint: &'static str,
    names: Vec<String>,
    query: Query,
) -> impl IntoView {
    let boxes = names.into_iter().map(|each| {
        let checked = query.all(name).any(|chosen| chosen == each);
        view! {
            <label class="choices__one">
                <input type="checkbox" name=name value=each.clone() checked=checked />
                {each}
            </label>
        }
    });
    let boxes = boxes.collect_view();
    view! {
        <fieldset class="choices">
            <legend>{legend} " " <span class="quiet">{hint}</span></legend>
            <div class="choices__all">{boxes}</div>
        </fieldset>
    }
}
