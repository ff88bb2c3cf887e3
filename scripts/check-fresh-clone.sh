#!/usr/bin/env bash
# What somebody has who knows nothing but the README: a clone of HEAD, `npm ci`, `npm start`, and the first request
# within a minute; then `npm test`. Committed changes only. Needs git, npm, curl and any recent Node.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
gateway=
trap '[ -z "$gateway" ] || kill "$gateway" 2>/dev/null; rm -rf "$folder"' EXIT

# As on a machine that has only its own Node: without the pinned one, and without anybody's keys.
path=$(tr ':' '\n' <<<"$PATH" | grep -v node_modules | paste -sd:)
clean=(env -i "PATH=$path" "HOME=$HOME")

git clone --quiet . "$folder/clone"
cd "$folder/clone"
echo "Node of the system: $("${clean[@]}" node --version)"
SECONDS=0
"${clean[@]}" npm ci --silent
echo "npm ci: ${SECONDS} s"

log=$folder/start.log
"${clean[@]}" npm start -- --port 0 >"$log" 2>&1 &
gateway=$!
until grep -q '/health$' "$log"; do
  kill -0 "$gateway" 2>/dev/null || { echo 'npm start ended:'; cat "$log"; exit 1; }
  [ "$SECONDS" -lt 60 ] || { echo 'nothing listens after a minute:'; cat "$log"; exit 1; }
  sleep 0.2
done
printed=$(grep -m 1 '/v1/chat/completions' "$log")
bash -c "$printed --fail --silent --show-error" | grep -q '"chat.completion"'
echo "first answer: ${SECONDS} s after npm ci began"
[ "$SECONDS" -lt 60 ]

kill "$gateway"
wait "$gateway"
gateway=
[ -z "$(git status --porcelain)" ] || { echo 'the start has left files that git does not ignore:'; git status --short; exit 1; }

"${clean[@]}" npm test
