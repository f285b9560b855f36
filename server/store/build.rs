//! Recompiles when a migration is added: migrations are built into the binary.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
