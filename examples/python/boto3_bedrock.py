"""The gateway with the SDK of AWS, which signs its requests: export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the
pair that `llm-proxy keys create` prints."""

import os

import boto3

MODEL = os.environ.get("LLM_PROXY_MODEL", "gpt-4o-mini")
MESSAGES = [{"role": "user", "content": [{"text": "Hello"}]}]

client = boto3.client(
    "bedrock-runtime",
    endpoint_url=os.environ.get("LLM_PROXY_URL", "http://localhost:8000") + "/bedrock",
    # Any region: it is part of what is signed, and means nothing here.
    region_name="us-east-1",
)

answer = client.converse(modelId=MODEL, messages=MESSAGES)
print(answer["output"]["message"]["content"][0]["text"])

for event in client.converse_stream(modelId=MODEL, messages=MESSAGES)["stream"]:
    if "contentBlockDelta" in event:
        print(event["contentBlockDelta"]["delta"]["text"], end="", flush=True)
    if "metadata" in event:
        print(f"\n{event['metadata']['usage']['totalTokens']} tokens")
