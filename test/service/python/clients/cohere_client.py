"""Cohere's client."""

import json

import cohere
from cohere.errors import BadRequestError, NotFoundError, TooManyRequestsError
from vendors import *

client = cohere.ClientV2(api_key=KEY, base_url=URL)
MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]


def chat(model):
    answer = client.chat(model=model, messages=MESSAGES)
    equal([item.text for item in answer.message.content], [GREETING])
    equal(answer.finish_reason, "COMPLETE")
    equal((answer.usage.tokens.input_tokens, answer.usage.tokens.output_tokens), (INPUT_TOKENS, OUTPUT_TOKENS))


def stream(model):
    events = list(client.chat_stream(model=model, messages=MESSAGES))
    pieces = [event.delta.message.content.text for event in events if event.type == "content-delta"]
    assert len(pieces) > 1, pieces
    equal("".join(pieces), GREETING)
    equal((events[0].type, events[-1].type), ("message-start", "message-end"))
    equal(events[-1].delta.usage.tokens.output_tokens, OUTPUT_TOKENS)


def tools(model):
    asked = client.chat(model=model, messages=MESSAGES, tools=[FUNCTION_TOOL])
    equal(asked.finish_reason, "TOOL_CALL")
    (call,) = asked.message.tool_calls
    result = get_weather(**json.loads(call.function.arguments))
    content = [{"type": "document", "document": {"data": result}}]
    history = [*MESSAGES, asked.message, {"role": "tool", "tool_call_id": call.id, "content": content}]
    answer = client.chat(model=model, messages=history, tools=[FUNCTION_TOOL])
    assert "sunny" in answer.message.content[0].text, answer


def streamed_tools(model):
    name, written = "", ""
    for event in client.chat_stream(model=model, messages=MESSAGES, tools=[FUNCTION_TOOL]):
        if event.type == "tool-call-start":
            name = event.delta.message.tool_calls.function.name
            written += event.delta.message.tool_calls.function.arguments or ""
        elif event.type == "tool-call-delta":
            written += event.delta.message.tool_calls.function.arguments
    equal((name, json.loads(written)), ("get_weather", {"city": "Lisbon"}))


def structured(model):
    wanted = {"type": "json_object", "json_schema": City.model_json_schema()}
    answer = client.chat(model=model, messages=MESSAGES, response_format=wanted)
    equal(City.model_validate_json(answer.message.content[0].text), City(**CITY))


def errors(model):
    def ask(name, content="Hi"):
        options = {"max_retries": 0}
        messages = [{"role": "user", "content": content}]
        return lambda: client.chat(model=name, messages=messages, request_options=options)

    assert "words of the vendor" in str(raises(BadRequestError, ask(model, FAILURE)).body)
    raises(TooManyRequestsError, ask(limited(model)))
    raises(NotFoundError, ask("nobody"))


run(chat, stream, tools, streamed_tools, structured, errors)
