"""LangChain's client of OpenAI's APIs: chat completions, and responses."""

import openai
from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from vendors import *

MESSAGES = [SystemMessage("Be brief."), HumanMessage("Hi")]
weather = tool(get_weather)


def openers(model):
    for use_responses_api in (False, True):
        yield ChatOpenAI(
            model=model,
            base_url=f"{URL}/v1",
            api_key=KEY,
            max_retries=0,
            stream_usage=True,
            use_responses_api=use_responses_api,
        )


def chat(model):
    for llm in openers(model):
        answer = llm.invoke(MESSAGES)
        equal(answer.text, GREETING)
        usage = answer.usage_metadata
        equal((usage["input_tokens"], usage["output_tokens"]), (INPUT_TOKENS, OUTPUT_TOKENS))


def stream(model):
    for llm in openers(model):
        chunks = list(llm.stream(MESSAGES))
        pieces = [chunk.text for chunk in chunks if chunk.text]
        assert len(pieces) > 1, pieces
        equal("".join(pieces), GREETING)
        (usage,) = [chunk.usage_metadata for chunk in chunks if chunk.usage_metadata]
        equal(usage["output_tokens"], OUTPUT_TOKENS)


def tools(model):
    for llm in openers(model):
        bound = llm.bind_tools([weather])
        asked = None
        for chunk in bound.stream(MESSAGES):
            asked = chunk if asked is None else asked + chunk
        (call,) = asked.tool_calls
        result = ToolMessage(weather.invoke(call["args"]), tool_call_id=call["id"])
        equal(bound.invoke([*MESSAGES, asked, result]).text, RESULT)


def structured(model):
    for llm in openers(model):
        for method in ("json_schema", "function_calling"):
            equal(llm.with_structured_output(City, method=method).invoke(MESSAGES), City(**CITY))


def errors(model):
    for llm in openers(model):
        refusal = raises(openai.BadRequestError, lambda: llm.invoke([HumanMessage(FAILURE)]))
        assert "words of the vendor" in str(refusal), refusal
    for llm in openers(limited(model)):
        raises(openai.RateLimitError, lambda: llm.invoke(MESSAGES))


run(chat, stream, tools, structured, errors)
