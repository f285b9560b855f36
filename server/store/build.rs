//! Has the migrations read again when one is added: they are built into the binary.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
