//! The board: apps × environments, and one dialog for all of them.

use std::{future::Future, pin::Pin, time::Duration};

use leptos::{prelude::*, task::spawn_local};

use super::{
    board_row::{BoardRow, focus_deploy_button},
    deploy_form::Place,
    deploy_modal::{DeployModal, Opening},
    time::time_of_day,
};
use crate::{
    api::{Board, BoardApp, UiError, functions::read_board},
    clock,
    domain::{DeployId, Timestamp},
    hooks::{
        poll::{Begin, Next, Pace, Polled, use_poll},
        unanswered,
    },
};

/// How often the board is read again. What others do to deploys and freezes is pushed; what an app answers, and what
/// a channel has not taken, shows within this.
const REFRESH: Pace = Pace { alone: Duration::from_secs(10), beside_news: Duration::from_secs(20) };

/// The board, kept fresh while it is seen.
#[component]
pub fn BoardView(
    /// As it was read for this page.
    first: Board,
) -> impl IntoView {
    // Apps and environments come from the configuration: within the life of a page only what is known of
    // them changes. So rows stay in place, and with them the focus.
    let apps = first.apps.clone();
    let places: Vec<_> = apps.iter().flat_map(places_of).collect();
    let shown = Shown::new(first);
    let opening = RwSignal::new(None::<Opening>);
    Effect::new(move || reopen(&places, opening));
    use_poll(REFRESH, Begin::Later, shown);
    Effect::new(move |was_open: Option<bool>| {
        let is_open = opening.with(Option::is_some);
        if was_open == Some(true) && !is_open {
            spawn_local(async move {
                shown.hear(read_board().await);
            });
        }
        is_open
    });
    let apps = apps.into_iter().map(|app| view! { <AppSection app board=shown.board opening /> });
    view! {
        <Staleness shown />
        {apps.collect_view()}
        <DeployModal opening />
    }
}

fn places_of(app: &BoardApp) -> impl Iterator<Item = Place> {
    app.environments.iter().map(|environment| Place {
        app: app.name.clone(),
        environment: environment.name.clone(),
        default_ref: app.default_ref.clone(),
    })
}

/// Opens the dialog on a press that was left unanswered, as if its button had been pressed: the focus returns
/// there.
fn reopen(places: &[Place], opening: RwSignal<Option<Opening>>) {
    let find = |app: &str, environment: &str| {
        places.iter().find(|place| place.app == app && place.environment == environment)
    };
    if let Some(place) = unanswered::newest(find) {
        focus_deploy_button(place);
        opening.set(Some(Opening { place: place.clone(), under_way: None }));
    }
}

#[component]
fn AppSection(app: BoardApp, board: RwSignal<Board>, opening: RwSignal<Option<Opening>>) -> impl IntoView {
    let heading = format!("app-{}", app.name);
    let labelled_by = heading.clone();
    let places: Vec<_> = places_of(&app).collect();
    let rows = places.into_iter().zip(app.environments).map(|(place, environment)| {
        view! { <BoardRow place first=environment board opening /> }
    });
    view! {
        <section class="app" aria-labelledby=labelled_by>
            <div class="app__head">
                <h2 class="app__name" id=heading>{app.name.clone()}</h2>
                <span class="app__repo">{app.repo}</span>
            </div>
            <ul class="app__rows" role="list">{rows.collect_view()}</ul>
        </section>
    }
}

/// The board as it is shown, and how fresh that is.
#[derive(Clone, Copy)]
struct Shown {
    board: RwSignal<Board>,
    heard_at: RwSignal<Option<Timestamp>>,
    failed: RwSignal<bool>,
}

impl Shown {
    fn new(board: Board) -> Self {
        let shown =
            Self { board: RwSignal::new(board), heard_at: RwSignal::new(None), failed: RwSignal::new(false) };
        Effect::new(move || shown.heard_at.set(Some(clock::now())));
        shown
    }
}

impl Polled for Shown {
    type Answer = Board;

    fn ask(&self) -> Pin<Box<dyn Future<Output = Result<Board, UiError>>>> {
        Box::pin(read_board())
    }

    /// Every deploy is on the board, or was.
    fn concerns(&self, _: DeployId) -> bool {
        true
    }

    fn awaits_what_is_not_told(&self) -> bool {
        false
    }

    fn hear(&self, answer: Result<Board, UiError>) -> Next {
        self.failed.set(answer.is_err());
        if let Ok(answer) = answer {
            self.heard_at.set(Some(clock::now()));
            self.board.maybe_update(|board| {
                let changed = *board != answer;
                *board = answer;
                changed
            });
        }
        Next::Again
    }
}

#[component]
fn Staleness(shown: Shown) -> impl IntoView {
    move || {
        shown.failed.get().then(|| {
            let heard = shown.heard_at.get().map_or_else(|| "this page was made".to_owned(), time_of_day);
            view! {
                <p class="trouble">"The console does not answer. The board is as it was at " {heard} "."</p>
            }
        })
    }
}
