//! Bodies of answers, read up to a limit.

use reqwest::Response;

/// The body, unless it breaks off or has more than `most` bytes.
pub async fn read_limited(mut answer: Response, most: usize) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        if body.len() + chunk.len() > most {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}
