//! How the browser calls the server functions: as the framework does, but a sign-in page of a proxy is recognized.

use std::future::Future;

use leptos::server_fn::{
    Bytes,
    client::{Client, browser::BrowserClient},
    request::browser::BrowserRequest,
    response::{ClientRes, browser::BrowserResponse},
};

use super::UiError;

/// The client of every server function.
#[derive(Debug)]
pub struct ApiClient;

/// The console answers so once the session has ended; a proxy in front of it may, too.
pub const NOT_SIGNED_IN: u16 = 401;

impl Client<UiError> for ApiClient {
    type Request = BrowserRequest;
    type Response = BrowserResponse;

    async fn send(request: BrowserRequest) -> Result<BrowserResponse, UiError> {
        let answer: BrowserResponse = <BrowserClient as Client<UiError>>::send(request).await?;
        match ClientRes::<UiError>::status(&answer) {
            NOT_SIGNED_IN => Err(UiError::SignedOut),
            _ => Ok(answer),
        }
    }

    fn open_websocket(
        path: &str,
    ) -> impl Future<
        Output = Result<
            (
                impl futures::Stream<Item = Result<Bytes, Bytes>> + Send + 'static,
                impl futures::Sink<Bytes> + Send + 'static,
            ),
            UiError,
        >,
    > + Send {
        <BrowserClient as Client<UiError>>::open_websocket(path)
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        <BrowserClient as Client<UiError>>::spawn(future);
    }
}
