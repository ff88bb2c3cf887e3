#!/bin/sh
# The gateway with curl: a plain answer, a stream, the models, embeddings, and what an error looks like.
set -eu
url=${LLM_PROXY_URL:-http://localhost:8000}
model=${LLM_PROXY_MODEL:-gpt-4o-mini}
: "${LLM_PROXY_KEY:?export LLM_PROXY_KEY: the key that the first start has printed}"

post() { # PATH BODY [OPTION...]
  path=$1 body=$2
  shift 2
  curl -sS "$@" "$url$path" -H "authorization: Bearer $LLM_PROXY_KEY" -H 'content-type: application/json' -d "$body"
  echo
}

echo '== a plain answer, with the headers that the gateway adds'
post /v1/chat/completions "{\"model\": \"$model\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}" -i

echo '== the same as a stream'
post /v1/chat/completions "{\"model\": \"$model\", \"stream\": true, \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}" -N

echo '== what can be asked for'
curl -sS "$url/v1/models" -H "authorization: Bearer $LLM_PROXY_KEY"
echo

echo '== embeddings, the first 200 characters'
post /v1/embeddings '{"model": "text-embedding-3-small", "input": ["one", "two"]}' | cut -c 1-200

echo '== an error: it names the field'
post /v1/chat/completions "{\"model\": \"$model\", \"messages\": [{\"role\": \"user\"}, {\"role\": \"nobody\", \"content\": 1}]}"
