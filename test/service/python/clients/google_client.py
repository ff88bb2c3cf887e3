"""Google's client."""

from google import genai
from google.genai import errors as google_errors
from google.genai import types
from vendors import *

client = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=URL))


def chat(model):
    config = types.GenerateContentConfig(system_instruction="Be brief.", max_output_tokens=100)
    answer = client.models.generate_content(model=model, contents="Hi", config=config)
    equal(answer.text, GREETING)
    usage = answer.usage_metadata
    equal((usage.prompt_token_count, usage.candidates_token_count), (INPUT_TOKENS, OUTPUT_TOKENS))


def stream(model):
    chunks = list(client.models.generate_content_stream(model=model, contents="Hi"))
    pieces = [chunk.text for chunk in chunks if chunk.text]
    assert len(pieces) > 1, pieces
    equal("".join(pieces), GREETING)
    equal(chunks[-1].usage_metadata.candidates_token_count, OUTPUT_TOKENS)


def tools(model):
    """The client calls the function by itself."""
    config = types.GenerateContentConfig(tools=[get_weather])
    talk = client.chats.create(model=model, config=config)
    assert "sunny" in talk.send_message("How is the weather?").text
    assert "sunny" in "".join(chunk.text or "" for chunk in talk.send_message_stream("And there?"))
    assert "sunny" in talk.send_message("And now?").text


def structured(model):
    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=City)
    answer = client.models.generate_content(model=model, contents="A city", config=config)
    equal(answer.parsed, City(**CITY))


def counted(model):
    assert client.models.count_tokens(model=model, contents="Hello").total_tokens > 0


def errors(model):
    def ask(name, contents="Hi"):
        return lambda: client.models.generate_content(model=name, contents=contents)

    refusal = raises(google_errors.ClientError, ask(model, FAILURE))
    equal((refusal.code, refusal.status, refusal.message), (400, "INVALID_ARGUMENT", "words of the vendor"))
    equal(raises(google_errors.ClientError, ask(limited(model))).code, 429)
    equal(raises(google_errors.ClientError, ask("nobody")).status, "NOT_FOUND")


def embeddings(_model):
    answer = client.models.embed_content(model="gemini-embedding-001", contents=["one", "two"])
    equal([item.values for item in answer.embeddings], [[0.5, -1], [0.5, -1]])


run(chat, stream, tools, structured, counted, errors, embeddings)
