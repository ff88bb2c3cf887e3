"""Mistral's client."""

import json

from mistralai.client import Mistral
from mistralai.client.errors import SDKError
from vendors import *

client = Mistral(api_key=KEY, server_url=URL)
MESSAGES = [{"role": "user", "content": "Hi"}]


def chat(model):
    answer = client.chat.complete(model=model, messages=MESSAGES, max_tokens=100)
    equal(answer.choices[0].message.content, GREETING)
    equal((answer.usage.prompt_tokens, answer.usage.completion_tokens), (INPUT_TOKENS, OUTPUT_TOKENS))


def stream(model):
    with client.chat.stream(model=model, messages=MESSAGES) as events:
        choices = [event.data.choices[0] for event in events if event.data.choices]
    pieces = [choice.delta.content for choice in choices if choice.delta.content]
    assert len(pieces) > 1, pieces
    equal("".join(pieces), GREETING)
    equal(choices[-1].finish_reason, "stop")


def tools(model):
    asked = client.chat.complete(model=model, messages=MESSAGES, tools=[FUNCTION_TOOL])
    message = asked.choices[0].message
    (call,) = message.tool_calls
    result = get_weather(**json.loads(call.function.arguments))
    told = {"role": "tool", "tool_call_id": call.id, "name": "get_weather", "content": result}
    answer = client.chat.complete(model=model, messages=[*MESSAGES, message, told], tools=[FUNCTION_TOOL])
    equal(answer.choices[0].message.content, RESULT)


def streamed_tools(model):
    with client.chat.stream(model=model, messages=MESSAGES, tools=[FUNCTION_TOOL]) as events:
        chunks = [event.data for event in events]
    (call,) = [call for chunk in chunks for choice in chunk.choices for call in choice.delta.tool_calls or []]
    equal(get_weather(**json.loads(call.function.arguments)), "sunny")
    equal(chunks[-1].choices[0].finish_reason, "tool_calls")
    equal(chunks[-1].usage.prompt_tokens, INPUT_TOKENS)


def embeddings(model):
    """Of the vendors, those of chat completions and of Gemini have them."""
    if model.startswith("claude"):
        return
    name = "gemini-embedding-001" if model.startswith("gemini") else model
    answer = client.embeddings.create(model=name, inputs=["a", "b"])
    assert answer.id, answer
    equal([item.embedding for item in answer.data], [[0.5, -1], [0.5, -1]])


def models(model):
    listed = {card.id: card for card in client.models.list().data}
    assert listed[model].capabilities.completion_chat, listed[model]


def own_words(model):
    answer = client.chat.complete(model=model, messages=MESSAGES, random_seed=7, safe_prompt=True)
    equal(answer.choices[0].message.content, GREETING)
    refusal = raises(SDKError, lambda: client.chat.complete(model=model, messages=[]))
    equal(json.loads(refusal.body)["object"], "error")


def structured(model):
    answer = client.chat.parse(model=model, messages=MESSAGES, response_format=City)
    equal(answer.choices[0].message.parsed, City(**CITY))


def errors(model):
    def ask(name, content="Hi"):
        return lambda: client.chat.complete(model=name, messages=[{"role": "user", "content": content}])

    refusal = raises(SDKError, ask(model, FAILURE))
    equal(refusal.status_code, 400)
    assert "words of the vendor" in refusal.body, refusal.body
    equal(raises(SDKError, ask(limited(model))).status_code, 429)
    equal(raises(SDKError, ask("nobody")).status_code, 404)


run(chat, stream, tools, streamed_tools, structured, embeddings, models, own_words, errors)
