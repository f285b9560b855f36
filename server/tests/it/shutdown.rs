//! The end of the process: a second signal cuts it short.

use server::config::DatabaseSystem;
use tokio::io::AsyncWriteExt;

use crate::support::{
    fresh,
    raw::connect,
    site::{Site, apps, press},
    stub::{Stub, accepted},
};

#[tokio::test]
async fn f104_a_second_signal_ends_it_at_once() {
    for signal in ["TERM", "INT"] {
        let site = Site::new(DatabaseSystem::Sqlite, &apps(&["production"])).await;
        let github = Stub::closed([accepted(7)]).await;
        let url = github.url();
        let mut serving = site.serve_with(&[("GITHUB_API_URL", &url), ("RUST_LOG", "info")]).await;
        let (_from, mut to) = connect(serving.address).await;
        to.write_all(press(&fresh(), "production").as_bytes()).await.unwrap();
        while github.posted().is_empty() {
            github.arrived().await;
        }
        serving.signal("TERM").await;
        serving.says("stopping: no new requests").await;
        // The dispatch takes 10 s, and then all ends well. It does not come to that.
        let ended = serving.stop(signal).await;
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        assert!(ended.stderr.contains("as it was told twice"), "{}", ended.stderr);
    }
}
