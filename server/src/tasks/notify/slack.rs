//! Slack's incoming webhooks: the message, and which answers mean that sending it again is of no use.
//!
//! <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>

use app::{
    domain::Approval,
    text::{
        approval::approvals,
        printable::printable,
        status::status_text,
        time::{date_and_time, duration_between, time_of_day},
    },
};
use reqwest::{RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use store::Outcome;

use super::Notice;

/// Characters of one stored text. Slack takes 3,000 in a block.
const LONGEST: usize = 200;

/// What Slack says with a status. Anything else may come from a proxy in between, and hold something private.
const CODES: [&str; 14] = [
    "action_prohibited",
    "channel_is_archived",
    "channel_not_found",
    "invalid_payload",
    "invalid_token",
    "no_active_hooks",
    "no_service",
    "no_service_id",
    "no_team",
    "no_text",
    "posting_to_general_channel_denied",
    "rollup_error",
    "team_disabled",
    "user_not_found",
];

pub(super) fn request(http: &reqwest::Client, url: &SecretString, notice: &Notice) -> RequestBuilder {
    http.post(url.expose_secret()).json(&body(notice))
}

/// The webhook is gone, forbidden or does not take what we say: the next try would end alike. (A redirect is not
/// followed, so it ends alike, too.)
pub(super) fn is_final(status: StatusCode) -> bool {
    let may_pass = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
    !status.is_server_error() && !may_pass.contains(&status)
}

/// The code in an answer, if it is one of Slack's.
pub(super) fn known_code(answer: &[u8]) -> Option<&'static str> {
    CODES.into_iter().find(|code| answer.trim_ascii() == code.as_bytes())
}

fn body(notice: &Notice) -> Value {
    if let (Outcome::AwaitsApproval, Some(approval)) = (notice.outcome, &notice.deploy.approval) {
        return waiting(notice, approval);
    }
    let deploy = &notice.deploy;
    let title = format!("{} {}", mark(notice.outcome), text(&status_text(deploy)));
    let rehearsal = if notice.is_rehearsal { "Rehearsal: " } else { "" };
    let place = format!("{} · {} · {}", text(&deploy.app), text(&deploy.environment), text(&deploy.git_ref));
    let mut blocks = vec![
        json!({ "type": "section", "text": mrkdwn(&format!("{rehearsal}*{title}*\n{place}")) }),
        json!({ "type": "context", "elements": [mrkdwn(&details(notice))] }),
    ];
    blocks.extend(repetition(notice));
    json!({ "text": format!("{rehearsal}{title} — {place}"), "blocks": blocks })
}

/// That somebody asks for an approval: of what, until when, and where it is given.
fn waiting(notice: &Notice, approval: &Approval) -> Value {
    let deploy = &notice.deploy;
    let rehearsal = if notice.is_rehearsal { "Rehearsal: " } else { "" };
    let (app, environment) = (text(&deploy.app), text(&deploy.environment));
    let (git_ref, by) = (text(&deploy.git_ref), text(&deploy.requested_by));
    let waits = format!("waits for {}, asked by {by}", approvals(approval.needed));
    let until = format!("until {}", date_and_time(approval.expires_at));
    let said = format!(
        "{rehearsal}{} *{app}* to *{environment}*: `{}` {waits} · {until}",
        mark(notice.outcome),
        git_ref.replace('`', "'"),
    );
    let mut blocks = vec![
        json!({ "type": "section", "text": mrkdwn(&said) }),
        json!({ "type": "context", "elements": [mrkdwn(&link(&notice.link, "Approve or reject it"))] }),
    ];
    blocks.extend(repetition(notice));
    json!({ "text": format!("{rehearsal}{app} to {environment}: {git_ref} {waits}, {until}"), "blocks": blocks })
}

fn repetition(notice: &Notice) -> Option<Value> {
    let note = "This may be a repetition: the console did not hear whether Slack took it the first time.";
    notice.may_be_repeated.then(|| json!({ "type": "context", "elements": [mrkdwn(note)] }))
}

/// Who, how long, when, and where to read on.
fn details(notice: &Notice) -> String {
    let deploy = &notice.deploy;
    let ended_at = deploy.finished_at.unwrap_or(deploy.updated_at);
    let mut parts = vec![
        format!("Requested by {}", text(&deploy.requested_by)),
        format!("took {}", duration_between(deploy.requested_at, ended_at)),
        format!("ended at {}", time_of_day(ended_at)),
        link(&notice.link, "Open the deploy"),
    ];
    let is_web = |url: &&String| url.starts_with("https://") || url.starts_with("http://");
    parts.extend(deploy.github_run_url.as_ref().filter(is_web).map(|url| link(url, "GitHub run")));
    parts.join(" · ")
}

/// Beside the words, never instead of them.
const fn mark(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Succeeded => ":white_check_mark:",
        Outcome::Failed => ":x:",
        Outcome::TimedOut => ":hourglass:",
        Outcome::AwaitsApproval => ":raised_hand:",
    }
}

/// Verbatim: Slack makes no links and no mentions of what looks like them.
fn mrkdwn(text: &str) -> Value {
    json!({ "type": "mrkdwn", "text": text, "verbatim": true })
}

fn link(url: &str, name: &str) -> String {
    format!("<{}|{name}>", escape(&url.replace('|', "%7C")))
}

/// Stored text: it can neither mention a person nor forge a link, and does not fill the channel.
fn text(stored: &str) -> String {
    let shown = printable(stored);
    match shown.char_indices().nth(LONGEST) {
        Some((end, _)) => escape(&shown[..end]) + "…",
        None => escape(&shown),
    }
}

/// Slack's three control characters.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_text_cannot_mention_link_or_flood() {
        assert_eq!(text("<!channel> & <https://x|y>"), "&lt;!channel&gt; &amp; &lt;https://x|y&gt;");
        assert_eq!(text("a\nb\u{202e}"), "a␊b\u{fffd}");
        assert_eq!(text(&"ä".repeat(LONGEST)), "ä".repeat(LONGEST));
        assert_eq!(text(&"&".repeat(LONGEST + 1)), "&amp;".repeat(LONGEST) + "…");
        assert_eq!(link("https://x/?a=1&b=<|>", "it"), "<https://x/?a=1&amp;b=&lt;%7C&gt;|it>");
    }

    /// A message that will never be accepted is distinguished from one that may be.
    #[test]
    fn permanent_refusal_differs_from_temporary() {
        let is_final = |status| is_final(StatusCode::from_u16(status).unwrap());
        assert!([301, 307, 400, 401, 403, 404, 410, 413, 418].into_iter().all(is_final));
        assert!(![408, 425, 429, 500, 502, 503, 504].into_iter().any(is_final));
    }

    /// Of an answer, only the codes of Slack are repeated.
    #[test]
    fn f58_only_known_slack_codes_are_repeated() {
        assert_eq!(known_code(b"no_service\n"), Some("no_service"));
        for other in [&b"no service"[..], b"", b"no_service canary", b"<html>canary</html>", b"\xff"] {
            assert_eq!(known_code(other), None);
        }
    }
}
