"""What the scripted vendors behind the gateway say, and the way to go through all of them with one client.

In the environment: LLM_PROXY_URL, LLM_PROXY_KEY, and LLM_PROXY_VENDORS, a JSON object with what is expected.
"""

import json
import os

from pydantic import BaseModel

URL = os.environ["LLM_PROXY_URL"]
KEY = os.environ["LLM_PROXY_KEY"]
VENDORS = json.loads(os.environ["LLM_PROXY_VENDORS"])
GREETING = VENDORS["greeting"]
RESULT = VENDORS["result"]
CITY = VENDORS["city"]
INPUT_TOKENS = VENDORS["input_tokens"]
OUTPUT_TOKENS = VENDORS["output_tokens"]
FAILURE = VENDORS["failure"]

PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FUNCTION_TOOL = {
    "type": "function",
    "function": {"name": "get_weather", "description": "Tells the weather.", "parameters": PARAMETERS},
}


class City(BaseModel):
    name: str
    inhabitants: int


def limited(model):
    """The same vendor with a key that it limits."""
    return f"limited-{model}"


def get_weather(city: str) -> str:
    """Tells the weather.

    Args:
        city: Where.
    """
    assert city == "Lisbon", city
    return "sunny"


def equal(seen, expected):
    assert seen == expected, f"{seen!r} is not {expected!r}"


def raises(kind, call):
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


def run(*functions):
    for model in VENDORS["models"]:
        for function in functions:
            try:
                function(model)
            except Exception as error:
                raise RuntimeError(f"{function.__name__} with {model}") from error
