//! What Prometheus reads: how this process answers, and the state of deploys in the database.
//!
//! Unknown values are left out: while the database does not answer, there are no figures of deploys. Counters belong
//! to this process, and start at zero with it; figures from the database are the same on every instance.

use axum::{
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder, process_collector::ProcessCollector,
};

use crate::service::{JournalState, Overview};

/// The media type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = prometheus::TEXT_FORMAT;

/// For unknown routes and methods: a client can make up any number of them, and each label is a series of its own.
const OTHER: &str = "other";
/// Seconds: from a poll that is answered from memory to one that has given up.
const BUCKETS: [f64; 10] = [0.001, 0.005, 0.01, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// What is counted while the process runs.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
    streams: IntGauge,
    forged: IntCounter,
}

impl Metrics {
    /// Nothing is counted yet, but for the lines that the log dropped.
    ///
    /// # Errors
    /// If two of them had one name.
    pub fn new(dropped_lines: IntCounter) -> Result<Self, prometheus::Error> {
        let requests = Opts::new("deploy_console_http_requests_total", "Requests that were answered.");
        let durations = HistogramOpts::new(
            "deploy_console_http_request_duration_seconds",
            "From a request's head to its answer's.",
        );
        let metrics = Self {
            registry: Registry::new(),
            requests: IntCounterVec::new(requests, &["method", "route", "status"])?,
            durations: HistogramVec::new(durations.buckets(BUCKETS.to_vec()), &["method", "route"])?,
            streams: IntGauge::new("deploy_console_event_streams", "Open streams of events.")?,
            forged: IntCounter::new(
                "deploy_console_callbacks_forged_total",
                "Callbacks whose signature was missing, malformed, stale or wrong.",
            )?,
        };
        metrics.registry.register(Box::new(metrics.requests.clone()))?;
        metrics.registry.register(Box::new(metrics.durations.clone()))?;
        metrics.registry.register(Box::new(metrics.streams.clone()))?;
        metrics.registry.register(Box::new(metrics.forged.clone()))?;
        metrics.registry.register(Box::new(dropped_lines))?;
        metrics.registry.register(Box::new(ProcessCollector::for_self()))?;
        Ok(metrics)
    }

    /// Counts a callback that was not authentic.
    pub fn forged(&self) {
        self.forged.inc();
    }

    /// Counts a stream of events until this is dropped.
    #[must_use]
    pub fn stream(&self) -> OpenStream {
        self.streams.inc();
        OpenStream(self.streams.clone())
    }

    /// Everything that is known now, in Prometheus' text format.
    ///
    /// # Errors
    /// If what is known cannot be put so.
    pub fn text(
        &self,
        is_github_well: bool,
        is_writable: bool,
        journal: &JournalState,
        overview: Option<&Overview>,
    ) -> Result<String, prometheus::Error> {
        let mut families = self.registry.gather();
        let now = Now::of(is_github_well, is_writable, overview)?;
        now.journal(journal)?;
        families.extend(now.0.gather());
        let mut text = Vec::new();
        TextEncoder::new().encode(&families, &mut text)?;
        String::from_utf8(text).map_err(|error| prometheus::Error::Msg(error.to_string()))
    }
}

/// Counts the lines that the log dropped; it is there before the other counters are.
///
/// # Errors
/// If its name cannot be one.
pub fn dropped_lines() -> Result<IntCounter, prometheus::Error> {
    IntCounter::new(
        "deploy_console_log_lines_dropped_total",
        "Lines that are not in the log because it was not read.",
    )
}

/// A stream of events that is open.
pub struct OpenStream(IntGauge);

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Counts and times each request, by its route.
pub async fn measure(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.as_deref().unwrap_or(OTHER);
    let timer = metrics.durations.with_label_values(&[method, route]).start_timer();
    let response = next.run(request).await;
    timer.observe_duration();
    metrics.requests.with_label_values(&[method, route, response.status().as_str()]).inc();
    response
}

fn known(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|name| method == *name).unwrap_or(OTHER)
}

/// Read again for each request, so that series that no longer apply disappear.
struct Now(Registry);

impl Now {
    fn of(
        is_github_well: bool,
        is_writable: bool,
        overview: Option<&Overview>,
    ) -> Result<Self, prometheus::Error> {
        let now = Self(Registry::new());
        now.gauge("deploy_console_build_info", "The version of this build.", &["version"])?
            .with_label_values(&[env!("CARGO_PKG_VERSION")])
            .set(1);
        now.number(
            "deploy_console_database_up",
            "Whether the database answered.",
            overview.is_some().into(),
        )?;
        now.number(
            "deploy_console_database_writable",
            "Whether the database took a write of no consequence.",
            is_writable.into(),
        )?;
        now.number(
            "deploy_console_github_up",
            "Whether GitHub answered when it was last asked.",
            is_github_well.into(),
        )?;
        if let Some(overview) = overview {
            now.stands(overview)?;
        }
        Ok(now)
    }

    /// What the last look at the journal found: nothing, where there was none.
    fn journal(&self, journal: &JournalState) -> Result<(), prometheus::Error> {
        let is_whole = match journal {
            JournalState::Unknown => return Ok(()),
            JournalState::Whole => true,
            JournalState::Broken(_) => false,
        };
        let help =
            "Whether the journal's last entries and the live rows bore each other out when last looked at.";
        self.number("deploy_console_journal_whole", help, is_whole.into())
    }

    /// How things stand by the database.
    fn stands(&self, overview: &Overview) -> Result<(), prometheus::Error> {
        let Overview { places, under_way, unsent, journal_entries } = overview;
        self.number("deploy_console_journal_entries", "Entries of the journal.", *journal_entries)?;
        let live = self.gauge(
            "deploy_console_deploys_under_way",
            "Deploys that have not ended: one of each environment at most.",
            &["app", "environment"],
        )?;
        for place in places {
            live.with_label_values(&[&place.app, &place.environment]).set(0);
        }
        let moved = self.gauge(
            "deploy_console_deploy_last_transition_timestamp_seconds",
            "When a deploy that has not ended last moved, in Unix time.",
            &["app", "environment", "status"],
        )?;
        for deploy in under_way {
            live.with_label_values(&[&deploy.app, &deploy.environment]).inc();
            let labels = [deploy.app.as_str(), &deploy.environment, deploy.status.as_str()];
            moved.with_label_values(&labels).set(deploy.updated_at.as_second());
        }
        let waiting = self.gauge(
            "deploy_console_notifications_unsent",
            "Messages that a channel should have taken by now, and has not.",
            &["channel"],
        )?;
        for (channel, messages) in unsent {
            waiting.with_label_values(&[channel.as_str()]).set(i64::from(*messages));
        }
        Ok(())
    }

    fn gauge(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec, prometheus::Error> {
        let gauge = IntGaugeVec::new(Opts::new(name, help), labels)?;
        self.0.register(Box::new(gauge.clone()))?;
        Ok(gauge)
    }

    fn number(&self, name: &str, help: &str, number: i64) -> Result<(), prometheus::Error> {
        let gauge = IntGauge::new(name, help)?;
        gauge.set(number);
        self.0.register(Box::new(gauge))
    }
}
