#!/usr/bin/env bash
# Builds what the browser downloads: WebAssembly, its scripts and the styles, each also as brotli.
#
#   frontend/build.sh [output directory, default target/site]
#
# The WebAssembly is cut: into what makes a page live, and into pieces that are downloaded after that (docs/adr/0018).
# Needs `npm ci` done in frontend/, and the program of frontend/bundle: BUNDLE says where it is.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
out=$(mkdir -p "${1:-$root/target/site}" && cd "${1:-$root/target/site}" && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
bundle=${BUNDLE:-$target/debug/bundle}
tools=$here/node_modules/.bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What the WebAssembly of every browser since 2022 has, and what wasm-bindgen uses.
features=(
  --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext
  --enable-mutable-globals --enable-reference-types --enable-multivalue
)

# The cut needs the relocations; they do not stay.
cd "$root"
cargo rustc -p frontend --lib --target wasm32-unknown-unknown --profile wasm-release --features split -- \
  -C link-args=--emit-relocs
whole=$target/wasm32-unknown-unknown/wasm-release/frontend.wasm
"$bundle" "$whole" "$work/cut" "$work/pkg"

# A piece fits the whole that it was cut from, and no other: its name says which, so that a page never runs the piece of
# another build.
build=$(sha256sum "$whole" | cut -c1-16)
pieces=()
for piece in "$work"/cut/{split,chunk}_*.wasm; do
  name=$(basename "$piece" .wasm)
  cp "$piece" "$work/pkg/$name.$build.wasm"
  pieces+=("$name.$build.wasm")
done
sed -E "s#\./((split|chunk)_[A-Za-z0-9_]+)\.wasm#./\1.$build.wasm#" "$work/cut/__wasm_split.js" \
  >"$work/pkg/__wasm_split.js"
for module in "$work"/pkg/*.wasm; do
  "$tools/wasm-opt" -Oz --strip-debug "${features[@]}" "$module" -o "$module"
done
node "$here/fonts.mjs" "$work/pkg"
"$tools/lightningcss" --bundle --minify --targets 'defaults' "$root/style/main.css" -o "$work/pkg/main.css"

first=(frontend.js __wasm_split.js frontend_bg.wasm main.css)
node "$here/compress.mjs" "$work/pkg" "${first[@]}" -- "${pieces[@]}"
# The server has these files inside it, and is built again when they are written: those that are as they were stay.
if ! diff -rq "$work/pkg" "$out/pkg" >/dev/null 2>&1; then
  rm -rf "$out/pkg"
  cp -r "$work/pkg" "$out/pkg"
fi
