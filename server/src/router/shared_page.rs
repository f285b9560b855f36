//! One rendering of a page for all concurrent requests.
//!
//! Every event is pushed to all open boards, and each fetches its page again at once: without this, a thousand boards
//! would have the same page rendered a thousand times. At most one rendering is under way, and the requests that
//! arrive during it share the next one. So no answer is older than its request, and nothing has to expire.
//!
//! It is for pages that are the same each time that somebody reads them. A form with an idempotency key is not.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use app::domain::Caller;

use crate::access::Proof;
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};

/// A page as it is rendered once and answered many times.
#[derive(Clone)]
struct RenderedPage {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// A rendering that several requests wait for. Each of them drives it when polled; dropping one does not stop it for
/// the others.
type Rendering = Shared<BoxFuture<'static, RenderedPage>>;

/// The renderings of one page, one after the other.
#[derive(Clone, Default)]
pub struct SharedPage(Arc<Turns>);

#[derive(Default)]
struct Turns {
    /// Held while the page is rendered.
    turn: tokio::sync::Mutex<()>,
    /// The rendering that has not begun.
    next: Mutex<Option<Rendering>>,
}

impl SharedPage {
    /// Answers from the next rendering; if no other request has begun one, from this.
    async fn answer(&self, render: impl Future<Output = Response> + Send + 'static) -> Response {
        self.next(render).await.into_response()
    }

    fn next(&self, render: impl Future<Output = Response> + Send + 'static) -> Rendering {
        let mut next = self.0.next.lock().unwrap_or_else(PoisonError::into_inner);
        next.get_or_insert_with(|| Arc::clone(&self.0).render(render).boxed().shared()).clone()
    }
}

impl Turns {
    async fn render(self: Arc<Self>, render: impl Future<Output = Response> + Send) -> RenderedPage {
        let _turn = self.turn.lock().await;
        // From here on, a request waits for the rendering after this one.
        self.next.lock().unwrap_or_else(PoisonError::into_inner).take();
        RenderedPage::of(render.await).await
    }
}

impl RenderedPage {
    async fn of(response: Response) -> Self {
        let (head, body) = response.into_parts();
        match to_bytes(body, usize::MAX).await {
            Ok(body) => Self { status: head.status, headers: head.headers, body },
            // It was rendered here, so the fault is the console's own.
            Err(error) => {
                tracing::error!(%error, "a page broke off");
                Self {
                    status: StatusCode::INTERNAL_SERVER_ERROR,
                    headers: HeaderMap::new(),
                    body: Bytes::new(),
                }
            }
        }
    }
}

impl IntoResponse for RenderedPage {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

/// The boards, by who sees them: what is on one depends on what its reader may see, on who they are, and on when their
/// session ends.
#[derive(Clone, Default)]
pub struct Boards(Arc<Mutex<HashMap<Reader, SharedPage>>>);

type Reader = (Caller, Proof);

/// Readers whose boards are remembered. A board that is forgotten while it is rendered is finished for those that wait.
const READERS: usize = 1_000;

impl Boards {
    fn of(&self, reader: Reader) -> SharedPage {
        let mut boards = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(board) = boards.get(&reader) {
            return board.clone();
        }
        if boards.len() >= READERS {
            boards.clear();
        }
        boards.entry(reader).or_default().clone()
    }
}

/// Shares the board of all apps among the requests of one reader. A request for a choice of apps gets a rendering of its own.
pub async fn share_board(State(boards): State<Boards>, request: Request, next: Next) -> Response {
    let is_board =
        request.method() == Method::GET && request.uri().path() == "/" && request.uri().query().is_none();
    let extensions = request.extensions();
    match extensions.get::<Caller>().cloned().zip(extensions.get::<Proof>().cloned()) {
        Some(reader) if is_board => boards.of(reader).answer(next.run(request)).await,
        Some(_) | None => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::future::join_all;
    use tokio::sync::Semaphore;

    use super::*;

    /// Renders its number, once it is allowed to.
    struct Renderer {
        began: AtomicUsize,
        may_end: Semaphore,
    }

    impl Renderer {
        fn new(may_end: usize) -> Arc<Self> {
            Arc::new(Self { began: AtomicUsize::new(0), may_end: Semaphore::new(may_end) })
        }

        async fn render(self: Arc<Self>) -> Response {
            let number = self.began.fetch_add(1, Ordering::SeqCst) + 1;
            self.may_end.acquire().await.unwrap().forget();
            number.to_string().into_response()
        }

        fn began(&self) -> usize {
            self.began.load(Ordering::SeqCst)
        }
    }

    async fn number(response: Response) -> usize {
        let body = to_bytes(response.into_body(), 9).await.unwrap();
        str::from_utf8(&body).unwrap().parse().unwrap()
    }

    fn ask(page: &SharedPage, renderer: &Arc<Renderer>) -> Rendering {
        page.next(Arc::clone(renderer).render())
    }

    /// All requests that come during a rendering share the next.
    #[tokio::test]
    async fn requests_during_rendering_share_the_next() {
        let (page, renderer) = (SharedPage::default(), Renderer::new(0));
        let first = ask(&page, &renderer);
        assert!(first.clone().now_or_never().is_none(), "it is under way");
        let others: Vec<_> = (0..100).map(|_| ask(&page, &renderer)).collect();
        renderer.may_end.add_permits(2);
        assert_eq!(number(first.await.into_response()).await, 1);
        for other in join_all(others).await {
            assert_eq!(number(other.into_response()).await, 2, "from after it was asked for");
        }
        renderer.may_end.add_permits(1);
        assert_eq!(number(ask(&page, &renderer).await.into_response()).await, 3);
        assert_eq!(renderer.began(), 3);
    }

    #[tokio::test]
    async fn leaving_does_not_affect_other_waiters() {
        let (page, renderer) = (SharedPage::default(), Renderer::new(0));
        let first = ask(&page, &renderer);
        assert!(first.clone().now_or_never().is_none());
        let (leaves, stays) = (ask(&page, &renderer), ask(&page, &renderer));
        // It waits for its turn, and is what would have taken it.
        assert!(leaves.clone().now_or_never().is_none());
        drop((first, leaves));
        renderer.may_end.add_permits(9);
        assert_eq!(number(stays.await.into_response()).await, 2);
    }

    /// A rendering that all have left is there for the next request.
    #[tokio::test]
    async fn abandoned_rendering_serves_the_next_request() {
        let (page, renderer) = (SharedPage::default(), Renderer::new(9));
        let gate = Arc::clone(&page.0);
        let held = gate.turn.lock().await;
        let left = ask(&page, &renderer);
        assert!(left.clone().now_or_never().is_none());
        drop((left, held));
        assert_eq!(number(ask(&page, &renderer).await.into_response()).await, 1);
    }

    /// However requests come and go on several threads, no answer is older than its request.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn answer_never_predates_its_request() {
        let (page, renderer) = (SharedPage::default(), Renderer::new(Semaphore::MAX_PERMITS));
        let tasks = (0..400).map(|_| {
            let (page, renderer) = (page.clone(), Arc::clone(&renderer));
            tokio::spawn(async move {
                for _ in 0..20 {
                    let begun = renderer.began();
                    let answered = number(page.answer(Arc::clone(&renderer).render()).await).await;
                    assert!(answered > begun, "{answered} had begun when {begun} had");
                    tokio::task::yield_now().await;
                }
            })
        });
        for task in join_all(tasks).await {
            task.unwrap();
        }
        assert!(renderer.began() < 8_000, "they share: {}", renderer.began());
    }
}
