//! The release binary in a folder of its own, and what is asked of it.

use std::io::{BufRead, BufReader};
use std::{
    fmt::Write,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::{
    Client, Response,
    header::{AUTHORIZATION, HeaderMap, HeaderValue},
};
use runtime::ids::uuid_at;
use serde_json::{Value, json};
use tempfile::TempDir;
use webhook::{MessageId, SigningSecrets, sign, sign_as_github};

use crate::github;

const SECRET: &str = "the secret of the measurements";
const WEBHOOK_SECRET: &str = "that-of-GitHub";

/// A server that answers.
pub struct BenchServer {
    process: Child,
    folder: TempDir,
    pub client: Client,
    pub url: String,
    pub github: String,
    /// From its start to its first answer.
    pub ready_after: Duration,
}

impl BenchServer {
    /// Starts it with one app of this many environments, on a file.
    pub async fn start(environments: usize) -> Self {
        Self::start_on("sqlite://bench.db", environments).await
    }

    /// The same, on this database.
    pub async fn start_on(database: &str, environments: usize) -> Self {
        Self::start_with(database, &configuration(environments), github::start().await).await
    }

    /// Starts it with this `console.toml`, before this GitHub.
    pub async fn start_with(database: &str, configuration: &str, github: String) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("console.toml"), configuration).unwrap();
        let began = Instant::now();
        let mut process = Command::new(env!("CARGO_BIN_EXE_deploy-console"))
            .current_dir(folder.path())
            .env_clear()
            .env("CONSOLE_LISTEN", "127.0.0.1:0")
            .env("DATABASE_URL", database)
            .env("GITHUB_API_URL", &github)
            .env("GITHUB_TOKEN", "none")
            .env("DEPLOY_CALLBACK_HMAC_SECRET", SECRET)
            .env("GITHUB_WEBHOOK_SECRET", WEBHOOK_SECRET)
            .env("FLAG_CONSOLE_DEPLOY_ASYNC", "true")
            .env("RUST_LOG", "warn,server::run=info")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("listening on") {
            line.clear();
            assert!(log.read_line(&mut line).unwrap() > 0, "the server ended");
        }
        let url = format!("http://{}", line.split_once("listening on http://").unwrap().1.trim());
        let client = Client::builder().no_proxy().build().unwrap();
        client.get(format!("{url}/readyz")).send().await.unwrap().error_for_status().unwrap();
        // Read to its end: a server that cannot write its log is another server.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { process, folder, client, url, github, ready_after: began.elapsed() }
    }

    /// A client that is known by a token, made on the machine.
    pub fn client_with_token(&self) -> Client {
        let made = Command::new(env!("CARGO_BIN_EXE_deploy-console"))
            .args(["token", "create", "--name", "measured", "--role", "viewer"])
            .current_dir(self.folder.path())
            .env_clear()
            .env("DATABASE_URL", "sqlite://bench.db")
            .output()
            .unwrap();
        let printed = String::from_utf8(made.stdout).unwrap();
        let token = printed.split_whitespace().find(|word| word.starts_with("dct_")).unwrap();
        let mut value = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
        value.set_sensitive(true);
        let headers = HeaderMap::from_iter([(AUTHORIZATION, value)]);
        Client::builder().no_proxy().default_headers(headers).build().unwrap()
    }

    /// Presses Deploy for this environment.
    pub async fn dispatch(&self, environment: usize) -> Response {
        self.press(environment, &format!("key-{environment}")).await
    }

    /// The same, under this key.
    pub async fn press(&self, environment: usize, key: &str) -> Response {
        self.client
            .post(format!("{}/api/internal/deploys", self.url))
            .header("idempotency-key", key)
            .json(&json!({ "app": "shop", "environment": name(environment), "git_ref": "main" }))
            .send()
            .await
            .unwrap()
    }

    /// Posts a signed callback, and returns the HTTP status.
    pub async fn report(&self, id: &str, status: &str) -> u16 {
        self.say(id, status, "measured").await
    }

    /// The same, with a log line.
    pub async fn say(&self, id: &str, status: &str, log_line: &str) -> u16 {
        let now = jiff::Timestamp::now();
        let delivery = MessageId::from(uuid_at(now).to_string().as_str());
        let secrets: SigningSecrets = SECRET.parse().unwrap();
        let body = json!({ "console_deploy_id": id, "status": status, "log_line": log_line }).to_string();
        let answer = self
            .client
            .post(format!("{}/api/internal/deploys/{id}/callback", self.url))
            .header("content-type", "application/json")
            .header("webhook-id", delivery.as_str())
            .header("webhook-timestamp", now.as_second())
            .header("webhook-signature", sign(&secrets, &delivery, now.as_second(), body.as_bytes()))
            .body(body)
            .send()
            .await
            .unwrap();
        answer.status().as_u16()
    }

    /// Posts a signed webhook of GitHub, and returns the HTTP status.
    pub async fn tell(&self, delivery: &str, event: &str, body: &str) -> u16 {
        let secrets = SigningSecrets::of_bytes([WEBHOOK_SECRET]).unwrap();
        let answer = self
            .client
            .post(format!("{}/api/github/webhooks", self.url))
            .header("content-type", "application/json")
            .header("x-github-event", event)
            .header("x-github-delivery", delivery)
            .header("x-hub-signature-256", sign_as_github(&secrets, body.as_bytes()))
            .body(body.to_owned())
            .send()
            .await
            .unwrap();
        answer.status().as_u16()
    }

    /// Posts an unsigned callback, and returns the HTTP status.
    pub async fn forge(&self, id: &str, signature: &str, body: &str) -> u16 {
        let answer = self
            .client
            .post(format!("{}/api/internal/deploys/{id}/callback", self.url))
            .header("content-type", "application/json")
            .header("webhook-id", "forged")
            .header("webhook-timestamp", jiff::Timestamp::now().as_second())
            .header("webhook-signature", signature)
            .body(body.to_owned())
            .send()
            .await
            .unwrap();
        answer.status().as_u16()
    }

    /// Requests a path, reads the answer, and returns the HTTP status.
    pub async fn get(&self, path: &str) -> u16 {
        let answer = self.client.get(format!("{}{path}", self.url)).send().await.unwrap();
        let status = answer.status().as_u16();
        answer.bytes().await.unwrap();
        status
    }

    /// CPU that the process has used.
    pub fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        // Behind the name, which may hold anything: utime and stime, in hundredths of a second.
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        Duration::from_millis(ticks * 10)
    }

    /// Asks it to end, and waits: how long that took, and its exit code.
    pub fn stop(&mut self) -> (Duration, Option<i32>) {
        let began = Instant::now();
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let status = self.process.wait().unwrap();
        (began.elapsed(), status.code())
    }

    /// Bytes of memory that are the process's own.
    pub fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1_024
    }

    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

impl Drop for BenchServer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

pub async fn id_of(answer: Response) -> String {
    let deploy: Value = answer.error_for_status().unwrap().json().await.unwrap();
    deploy["id"].as_str().unwrap().to_owned()
}

fn name(environment: usize) -> String {
    format!("e{environment}")
}

fn configuration(environments: usize) -> String {
    let mut text = String::from(
        "[[app]]\nname = \"shop\"\nrepo = \"acme/shop\"\nworkflow = \"deploy.yml\"\nref = \"main\"\nenvironments = [\n",
    );
    for environment in 0..environments {
        writeln!(text, "  {{ name = \"{}\", freeze_check = true }},", name(environment)).unwrap();
    }
    text + "]\n"
}
