#!/usr/bin/env bash
# Installs toxiproxy, which breaks TCP connections in the fault suite, into .cache/toxiproxy. It is built with Go; where
# there is no Go, or it cannot be had, there is nothing to do, and the tests that want it are skipped.
# https://github.com/Shopify/toxiproxy
set -uo pipefail
cd "$(dirname "$0")/.."
version=v2.12.0
folder=$PWD/.cache/toxiproxy
[ -x "$folder/server" ] && exit 0
export PATH=$PATH:/usr/local/go/bin
if ! command -v go >/dev/null; then
  echo 'no toxiproxy: there is no Go to build it with'
  exit 0
fi
mkdir -p "$folder"
if ! GOBIN=$folder GOFLAGS=-mod=mod go install "github.com/Shopify/toxiproxy/v2/cmd/server@$version"; then
  echo 'no toxiproxy: it could not be built'
fi
