"""The client of AWS for Bedrock's Converse, with requests that it signs and with a bearer key."""

import hashlib
import json

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from vendors import *

OPTIONS = {"endpoint_url": f"{URL}/bedrock", "region_name": "eu-central-1"}
ONCE = {"total_max_attempts": 1}


def open_signing(key_id, secret):
    session = boto3.Session(aws_access_key_id=key_id, aws_secret_access_key=secret)
    return session.client("bedrock-runtime", config=Config(retries=ONCE), **OPTIONS)


def open_bearing(key):
    """AWS_BEARER_TOKEN_BEDROCK does the same, but this client takes it for HTTPS alone."""

    def bear(request, **_more):
        request.headers["authorization"] = f"Bearer {key}"

    config = Config(retries=ONCE, signature_version=UNSIGNED)
    client = boto3.Session().client("bedrock-runtime", config=config, **OPTIONS)
    client.meta.events.register("before-send.bedrock-runtime", bear)
    return client


signing = open_signing(f"key_{hashlib.sha256(KEY.encode()).hexdigest()[:12]}", KEY)
forging = open_signing("key_0", "x")
bearing = open_bearing(KEY)

MESSAGES = [{"role": "user", "content": [{"text": "Hi"}]}]
TOOLS = {
    "tools": [
        {
            "toolSpec": {
                "name": "get_weather",
                "description": "Tells the weather.",
                "inputSchema": {"json": PARAMETERS},
            }
        }
    ]
}


def chat(model):
    for client in (signing, bearing):
        answer = client.converse(
            modelId=model,
            system=[{"text": "Be brief."}],
            messages=MESSAGES,
            inferenceConfig={"maxTokens": 100, "temperature": 0.5},
        )
        equal(answer["output"]["message"]["content"], [{"text": GREETING}])
        equal(answer["stopReason"], "end_turn")
        usage = answer["usage"]
        equal((usage["inputTokens"], usage["outputTokens"]), (INPUT_TOKENS, OUTPUT_TOKENS))


def stream(model):
    for client in (signing, bearing):
        events = list(client.converse_stream(modelId=model, messages=MESSAGES)["stream"])
        pieces = [event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event]
        assert len(pieces) > 1, pieces
        equal("".join(pieces), GREETING)
        assert {"messageStop": {"stopReason": "end_turn"}} in events, events
        equal(events[-1]["metadata"]["usage"]["outputTokens"], OUTPUT_TOKENS)


def tools(model):
    asked = signing.converse(modelId=model, messages=MESSAGES, toolConfig=TOOLS)
    equal(asked["stopReason"], "tool_use")
    message = asked["output"]["message"]
    call = message["content"][-1]["toolUse"]
    content = [{"text": get_weather(**call["input"])}]
    result = {"role": "user", "content": [{"toolResult": {"toolUseId": call["toolUseId"], "content": content}}]}
    answer = signing.converse(modelId=model, messages=[*MESSAGES, message, result], toolConfig=TOOLS)
    equal(answer["output"]["message"]["content"][0]["text"], RESULT)


def streamed_tools(model):
    name, written = "", ""
    for event in signing.converse_stream(modelId=model, messages=MESSAGES, toolConfig=TOOLS)["stream"]:
        name += event.get("contentBlockStart", {}).get("start", {}).get("toolUse", {}).get("name", "")
        written += event.get("contentBlockDelta", {}).get("delta", {}).get("toolUse", {}).get("input", "")
    equal((name, json.loads(written)), ("get_weather", {"city": "Lisbon"}))


def structured(model):
    schema = {"name": "city", "schema": json.dumps(City.model_json_schema())}
    text_format = {"type": "json_schema", "structure": {"jsonSchema": schema}}
    answer = signing.converse(modelId=model, messages=MESSAGES, outputConfig={"textFormat": text_format})
    text = answer["output"]["message"]["content"][0]["text"]
    equal(City.model_validate_json(text), City(**CITY))


def errors(model):
    def ask(name, text="Hi", client=signing):
        return lambda: client.converse(modelId=name, messages=[{"role": "user", "content": [{"text": text}]}])

    refusal = raises(signing.exceptions.ValidationException, ask(model, FAILURE))
    assert "words of the vendor" in str(refusal), refusal
    raises(signing.exceptions.ThrottlingException, ask(limited(model)))
    raises(signing.exceptions.ResourceNotFoundException, ask("nobody"))
    raises(forging.exceptions.AccessDeniedException, ask(model, client=forging))


run(chat, stream, tools, streamed_tools, structured, errors)
