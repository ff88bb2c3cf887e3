#!/usr/bin/env bash
# Installs the real model of the service suite into .cache/real-model and sees it answer once. It comes from the folder
# LLM_PROXY_SHARED; where that is not set, there is nothing to do, and the tests that want it are skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -z "${LLM_PROXY_SHARED:-}" ]; then
  echo 'no real model: LLM_PROXY_SHARED is not set'
  exit 0
fi
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
log=$(mktemp)
trap 'kill "$model" 2>/dev/null; rm -f "$log"' EXIT
mkdir -p .cache
"$LLM_PROXY_SHARED/tools/real-model" "$PWD/.cache/real-model" "$port" >"$log" 2>&1 &
model=$!
for _ in $(seq 300); do
  if curl --fail --silent "http://127.0.0.1:$port/health" >/dev/null; then exit 0; fi
  if ! kill -0 "$model" 2>/dev/null; then break; fi
  sleep 1
done
echo 'the real model does not answer:'
cat "$log"
exit 1
