//! Tells the embedded assets where the built site is: `CONSOLE_SITE`, or `target/site`.

use std::{env, path::PathBuf};

fn main() {
    let site = env::var_os("CONSOLE_SITE").map_or_else(
        || PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../target/site"),
        PathBuf::from,
    );
    println!("cargo::rerun-if-env-changed=CONSOLE_SITE");
    // A debug build reads the site where it is, when it is asked for it: nothing has to be compiled again for a new one.
    if env::var_os("PROFILE").is_some_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed={}", site.join("pkg").display());
    }
    println!("cargo::rustc-env=CONSOLE_SITE={}", site.display());
}
