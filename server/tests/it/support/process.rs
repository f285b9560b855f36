//! The real binary as a process: a clean environment, a folder of its own, and a limit to how long anything
//! may take.

use std::{net::SocketAddr, path::Path, process::Stdio, time::Duration};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStderr, Command},
    time::timeout,
};

/// Far more than any of it takes; a test that hangs fails instead.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A folder, and the commands that are run in it.
pub struct Workplace {
    pub folder: TempDir,
}

const BINARY: &str = env!("CARGO_BIN_EXE_deploy-console");

/// What a process left behind.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Workplace {
    pub fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new(BINARY);
        command.args(arguments);
        self.prepare(command, variables)
    }

    fn prepare(&self, mut command: Command, variables: &[(&str, &str)]) -> Command {
        command
            .env_clear()
            .env("TMPDIR", self.path())
            .envs(variables.iter().copied())
            .current_dir(self.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs to the end.
    pub async fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
        let output = timeout(PATIENCE, self.command(arguments, variables).output());
        let output = output.await.expect("it did not end").unwrap();
        Ended {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a server on a free port and waits until it listens.
    pub async fn serve(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Serving {
        Self::listening(self.command(arguments, variables)).await
    }

    /// The same, for a server that is not to end at this signal.
    pub async fn serve_ignoring(
        &self,
        signal: &str,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Serving {
        self.serve_after(&format!("trap '' {signal}"), arguments, variables).await
    }

    /// The same, for a server that a shell starts after it has done this.
    pub async fn serve_after(&self, shell: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Serving {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &format!("{shell}; exec \"$0\" \"$@\""), BINARY]).args(arguments);
        Self::listening(self.prepare(command, variables)).await
    }

    async fn listening(mut command: Command) -> Serving {
        let mut child = command.env("CONSOLE_LISTEN", "127.0.0.1:0").spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let address = timeout(PATIENCE, async {
            while let Some(line) = log.next_line().await.unwrap() {
                said = format!("{said}{line}\n");
                if let Some((_, address)) = line.split_once("listening on http://") {
                    return Some(address.trim().parse().unwrap());
                }
            }
            None
        });
        let address = address.await.expect("it did not listen");
        let address = address.unwrap_or_else(|| panic!("it ended: {said}"));
        Serving { child, log, said, address }
    }
}

/// A server that answers.
pub struct Serving {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
    said: String,
    pub address: SocketAddr,
}

impl Serving {
    /// Waits until its log says this.
    pub async fn says(&mut self, words: &str) {
        let said = timeout(PATIENCE, async {
            while !self.said.contains(words) && self.hear().await {}
            self.said.contains(words)
        });
        assert!(said.await.unwrap_or(false), "it does not say {words:?}: {}", self.said);
    }

    /// Takes one more line of its log; answers whether there was one.
    async fn hear(&mut self) -> bool {
        let line = self.log.next_line().await.unwrap();
        self.said.extend(line.iter().flat_map(|line| [line, "\n"]));
        line.is_some()
    }

    pub fn id(&self) -> u32 {
        self.child.id().expect("it still runs")
    }

    /// Sends a signal such as `TERM`.
    pub async fn signal(&self, name: &str) {
        let id = self.child.id().expect("it still runs").to_string();
        let kill = Command::new("kill").args(["-s", name, &id]).status().await.unwrap();
        assert!(kill.success());
    }

    /// Waits for the end.
    pub async fn end(mut self) -> Ended {
        let status = timeout(PATIENCE, async {
            while self.hear().await {}
            self.child.wait().await.unwrap()
        });
        let status = status.await.expect("it did not stop");
        Ended { code: status.code(), stdout: String::new(), stderr: self.said }
    }

    /// Waits for the end, and does not read its log meanwhile.
    pub async fn end_unread(&mut self) -> Option<i32> {
        timeout(PATIENCE, self.child.wait()).await.expect("it did not stop").unwrap().code()
    }

    /// Kills it on the spot, and waits until it is gone.
    pub async fn kill(mut self) -> Ended {
        self.child.start_kill().unwrap();
        self.end().await
    }

    /// Sends a signal, and waits for the end.
    pub async fn stop(self, signal: &str) -> Ended {
        self.signal(signal).await;
        self.end().await
    }
}
