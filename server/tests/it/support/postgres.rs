//! A Postgres server of this test process, on a socket in a folder of its own, and a database for each test.
//!
//! A shell keeps the server. It reads from a pipe that this process holds; when the process ends, however it
//! ends, the shell reads its end, stops the server and removes the folder.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::postgres;
use tokio::sync::OnceCell;

/// `$1` is the folder, `$2` more options. Postgres refuses to run as root; `postgres` is whom its packages make.
const KEEPER: &str = r#"
    trap '' INT TERM HUP
    as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
    PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    cd "$1" && if [ "$(id -u)" = 0 ]; then chown postgres . && chmod 755 .; fi
    {
      as initdb --username=console --auth=trust --encoding=UTF8 --no-locale --no-sync data &&
      as pg_ctl start --wait --pgdata=data --log=log --options="-c unix_socket_directories='$1' \
        -c listen_addresses= -c max_connections=400 $2"
    } >out 2>&1 && echo ready || { cat out log; echo; } >&2
    cat >/dev/null
    as pg_ctl stop --mode=immediate --pgdata=data >/dev/null 2>&1
    cd / && rm -rf "$1"
"#;

/// Nothing here has to survive the machine.
const QUICK: &str = "-c fsync=off -c full_page_writes=off -c autovacuum=off";

/// The server, as long as this process runs.
pub struct Cluster {
    folder: PathBuf,
    /// Holds the pipe.
    _keeper: Child,
}

static CLUSTER: LazyLock<Cluster> = LazyLock::new(|| Cluster::start(QUICK));
static TEMPLATE: OnceCell<()> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

impl Cluster {
    /// Starts a server with these options.
    pub fn start(options: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("console-postgres-").tempdir().unwrap().keep();
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "sh"])
            .arg(&folder)
            .arg(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said.trim(), "ready", "no Postgres server; install the package postgresql");
        Self { folder, _keeper: keeper }
    }

    /// The URL of a database on it. One named `postgres` is there from the start.
    pub fn url(&self, database: &str) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://console@{folder}/{database}")
    }
}

/// The socket on which the server listens.
pub fn socket() -> PathBuf {
    CLUSTER.folder.join(".s.PGSQL.5432")
}

/// The URL of an empty database of its own.
pub async fn empty() -> String {
    create("TEMPLATE template0").await
}

/// The URL of a migrated database of its own.
pub async fn migrated() -> String {
    let template = async {
        run(&CLUSTER.url("postgres"), "CREATE DATABASE migrated").await;
        postgres::migrate(&CLUSTER.url("migrated")).await.unwrap();
    };
    TEMPLATE.get_or_init(|| template).await;
    create("TEMPLATE migrated").await
}

async fn create(template: &str) -> String {
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    run(&CLUSTER.url("postgres"), &format!("CREATE DATABASE {name} {template}")).await;
    CLUSTER.url(&name)
}

/// Removes a database of which there are many.
pub async fn remove(url: &str) {
    let (_, name) = url.rsplit_once('/').unwrap();
    run(&CLUSTER.url("postgres"), &format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

async fn run(url: &str, sql: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
