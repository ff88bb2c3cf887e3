"""The gateway with Anthropic's SDK: a plain answer, a stream, a count of tokens, an error."""

import os

from anthropic import Anthropic, NotFoundError

MODEL = os.environ.get("LLM_PROXY_MODEL", "gpt-4o-mini")
MESSAGES = [{"role": "user", "content": "Hello"}]

client = Anthropic(
    base_url=os.environ.get("LLM_PROXY_URL", "http://localhost:8000"),
    api_key=os.environ["LLM_PROXY_KEY"],
    # The gateway tries again by itself, with the next provider too.
    max_retries=0,
)

answer = client.messages.create(model=MODEL, max_tokens=200, messages=MESSAGES)
print(answer.content[0].text, answer.usage.output_tokens)

with client.messages.stream(model=MODEL, max_tokens=200, messages=MESSAGES) as stream:
    for text in stream.text_stream:
        print(text, end="", flush=True)
print()

print(client.messages.count_tokens(model=MODEL, messages=MESSAGES).input_tokens, "tokens")

try:
    client.messages.create(model="gpt-4o-mimi", max_tokens=200, messages=MESSAGES)
except NotFoundError as error:
    print(error.status_code, error.body["error"]["message"])
