"""The gateway with Google's SDK: a plain answer, a stream, a count of tokens, embeddings."""

import os

from google import genai
from google.genai import types

MODEL = os.environ.get("LLM_PROXY_MODEL", "gpt-4o-mini")

client = genai.Client(
    api_key=os.environ["LLM_PROXY_KEY"],
    http_options=types.HttpOptions(base_url=os.environ.get("LLM_PROXY_URL", "http://localhost:8000")),
)

print(client.models.generate_content(model=MODEL, contents="Hello").text)

for piece in client.models.generate_content_stream(model=MODEL, contents="Count to five"):
    print(piece.text or "", end="", flush=True)
print()

print(client.models.count_tokens(model=MODEL, contents="Hello").total_tokens, "tokens")

vectors = client.models.embed_content(model="text-embedding-3-small", contents=["one", "two"])
print(len(vectors.embeddings), "vectors")
