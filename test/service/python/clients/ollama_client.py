"""Ollama's client, with the gateway's key in a header."""

from ollama import Client, ResponseError
from vendors import *

client = Client(host=URL, headers={"authorization": f"Bearer {KEY}"})
MESSAGES = [{"role": "user", "content": "Hi"}]


def chat(model):
    answer = client.chat(model=model, messages=MESSAGES, options={"num_predict": 100})
    equal((answer.message.content, answer.done_reason), (GREETING, "stop"))
    equal((answer.prompt_eval_count, answer.eval_count), (INPUT_TOKENS, OUTPUT_TOKENS))


def stream(model):
    chunks = list(client.chat(model=model, messages=MESSAGES, stream=True))
    pieces = [chunk.message.content for chunk in chunks if chunk.message.content]
    assert len(pieces) > 1, pieces
    equal("".join(pieces), GREETING)
    equal((chunks[-1].done, chunks[-1].eval_count), (True, OUTPUT_TOKENS))


def tools(model):
    """The client makes the schema of the function from its signature and its words."""
    for streaming in (False, True):
        asked = client.chat(model=model, messages=MESSAGES, tools=[get_weather], stream=streaming)
        messages = [part.message for part in asked] if streaming else [asked.message]
        (call,) = [call for message in messages for call in message.tool_calls or []]
        text = "".join(message.content or "" for message in messages)
        history = [
            *MESSAGES,
            {"role": "assistant", "content": text, "tool_calls": [call]},
            {"role": "tool", "tool_name": call.function.name, "content": get_weather(**call.function.arguments)},
        ]
        answer = client.chat(model=model, messages=history, tools=[get_weather])
        equal(answer.message.content, RESULT)


def structured(model):
    answer = client.chat(model=model, messages=MESSAGES, format=City.model_json_schema())
    equal(City.model_validate_json(answer.message.content), City(**CITY))


def errors(model):
    def ask(name, content="Hi"):
        return lambda: client.chat(model=name, messages=[{"role": "user", "content": content}])

    refusal = raises(ResponseError, ask(model, FAILURE))
    equal((refusal.status_code, refusal.error), (400, "words of the vendor"))
    equal(raises(ResponseError, ask(limited(model))).status_code, 429)
    equal(raises(ResponseError, ask("nobody")).status_code, 404)


run(chat, stream, tools, structured, errors)
