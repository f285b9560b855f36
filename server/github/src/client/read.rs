//! Sending a request whose answer is GitHub's record: within the rate limit, with the entity tag of the
//! answer before, and with what it shows of GitHub's health noted.

use reqwest::{RequestBuilder, Response, StatusCode, header};
use runtime::read_limited;
use serde::{Serialize, de::DeserializeOwned};

use super::{Client, MAX_ANSWER, ReadError};

impl Client {
    pub(super) async fn read<T: DeserializeOwned + Serialize>(
        &self,
        request: RequestBuilder,
    ) -> Result<T, ReadError> {
        let read = self.read_or_recall(request).await;
        self.health.note_read(self.clock.now(), &read);
        read
    }

    /// A read that says nothing of how GitHub is.
    pub(super) async fn read_or_recall<T: DeserializeOwned + Serialize>(
        &self,
        request: RequestBuilder,
    ) -> Result<T, ReadError> {
        let url = request.try_clone().and_then(|request| request.build().ok());
        let url = url.map(|request| request.url().to_string()).unwrap_or_default();
        let kept = self.etag_cache.get(&url);
        let request = match &kept {
            Some(kept) => request.header(header::IF_NONE_MATCH, kept.etag.clone()),
            None => request,
        };
        let answer = self.send(request).await?;
        match (answer.status(), kept) {
            (StatusCode::NOT_MODIFIED, Some(kept)) => parse(&kept.body),
            (status, _) if status.is_success() => self.read_new(url, answer).await,
            (_, _) => Err(self.refusal(answer).await.into_read_error()),
        }
    }

    /// Only the parsed part of the answer is kept: of a list of runs, a fiftieth.
    async fn read_new<T: DeserializeOwned + Serialize>(
        &self,
        url: String,
        answer: Response,
    ) -> Result<T, ReadError> {
        let etag = answer.headers().get(header::ETAG).cloned();
        let body = read_limited(answer, MAX_ANSWER).await;
        let body =
            body.ok_or_else(|| ReadError::Unusable("its answer broke off, or is too large".to_owned()))?;
        let read = parse(&body)?;
        if let (Some(etag), Ok(kept)) = (etag, serde_json::to_vec(&read)) {
            self.etag_cache.keep(url, etag, &kept);
        }
        Ok(read)
    }

    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Response, ReadError> {
        let now = self.clock.now();
        // The URL may hold something private; the kind of error is enough.
        let request =
            request.build().map_err(|_| ReadError::Unusable("it has no such address".to_owned()))?;
        if let Some(until) = self.limit.active(request.url(), now) {
            return Err(ReadError::Limited(until));
        }
        self.http.execute(request).await.map_err(|error| {
            let what = if error.is_timeout() { "it took too long" } else { "it could not be reached" };
            ReadError::Unusable(what.to_owned())
        })
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ReadError> {
    serde_json::from_slice(body).map_err(|_| ReadError::undocumented())
}
