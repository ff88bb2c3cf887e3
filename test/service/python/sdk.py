"""OpenAI's Python client against the gateway: one function for each thing that a program does with it.

Usage: python sdk.py FUNCTION, with LLM_PROXY_URL and LLM_PROXY_KEY in the environment. It fails by an exception.
"""

import asyncio
import json
import os
import sys

import openai
from openai import AsyncOpenAI, OpenAI

MODEL = "gpt-4o-mini"
MESSAGES = [{"role": "user", "content": "What are the weather and the time in Lisbon?"}]
OPTIONS = {
    "base_url": os.environ["LLM_PROXY_URL"] + "/v1",
    "api_key": os.environ["LLM_PROXY_KEY"],
    "max_retries": 0,
}

client = OpenAI(**OPTIONS)


def tool(name):
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    return {"type": "function", "function": {"name": name, "description": name, "parameters": parameters}}


def plain():
    answer = client.chat.completions.create(model=MODEL, messages=MESSAGES)
    assert "Lisbon" in answer.choices[0].message.content, answer
    assert answer.choices[0].finish_reason == "stop", answer
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens, answer
    raw = client.chat.completions.with_raw_response.create(model=MODEL, messages=MESSAGES)
    assert raw.headers["x-llm-proxy-provider"] == "simulator", raw.headers
    assert raw.headers["x-request-id"], raw.headers


def stream():
    chunks = list(
        client.chat.completions.create(
            model=MODEL, messages=MESSAGES, stream=True, stream_options={"include_usage": True}
        )
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert "Lisbon" in text, text
    assert len(chunks) > 10, chunks
    assert chunks[-1].usage.completion_tokens > 5, chunks[-1]
    assert all(chunk.usage is None for chunk in chunks[:-1]), chunks


def stream_helper():
    with client.chat.completions.stream(model=MODEL, messages=MESSAGES) as events:
        kinds = {event.type for event in events}
        answer = events.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= kinds, kinds
    assert "Lisbon" in answer.choices[0].message.content, answer


def tools():
    offered = [tool("get_weather"), tool("get_time")]
    asked = client.chat.completions.create(model=MODEL, messages=MESSAGES, tools=offered, parallel_tool_calls=True)
    message = asked.choices[0].message
    assert [call.function.name for call in message.tool_calls] == ["get_weather", "get_time"], asked
    assert all(json.loads(call.function.arguments) == {"city": "Lisbon"} for call in message.tool_calls), asked
    results = [
        {"role": "tool", "tool_call_id": call.id, "content": '{"degrees": 21}'} for call in message.tool_calls
    ]
    answer = client.chat.completions.create(model=MODEL, messages=[*MESSAGES, message, *results], tools=offered)
    assert "21" in answer.choices[0].message.content, answer


def streamed_tools():
    offered = [tool("get_weather")]
    with client.chat.completions.stream(model=MODEL, messages=MESSAGES, tools=offered) as events:
        call = events.get_final_completion().choices[0].message.tool_calls[0]
    assert (call.function.name, json.loads(call.function.arguments)) == ("get_weather", {"city": "Lisbon"}), call


def structured():
    from pydantic import BaseModel

    class City(BaseModel):
        name: str
        inhabitants: int

    answer = client.chat.completions.parse(model=MODEL, messages=MESSAGES, response_format=City)
    assert isinstance(answer.choices[0].message.parsed, City), answer


def embeddings():
    answer = client.embeddings.create(model="text-embedding-3-small", input=["one line", "another"])
    assert [len(item.embedding) for item in answer.data] == [1536, 1536]
    assert abs(sum(value * value for value in answer.data[0].embedding) - 1) < 1e-4
    floats = client.embeddings.create(
        model="text-embedding-3-small", input="one line", encoding_format="float", dimensions=64
    )
    assert len(floats.data[0].embedding) == 64


def completions():
    answer = client.completions.create(model="gpt-3.5-turbo-instruct", prompt="Once upon a time", max_tokens=8)
    assert answer.choices[0].text.strip() and answer.usage.completion_tokens == 8, answer


def models():
    names = [model.id for model in client.models.list()]
    assert MODEL in names, names
    assert client.models.retrieve(MODEL).id == MODEL


def expect_error(kind, call, **facts):
    try:
        call()
    except kind as error:
        for name, value in facts.items():
            assert getattr(error, name) == value, (name, getattr(error, name), error)
        return error
    raise AssertionError(f"no {kind.__name__}")


def errors():
    def ask(asker=client, **changes):
        return lambda: asker.chat.completions.create(**{"model": MODEL, "messages": MESSAGES, **changes})

    stranger = OpenAI(**{**OPTIONS, "api_key": "sk-wrong"})
    expect_error(openai.AuthenticationError, ask(stranger), status_code=401, code="invalid_api_key")
    unknown = expect_error(openai.NotFoundError, ask(model="gpt-4o-mimi"), code="model_not_found", param="model")
    assert "gpt-4o-mini" in unknown.message, unknown
    expect_error(openai.BadRequestError, ask(temperature="hot"), param="temperature")
    expect_error(openai.BadRequestError, ask(messages=[]), param="messages")
    expect_error(openai.RateLimitError, ask(model="simulator-error-429"))
    expect_error(openai.InternalServerError, ask(model="simulator-error-500"))
    expect_error(openai.APITimeoutError, ask(model="simulator-slow", timeout=0.5))
    expect_error(openai.APIError, lambda: list(ask(model="simulator-cut", stream=True)()))


def asynchronous():
    async def ask():
        async with AsyncOpenAI(**OPTIONS) as own:
            answers = await asyncio.gather(
                *(own.chat.completions.create(model=MODEL, messages=MESSAGES) for _ in range(8))
            )
            assert all("Lisbon" in answer.choices[0].message.content for answer in answers), answers
            chunks = await own.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
            text = ""
            async for chunk in chunks:
                text += chunk.choices[0].delta.content or ""
            assert "Lisbon" in text, text
            vectors = await own.embeddings.create(model="text-embedding-3-small", input="one line")
            assert len(vectors.data[0].embedding) == 1536

    asyncio.run(ask())


def leave_stream():
    with client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True) as chunks:
        next(iter(chunks))
    assert client.chat.completions.create(model=MODEL, messages=MESSAGES).choices


if __name__ == "__main__":
    globals()[sys.argv[1]]()
