#!/usr/bin/env bash
# Builds what the browser downloads: WebAssembly, its script and the styles, each also as brotli.
#
#   frontend/build.sh [output directory, default target/site]
#
# Needs wasm-bindgen (the version of the crate, see Cargo.toml) on the PATH, and `npm ci` done in frontend/.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
out=$(mkdir -p "${1:-$root/target/site}" && cd "${1:-$root/target/site}" && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
tools=$here/node_modules/.bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What the WebAssembly of every browser since 2022 has, and what wasm-bindgen uses.
features=(
  --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext
  --enable-mutable-globals --enable-reference-types --enable-multivalue
)

cd "$root"
cargo build -p frontend --target wasm32-unknown-unknown --profile wasm-release
wasm-bindgen --target web --no-typescript --out-dir "$work" \
  "$target/wasm32-unknown-unknown/wasm-release/frontend.wasm"
"$tools/wasm-opt" -Oz "${features[@]}" "$work/frontend_bg.wasm" -o "$work/small.wasm"
mv "$work/small.wasm" "$work/frontend_bg.wasm"
"$tools/lightningcss" --bundle --minify --targets 'defaults' "$root/style/main.css" -o "$work/main.css"

mkdir -p "$out/pkg"
for file in frontend.js frontend_bg.wasm main.css; do
  cp "$work/$file" "$out/pkg/$file"
done
node "$here/compress.mjs" "$out/pkg" frontend.js frontend_bg.wasm main.css
