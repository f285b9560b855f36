//! Cuts the linked WebAssembly, and makes of it what a browser loads:
//!
//! ```text
//! bundle <linked .wasm> <folder for the pieces> <folder for the main part and its scripts>
//! ```
//!
//! The commands `wasm-split-cli` and `wasm-bindgen` do the same. As libraries they are compiled once with what else this
//! workspace depends on, in one build of it, and their versions are in its lock file.

use std::{env, error::Error, ffi::OsString, fs, path::Path};

use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::{Options, transform};

/// The stem of the files: what `LEPTOS_OUTPUT_NAME` says to the server.
const NAME: &str = "frontend";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let [linked, pieces, package] = arguments.as_slice() else {
        return Err("usage: bundle <linked .wasm> <folder for the pieces> <folder for the rest>".into());
    };
    let pieces = Path::new(pieces);
    let main_part = pieces.join(format!("{NAME}.wasm"));
    cut(&fs::read(linked)?, pieces, &main_part)?;
    bind(&main_part, Path::new(package))
}

/// Writes the main part, the pieces that are downloaded after it, and the script that fetches them.
fn cut(linked: &[u8], pieces: &Path, main_part: &Path) -> Result<(), Box<dyn Error>> {
    let main_script = format!("./{NAME}.js");
    let mut options = Options::new(linked);
    options.output_dir = pieces;
    options.main_out_path = main_part;
    options.main_module = &main_script;
    options.target.web();
    transform(options)?;
    Ok(())
}

/// Writes the main part's scripts, and the main part as they want it.
fn bind(main_part: &Path, package: &Path) -> Result<(), Box<dyn Error>> {
    let mut bindgen = Bindgen::new();
    bindgen
        .web(true)?
        .input_path(main_part)
        .out_name(NAME)
        // The pieces import what the linker exports of the main part.
        .keep_lld_exports(true)
        .omit_default_module_path(false)
        .generate(package)?;
    Ok(())
}
