"""Anthropic's client."""

import anthropic
from vendors import *

client = anthropic.Anthropic(base_url=URL, api_key=KEY, max_retries=0)
MESSAGES = [{"role": "user", "content": "Hi"}]
TOOLS = [{"name": "get_weather", "description": "Tells the weather.", "input_schema": PARAMETERS}]


def chat(model):
    answer = client.messages.create(model=model, max_tokens=100, system="Be brief.", messages=MESSAGES)
    equal([block.text for block in answer.content], [GREETING])
    equal(answer.stop_reason, "end_turn")
    equal((answer.usage.input_tokens, answer.usage.output_tokens), (INPUT_TOKENS, OUTPUT_TOKENS))


def stream(model):
    with client.messages.stream(model=model, max_tokens=100, messages=MESSAGES) as events:
        pieces = list(events.text_stream)
        answer = events.get_final_message()
    assert len(pieces) > 1, pieces
    equal("".join(pieces), GREETING)
    equal((answer.stop_reason, answer.usage.output_tokens), ("end_turn", OUTPUT_TOKENS))


def tools(model):
    with client.messages.stream(model=model, max_tokens=100, messages=MESSAGES, tools=TOOLS) as events:
        asked = events.get_final_message()
    equal(asked.stop_reason, "tool_use")
    call = asked.content[-1]
    result = {"type": "tool_result", "tool_use_id": call.id, "content": get_weather(**call.input)}
    history = [
        *MESSAGES,
        {"role": "assistant", "content": asked.content},
        {"role": "user", "content": [result]},
    ]
    answer = client.messages.create(model=model, max_tokens=100, messages=history, tools=TOOLS)
    equal(answer.content[0].text, RESULT)


def structured(model):
    answer = client.messages.parse(model=model, max_tokens=100, messages=MESSAGES, output_format=City)
    equal(answer.parsed_output, City(**CITY))


def counted(model):
    assert client.messages.count_tokens(model=model, messages=MESSAGES).input_tokens > 0


def errors(model):
    def ask(**changes):
        return lambda: client.messages.create(**{"model": model, "max_tokens": 9, "messages": MESSAGES, **changes})

    refusal = raises(anthropic.BadRequestError, ask(messages=[{"role": "user", "content": FAILURE}]))
    assert "words of the vendor" in str(refusal), refusal
    raises(anthropic.RateLimitError, ask(model=limited(model)))
    raises(anthropic.NotFoundError, ask(model="nobody"))


run(chat, stream, tools, structured, counted, errors)
