"""Runs the programs of the product's documentation. What they leave undefined gets the least that makes them run.

Usage: python run_documented.py FUNCTION, with LLM_PROXY_URL and LLM_PROXY_KEY in the environment. LLM_PROXY_MAX_TOKENS
shortens the answers and takes the chance out of them, for a real model that is slow. It fails by an exception.
"""

import asyncio
import contextlib
import io
import os
import sys
import time

import requests

import documented_examples as examples
import documented_use_cases as cases

URL = os.environ["LLM_PROXY_URL"]
KEY = os.environ["LLM_PROXY_KEY"]
MAX_TOKENS = int(os.environ.get("LLM_PROXY_MAX_TOKENS", "0"))

DOCUMENT = "O contrato de manutenção vence em 31 de janeiro. A equipe está satisfeita e quer renová-lo por um ano."


def shorten_answers():
    post = requests.post

    def post_shortened(*arguments, json, **options):
        return post(*arguments, json={**json, "max_tokens": MAX_TOKENS, "temperature": 0}, **options)

    requests.post = post_shortened


def text_of(answer):
    assert answer is not None, "no answer"
    assert "choices" in answer, answer
    text = answer["choices"][0]["message"]["content"]
    assert text.strip(), answer
    return text


def chat_application():
    chat = examples.ChatApplication(URL, KEY)
    text_of(chat.send_message("Explique quantum computing de forma simples"))
    text_of(chat.send_message("Explique quantum computing de forma simples", "claude-3-opus"))


def chat_application_with_a_wrong_key():
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        answer = examples.ChatApplication(URL, "your-api-key").send_message("Olá")
    assert answer is None and "401" in output.getvalue(), output.getvalue()


def document_comparison():
    class Analyzer(examples.DocumentAnalyzer):
        def _compare_results(self, results):
            return {model: text_of(answer) for model, answer in results.items()}

    analysis = Analyzer(URL, KEY).analyze_document(DOCUMENT)
    assert set(analysis) == {"gpt-4", "claude-3-opus", "gpt-3.5-turbo"}, analysis


def recommendation_system():
    class System(examples.RecommendationSystem):
        def _parse_recommendations(self, response):
            return text_of(response).split("\n")

    system = System(URL, KEY)
    first = system.get_recommendations("leitora, 34 anos", "romances históricos")
    assert first and system.get_recommendations("leitora, 34 anos", "romances históricos") is first


def real_time_monitor():
    class Monitor(examples.RealTimeMonitor):
        def _analyze_performance(self, metrics):
            return metrics["performance"]

        def _check_alerts(self, performance):
            assert performance, "no performance in the metrics"
            return []

    def interrupt(_seconds):
        raise KeyboardInterrupt

    time.sleep = interrupt
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        Monitor(URL).start_monitoring()
    lines = dict(line.split(": ") for line in output.getvalue().splitlines() if ": " in line)
    assert float(lines["Uptime"].removesuffix(" segundos")) >= 0, lines
    assert lines["Status"] == "healthy", lines
    assert int(lines["Provedores Ativos"]) == 1, lines
    assert lines["Cache Hit Rate"] == "0.00%", lines
    assert "Monitoramento interrompido." in output.getvalue()


def load_tester():
    class Tester(examples.LoadTester):
        async def _collect_results(self):
            return output.getvalue().splitlines()

        def _analyze_results(self, results, duration):
            successes = sum("Request successful" in line for line in results)
            assert successes >= users, results
            assert not any("failed" in line or "Error" in line for line in results), results

    users, seconds = (5, 4) if MAX_TOKENS == 0 else (2, 12)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        asyncio.run(Tester(URL, KEY).run_load_test(concurrent_users=users, duration=seconds))


def multi_language_chat():
    chat = cases.MultiLanguageChat(URL, KEY)
    for language in ("en", "pt", "es", "fr", "de"):
        text_of(chat.chat("Olá, como você está?", language))


def sentiment_analyzer():
    analyzer = cases.SentimentAnalyzer(URL, KEY)
    text_of(analyzer.analyze_sentiment("Adorei o atendimento."))
    text_of(analyzer.analyze_sentiment("Adorei o atendimento.", detailed=True))


def content_generator():
    generator = cases.ContentGenerator(URL, KEY)
    for kind in ("blog_post", "article", "social_media", "email", "product_description", "poem"):
        text_of(generator.generate_content(kind, "energia solar", "short"))


def intelligent_translator():
    translator = cases.IntelligentTranslator(URL, KEY)
    text_of(translator.translate("Good morning, everybody", "português"))
    text_of(translator.translate("The breaker is open", "português", context="eletrônica"))


def document_analyzer():
    analyzer = cases.DocumentAnalyzer(URL, KEY)
    for kind in ("summary", "key_points", "sentiment", "topics", "action_items", "questions", "other"):
        text_of(analyzer.analyze_document(DOCUMENT, kind))


if __name__ == "__main__":
    if MAX_TOKENS > 0:
        shorten_answers()
    globals()[sys.argv[1]]()
