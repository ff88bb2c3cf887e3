"""The example programs of the product's documentation, as they are written there."""

import requests
import time
import json
import asyncio
import aiohttp


class ChatApplication:
    def __init__(self, proxy_url, api_key):
        self.proxy_url = proxy_url
        self.headers = {
            'Authorization': f'Bearer {api_key}',
            'Content-Type': 'application/json'
        }

    def send_message(self, message, model_preference=None):
        """Envia mensagem com fallback automático entre provedores"""
        payload = {
            'model': model_preference or 'gpt-4',  # Fallback para claude-3 se falhar
            'messages': [{'role': 'user', 'content': message}],
            'max_tokens': 1000,
            'temperature': 0.7
        }

        try:
            response = requests.post(
                f'{self.proxy_url}/v1/chat/completions',
                headers=self.headers,
                json=payload
            )
            response.raise_for_status()
            return response.json()
        except Exception as e:
            print(f"Erro na comunicação: {e}")
            return None


class DocumentAnalyzer:
    def __init__(self, proxy_url, api_key):
        self.proxy_url = proxy_url
        self.api_key = api_key

    def analyze_document(self, document_text):
        """Analisa documento usando múltiplos modelos para comparação"""
        models = ['gpt-4', 'claude-3-opus', 'gpt-3.5-turbo']
        results = {}

        for model in models:
            try:
                response = self._get_analysis(document_text, model)
                results[model] = response
            except Exception as e:
                print(f"Erro com modelo {model}: {e}")

        return self._compare_results(results)

    def _get_analysis(self, text, model):
        """Obtém análise de um modelo específico"""
        payload = {
            'model': model,
            'messages': [
                {'role': 'system', 'content': 'Analise o documento e forneça insights.'},
                {'role': 'user', 'content': text}
            ]
        }

        response = requests.post(
            f'{self.proxy_url}/v1/chat/completions',
            headers={'Authorization': f'Bearer {self.api_key}'},
            json=payload
        )
        return response.json()


class RecommendationSystem:
    def __init__(self, proxy_url, api_key):
        self.proxy_url = proxy_url
        self.api_key = api_key
        self.cache = {}  # Cache local para otimização

    def get_recommendations(self, user_profile, preferences):
        """Gera recomendações personalizadas"""
        cache_key = f"{user_profile}_{preferences}"

        # Verifica cache primeiro
        if cache_key in self.cache:
            return self.cache[cache_key]

        # Gera recomendações usando IA
        prompt = f"""
        Perfil do usuário: {user_profile}
        Preferências: {preferences}

        Gere 5 recomendações personalizadas.
        """

        response = self._call_ai(prompt)
        recommendations = self._parse_recommendations(response)

        # Armazena no cache
        self.cache[cache_key] = recommendations
        return recommendations

    def _call_ai(self, prompt):
        """Chama API de IA com fallback automático"""
        payload = {
            'model': 'gpt-4',  # Fallback automático se falhar
            'messages': [{'role': 'user', 'content': prompt}],
            'max_tokens': 500
        }

        response = requests.post(
            f'{self.proxy_url}/v1/chat/completions',
            headers={'Authorization': f'Bearer {self.api_key}'},
            json=payload
        )
        return response.json()


class RealTimeMonitor:
    def __init__(self, proxy_url):
        self.proxy_url = proxy_url

    def start_monitoring(self):
        """Inicia monitoramento em tempo real"""
        while True:
            try:
                # Obtém métricas do sistema
                metrics = self._get_metrics()

                # Verifica saúde dos provedores
                health = self._check_health()

                # Analisa performance
                performance = self._analyze_performance(metrics)

                # Gera alertas se necessário
                alerts = self._check_alerts(performance)

                # Exibe status
                self._display_status(metrics, health, alerts)

                time.sleep(30)  # Atualiza a cada 30 segundos

            except KeyboardInterrupt:
                print("Monitoramento interrompido.")
                break

    def _get_metrics(self):
        """Obtém métricas do sistema"""
        response = requests.get(f'{self.proxy_url}/metrics')
        return response.json()

    def _check_health(self):
        """Verifica saúde dos provedores"""
        response = requests.get(f'{self.proxy_url}/health')
        return response.json()

    def _display_status(self, metrics, health, alerts):
        """Exibe status do sistema"""
        print(f"\n=== Status do Sistema ===")
        print(f"Uptime: {health.get('uptime', 'N/A')} segundos")
        print(f"Status: {health.get('status', 'N/A')}")
        print(f"Provedores Ativos: {health.get('providers', {}).get('healthy', 0)}")
        print(f"Cache Hit Rate: {metrics.get('cache_performance', {}).get('hit_rate', 0):.2%}")
        print(f"Alertas Ativos: {len(alerts)}")


class LoadTester:
    def __init__(self, proxy_url, api_key):
        self.proxy_url = proxy_url
        self.api_key = api_key

    async def run_load_test(self, concurrent_users=100, duration=300):
        """Executa teste de carga"""
        print(f"Iniciando teste de carga: {concurrent_users} usuários por {duration}s")

        start_time = time.time()
        tasks = []

        # Cria tarefas concorrentes
        for i in range(concurrent_users):
            task = asyncio.create_task(self._simulate_user(i))
            tasks.append(task)

        # Executa por duração especificada
        await asyncio.sleep(duration)

        # Cancela tarefas
        for task in tasks:
            task.cancel()

        # Coleta resultados
        results = await self._collect_results()
        self._analyze_results(results, duration)

    async def _simulate_user(self, user_id):
        """Simula um usuário fazendo requests"""
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    payload = {
                        'model': 'gpt-3.5-turbo',
                        'messages': [{'role': 'user', 'content': f'Request from user {user_id}'}],
                        'max_tokens': 100
                    }

                    async with session.post(
                        f'{self.proxy_url}/v1/chat/completions',
                        headers={'Authorization': f'Bearer {self.api_key}'},
                        json=payload
                    ) as response:
                        if response.status == 200:
                            print(f"User {user_id}: Request successful")
                        else:
                            print(f"User {user_id}: Request failed - {response.status}")

                    await asyncio.sleep(1)  # 1 request por segundo

                except asyncio.CancelledError:
                    break
                except Exception as e:
                    print(f"User {user_id}: Error - {e}")
