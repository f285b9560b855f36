# shellcheck shell=bash
# Standard Webhooks 1.0 signatures.
#
# HMAC-SHA256 is written out here (RFC 2104: H(K⊕opad ‖ H(K⊕ipad ‖ message))),
# because `openssl dgst -mac` wants the key as an argument, and arguments can be
# read by every process of the machine. This way the key never leaves the shell:
# openssl only ever sees bytes on a pipe.

readonly HMAC_BLOCK_BYTES=64

hex() { od -An -v -tx1 | tr -d ' \n'; }

sha256() { openssl dgst -sha256 -binary; }

# xor_block KEY_HEX PAD → the raw bytes of the key, filled up with zeros to one
# block, each combined with PAD.
xor_block() {
  local key=$1 pad=$2 bytes='' byte at
  for ((at = 0; at < HMAC_BLOCK_BYTES; at++)); do
    byte=${key:2*at:2}
    printf -v byte '\\x%02x' "$((16#${byte:-00} ^ pad))"
    bytes+=$byte
  done
  printf '%b' "$bytes"
}

# hmac_sha256 KEY_HEX → base64 of the HMAC of what is read from stdin.
hmac_sha256() {
  { xor_block "$1" 0x5c; { xor_block "$1" 0x36; cat; } | sha256; } |
    sha256 | openssl base64 -A
}

# key_bytes SECRET → the raw key. `whsec_…` carries it in base64, anything else is
# the key itself. Fails when the base64 is none.
key_bytes() {
  local encoded=${1#whsec_}
  if [[ $1 != whsec_* ]]; then
    printf '%s' "$1"
  elif [[ $encoded =~ ^[A-Za-z0-9+/]+={0,2}$ && $((${#encoded} % 4)) == 0 ]]; then
    printf '%s' "$encoded" | openssl base64 -d -A
  else
    return 1
  fi
}

# key_hex SECRET → the key in hex; one that is longer than a block is replaced by
# its hash, as RFC 2104 asks.
key_hex() {
  local key
  key=$(key_bytes "$1" | hex) || return 1
  ((${#key} <= 2 * HMAC_BLOCK_BYTES)) || key=$(key_bytes "$1" | sha256 | hex)
  printf '%s' "$key"
}

# webhook_signature ID TIMESTAMP BODY KEY_HEX… → the webhook-signature header:
# one `v1,…` for each key, separated by spaces. The receiver needs one to match.
webhook_signature() {
  local signed="$1.$2.$3" key separator=''
  for key in "${@:4}"; do
    printf '%sv1,%s' "$separator" "$(printf '%s' "$signed" | hmac_sha256 "$key")"
    separator=' '
  done
}
