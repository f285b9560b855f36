//! The buttons of the sign-in page, and why somebody is there again.

use leptos::prelude::*;

use crate::{
    api::{SignInButton, SignInOptions},
    text::{access::sign_in_problem_text, printable::printable},
};

/// One button for each way in. They are links: nothing is changed before the provider has answered.
#[component]
pub fn SignIn(options: SignInOptions) -> impl IntoView {
    let SignInOptions { buttons, problem } = options;
    let nobody = buttons.is_empty().then(|| {
        view! {
            <p class="quiet">"Nobody signs in here: this console answers on its own machine alone."</p>
            <p><a href="/">"To the board"</a></p>
        }
    });
    let buttons = buttons.into_iter().map(|SignInButton { label, href }| {
        view! { <li><a class="button" href=href>{printable(&label)}</a></li> }
    });
    view! {
        <section class="panel sign-in" aria-labelledby="sign-in-title">
            <h1 id="sign-in-title">"Sign in"</h1>
            <SignInNote problem />
            <ul class="sign-in__ways" role="list">{buttons.collect_view()}</ul>
            {nobody}
        </section>
    }
}

/// A code that is not known says nothing: the address may be written by hand.
#[component]
fn SignInNote(problem: Option<String>) -> impl IntoView {
    let problem = problem.and_then(|text| text.parse().ok());
    problem.map(|problem| {
        let (happened, next) = sign_in_problem_text(problem);
        view! { <div class="note" role="status"><p class="note__title">{happened}</p><p>{next}</p></div> }
    })
}
