//! Who is signed in: a row for each session, one button for each person.

use leptos::prelude::*;

use crate::{api::SessionReport, text::printable::printable, ui::kit::time::At};

/// Sessions by person, in the order in which each person comes first.
#[component]
pub fn SessionTable(
    sessions: Vec<SessionReport>,
    /// The id of whoever looks at it.
    viewer: Option<String>,
) -> impl IntoView {
    let nothing = sessions.is_empty().then(|| {
        view! {
            <tbody><tr><td class="quiet table__nothing" colspan="5">"Nobody is signed in."</td></tr></tbody>
        }
    });
    let people = by_person(sessions).into_iter().map(|sessions| person_rows(sessions, viewer.as_deref()));
    let people = people.collect_view();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Sessions">
            <table class="table table--stacked">
                <thead>
                    <tr>
                        <th scope="col">"Who"</th>
                        <th scope="col">"Since"</th>
                        <th scope="col">"Last seen"</th>
                        <th scope="col">"Ends at the latest"</th>
                        <th scope="col"><span class="visually-hidden">"End"</span></th>
                    </tr>
                </thead>
                {people}
                {nothing}
            </table>
        </div>
    }
    .into_any()
}

fn by_person(sessions: Vec<SessionReport>) -> Vec<Vec<SessionReport>> {
    let mut people: Vec<Vec<SessionReport>> = Vec::new();
    for session in sessions {
        match people.iter_mut().find(|person| person.iter().any(|other| other.id == session.id)) {
            Some(person) => person.push(session),
            None => people.push(vec![session]),
        }
    }
    people
}

fn person_rows(sessions: Vec<SessionReport>, viewer: Option<&str>) -> impl IntoView + use<> {
    let count = sessions.len();
    let rows = sessions.into_iter().enumerate().map(|(place, session)| {
        let SessionReport { id, name, created_at, last_seen_at, expires_at } = session;
        let is_first = place == 0;
        let who = is_first.then(|| {
            let you = (viewer == Some(id.as_str())).then_some(" (you)");
            view! {
                <th scope="rowgroup" rowspan=count.to_string()>
                    {printable(&name)} {you} <span class="second code">{printable(&id)}</span>
                </th>
            }
        });
        let end = is_first.then(|| {
            let (words, what) = if count == 1 {
                ("End".to_owned(), "the session")
            } else {
                (format!("End all {count}"), "sessions")
            };
            let label = format!("{words} {what} of {}", printable(&name));
            view! {
                <td class="table__action" rowspan=count.to_string()>
                    <form method="post" action="/sessions/end">
                        <input type="hidden" name="person" value=id />
                        <button type="submit" class="button button--small" aria-label=label>{words}</button>
                    </form>
                </td>
            }
        });
        view! {
            <tr>
                {who}
                <td data-label="Since"><At at=created_at dated=true /></td>
                <td data-label="Last seen"><At at=last_seen_at dated=true /></td>
                <td data-label="Ends"><At at=expires_at dated=true /></td>
                {end}
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! { <tbody>{rows}</tbody> }
}
