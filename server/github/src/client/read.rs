//! Sending a request whose answer is GitHub's record: within the rate limit, with the entity tag of the
//! answer before, and with what it shows of GitHub's health noted.

use reqwest::{RequestBuilder, Response, StatusCode, Url, header};
use runtime::read_limited;
use secrecy::SecretString;
use serde::{Serialize, de::DeserializeOwned};

use super::{Client, MAX_ANSWER, ReadError, RepoRequest, Unsent};

impl Client {
    pub(super) async fn read<T: DeserializeOwned + Serialize>(
        &self,
        request: RepoRequest,
    ) -> Result<T, ReadError> {
        let read = self.read_or_recall(request).await;
        self.health.note_read(self.clock.now(), &read);
        read
    }

    /// A read that says nothing of how GitHub is.
    pub(super) async fn read_or_recall<T: DeserializeOwned + Serialize>(
        &self,
        request: RepoRequest,
    ) -> Result<T, ReadError> {
        let url = address(&request.builder)?.to_string();
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

    pub(super) async fn send(&self, request: RepoRequest) -> Result<Response, ReadError> {
        self.within_the_limit(&address(&request.builder)?)?;
        self.execute(request).await.map_err(ReadError::from)
    }

    /// Sends a request that is about no repository, as whom this belongs to.
    pub(super) async fn send_as(
        &self,
        request: RequestBuilder,
        secret: &SecretString,
    ) -> Result<Response, ReadError> {
        let request = request.build().map_err(|_| ReadError::from(Unsent::NoAddress))?;
        self.within_the_limit(request.url())?;
        let answer = self.http.execute(self.signed(request, secret)).await;
        answer.map_err(|error| Unsent::Broken(error).into())
    }

    fn within_the_limit(&self, url: &Url) -> Result<(), ReadError> {
        self.limit.active(url, self.clock.now()).map_or(Ok(()), |until| Err(ReadError::Limited(until)))
    }
}

/// Where a request goes.
fn address(request: &RequestBuilder) -> Result<Url, ReadError> {
    let built = request.try_clone().and_then(|request| request.build().ok());
    built.map(|request| request.url().clone()).ok_or_else(|| Unsent::NoAddress.into())
}

/// The address may hold something private; the kind of error is enough.
impl From<Unsent> for ReadError {
    fn from(unsent: Unsent) -> Self {
        let what = match unsent {
            Unsent::NoToken(reason) => return reason.into(),
            Unsent::NoAddress => "it has no such address",
            Unsent::Broken(error) if error.is_timeout() => "it took too long",
            Unsent::Broken(_) => "it could not be reached",
        };
        Self::Unusable(what.to_owned())
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ReadError> {
    serde_json::from_slice(body).map_err(|_| ReadError::undocumented())
}
