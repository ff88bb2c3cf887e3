"""The advanced use cases of the product's documentation, as they are written there."""

import requests


class MultiLanguageChat:
    def __init__(self, proxy_url, api_key):
        self.proxy_url = proxy_url
        self.api_key = api_key
        self.language_models = {
            'en': 'gpt-4',
            'pt': 'gpt-3.5-turbo',
            'es': 'claude-3-sonnet',
            'fr': 'gpt-3.5-turbo'
        }

    def chat(self, message, language='en', user_id=None):
        """Chat com suporte multi-idioma"""
        model = self.language_models.get(language, 'gpt-3.5-turbo')

        # Adiciona contexto de idioma
        system_prompt = f"Responda em {language}. Seja útil e preciso."

        payload = {
            'model': model,
            'messages': [
                {'role': 'system', 'content': system_prompt},
                {'role': 'user', 'content': message}
            ],
            'max_tokens': 500,
            'temperature': 0.7
        }

        response = requests.post(
            f'{self.proxy_url}/v1/chat/completions',
            headers={'Authorization': f'Bearer {self.api_key}'},
            json=payload
        )

        return response.json()


class SentimentAnalyzer:
    def __init__(self, proxy_url, api_key):
        self.proxy_url = proxy_url
        self.api_key = api_key

    def analyze_sentiment(self, text, detailed=False):
        """Analisa sentimento do texto"""
        prompt = f"""
        Analise o sentimento do seguinte texto:
        "{text}"

        Retorne apenas: POSITIVO, NEGATIVO ou NEUTRO
        """

        if detailed:
            prompt += """
            Se solicitado detalhado, também forneça:
            - Confiança (0-1)
            - Emoções detectadas
            - Explicação breve
            """

        payload = {
            'model': 'gpt-3.5-turbo',
            'messages': [{'role': 'user', 'content': prompt}],
            'max_tokens': 100,
            'temperature': 0.1
        }

        response = requests.post(
            f'{self.proxy_url}/v1/chat/completions',
            headers={'Authorization': f'Bearer {self.api_key}'},
            json=payload
        )

        return response.json()


class ContentGenerator:
    def __init__(self, proxy_url, api_key):
        self.proxy_url = proxy_url
        self.api_key = api_key

    def generate_content(self, content_type, topic, length='medium'):
        """Gera conteúdo de diferentes tipos"""
        length_map = {
            'short': 200,
            'medium': 500,
            'long': 1000
        }

        max_tokens = length_map.get(length, 500)

        prompts = {
            'blog_post': f"Escreva um post de blog sobre {topic}",
            'article': f"Escreva um artigo sobre {topic}",
            'social_media': f"Escreva um post para redes sociais sobre {topic}",
            'email': f"Escreva um email sobre {topic}",
            'product_description': f"Escreva uma descrição de produto para {topic}"
        }

        prompt = prompts.get(content_type, f"Escreva sobre {topic}")

        payload = {
            'model': 'gpt-4',
            'messages': [{'role': 'user', 'content': prompt}],
            'max_tokens': max_tokens,
            'temperature': 0.7
        }

        response = requests.post(
            f'{self.proxy_url}/v1/chat/completions',
            headers={'Authorization': f'Bearer {self.api_key}'},
            json=payload
        )

        return response.json()


class IntelligentTranslator:
    def __init__(self, proxy_url, api_key):
        self.proxy_url = proxy_url
        self.api_key = api_key

    def translate(self, text, target_language, context=None):
        """Traduz texto com contexto"""
        context_prompt = ""
        if context:
            context_prompt = f"Contexto: {context}\n\n"

        prompt = f"""
        {context_prompt}Traduza o seguinte texto para {target_language}:
        "{text}"

        Mantenha o tom e estilo original. Se for técnico, use terminologia apropriada.
        """

        payload = {
            'model': 'gpt-4',
            'messages': [{'role': 'user', 'content': prompt}],
            'max_tokens': len(text) * 2,  # Estimativa de tokens
            'temperature': 0.3
        }

        response = requests.post(
            f'{self.proxy_url}/v1/chat/completions',
            headers={'Authorization': f'Bearer {self.api_key}'},
            json=payload
        )

        return response.json()


class DocumentAnalyzer:
    def __init__(self, proxy_url, api_key):
        self.proxy_url = proxy_url
        self.api_key = api_key

    def analyze_document(self, document_text, analysis_type='summary'):
        """Analisa documento de diferentes formas"""
        analysis_prompts = {
            'summary': "Forneça um resumo executivo do documento",
            'key_points': "Extraia os pontos principais do documento",
            'sentiment': "Analise o sentimento geral do documento",
            'topics': "Identifique os tópicos principais discutidos",
            'action_items': "Identifique itens de ação ou próximos passos",
            'questions': "Gere perguntas relevantes sobre o conteúdo"
        }

        prompt = f"""
        {analysis_prompts.get(analysis_type, 'Analise o documento')}:

        {document_text}
        """

        payload = {
            'model': 'gpt-4',
            'messages': [{'role': 'user', 'content': prompt}],
            'max_tokens': 1000,
            'temperature': 0.3
        }

        response = requests.post(
            f'{self.proxy_url}/v1/chat/completions',
            headers={'Authorization': f'Bearer {self.api_key}'},
            json=payload
        )

        return response.json()
