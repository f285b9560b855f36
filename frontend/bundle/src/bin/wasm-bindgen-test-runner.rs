//! The command of the same name in `wasm-bindgen-cli`, built with what the workspace has compiled already.

use std::{env, error::Error};

use wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args;

fn main() -> Result<(), Box<dyn Error>> {
    Ok(run_cli_with_args(env::args_os())?)
}
