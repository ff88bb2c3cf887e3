"""The gateway with OpenAI's SDK: a plain answer, a stream, a tool call, an error."""

import os

from openai import OpenAI, NotFoundError

MODEL = os.environ.get("LLM_PROXY_MODEL", "gpt-4o-mini")

client = OpenAI(
    base_url=os.environ.get("LLM_PROXY_URL", "http://localhost:8000") + "/v1",
    api_key=os.environ["LLM_PROXY_KEY"],
    # The gateway tries again by itself, with the next provider too.
    max_retries=0,
)


def ask(question: str) -> None:
    answer = client.chat.completions.with_raw_response.create(
        model=MODEL, messages=[{"role": "user", "content": question}]
    )
    print(answer.parse().choices[0].message.content)
    print("provider:", answer.headers["x-llm-proxy-provider"], "request:", answer.headers["x-request-id"])


def stream(question: str) -> None:
    chunks = client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": question}],
        stream=True,
        stream_options={"include_usage": True},
    )
    for chunk in chunks:
        if chunk.choices:
            print(chunk.choices[0].delta.content or "", end="", flush=True)
        if chunk.usage:
            print(f"\n{chunk.usage.total_tokens} tokens")


def call_tool() -> None:
    weather = {
        "type": "function",
        "function": {
            "name": "get_weather",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
        },
    }
    answer = client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "What is the weather in Lisbon?"}],
        tools=[weather],
        tool_choice="required",
    )
    for call in answer.choices[0].message.tool_calls or []:
        print(call.function.name, call.function.arguments)


def fail() -> None:
    try:
        client.chat.completions.create(model="gpt-4o-mimi", messages=[{"role": "user", "content": "Hello"}])
    except NotFoundError as error:
        print(error.status_code, error.code, error.body["message"])


ask("Hello")
stream("Count to five")
call_tool()
fail()
