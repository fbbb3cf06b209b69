#!/bin/sh
# Signs with a key in a PKCS#11 token (HSM, smart card): the bytes on standard input, the signature on standard output, r and s side by
# side as ES256 has them. Needs pkcs11-tool (Debian: opensc) and openssl. In the configuration:
#   counterpart: { signCommand: [/opt/gate/deploy/pkcs11/sign.sh, /usr/lib/softhsm/libsofthsm2.so, gate, /var/lib/gate/exchange/keys/token.pin, "{id}"] }
# Arguments: the token's PKCS#11 library, the token's label, a file with its PIN, the id of the key in the token (the gate gives its own: the fingerprint).
set -eu
module=$1 token=$2 pin=$3 id=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Many tokens sign a digest only. The key never leaves the token.
openssl dgst -sha256 -binary >"$work/digest"
# Out of sight of other users: the PIN is in no command line.
GATE_TOKEN_PIN=$(cat "$pin") pkcs11-tool --module "$module" --token-label "$token" --login --pin env:GATE_TOKEN_PIN \
  --sign --mechanism ECDSA --signature-format rs --id "$id" --input-file "$work/digest" --output-file "$work/signature" >&2
cat "$work/signature"
