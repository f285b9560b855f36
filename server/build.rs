//! Tells the embedded assets where the built site is: `CONSOLE_SITE`, or `target/site`.

use std::{env, path::PathBuf};

fn main() {
    let site = env::var_os("CONSOLE_SITE").map_or_else(
        || PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../target/site"),
        PathBuf::from,
    );
    println!("cargo::rerun-if-env-changed=CONSOLE_SITE");
    println!("cargo::rerun-if-changed={}", site.join("pkg").display());
    println!("cargo::rustc-env=CONSOLE_SITE={}", site.display());
    println!("cargo::rerun-if-changed=../migrations");
}
