"""The gateway without an SDK: a chat that goes on, and a stream read line by line."""

import json
import os

import requests

URL = os.environ.get("LLM_PROXY_URL", "http://localhost:8000")
MODEL = os.environ.get("LLM_PROXY_MODEL", "gpt-4o-mini")


class Chat:
    def __init__(self, url: str, key: str) -> None:
        self.url = f"{url}/v1/chat/completions"
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {key}"
        self.messages = []

    def send(self, text: str) -> str:
        self.messages.append({"role": "user", "content": text})
        answer = self.session.post(self.url, json={"model": MODEL, "messages": self.messages}, timeout=600)
        if answer.status_code != 200:
            error = answer.json()["error"]
            raise RuntimeError(f"{answer.status_code} {error['code']}: {error['message']}")
        message = answer.json()["choices"][0]["message"]
        self.messages.append(message)
        return message["content"]

    def stream(self, text: str):
        body = {"model": MODEL, "stream": True, "messages": [{"role": "user", "content": text}]}
        with self.session.post(self.url, json=body, stream=True, timeout=600) as answer:
            answer.raise_for_status()
            for line in answer.iter_lines():
                if not line.startswith(b"data: "):
                    continue  # blank lines between events, and comments that keep the line open
                if line == b"data: [DONE]":
                    return
                event = json.loads(line[len(b"data: ") :])
                if "error" in event:
                    raise RuntimeError(event["error"]["message"])
                for choice in event["choices"]:
                    yield choice["delta"].get("content") or ""
        raise RuntimeError("the stream ended before its end")


chat = Chat(URL, os.environ["LLM_PROXY_KEY"])
print(chat.send("Hello"))
print(chat.send("What did I say?"))
for piece in chat.stream("Count to five"):
    print(piece, end="", flush=True)
print()
