// The agents: which package, how each is pointed at the gateway, and how it is run without a terminal.

import { globSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Surroundings {
  /** `http://127.0.0.1:PORT` of the gateway. */
  readonly url: string
  readonly key: string
  /** An empty home. */
  readonly home: string
  /** Where the files are; the working folder. */
  readonly folder: string
  readonly prompt: string
}

export interface Launch {
  readonly parameters: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

export interface Agent {
  readonly name: string
  readonly package: string
  readonly version: string
  /** The wire format in which it asks. */
  readonly format: string
  /** Its program, below `node_modules`; one that ends in `.js` is run by Node. May have wildcards for the platform. */
  readonly program: string
  /** The model that it is told to use, and those that it asks for of its own accord. */
  readonly models: readonly string[]
  /** Writes its settings, and says how it is started. */
  prepare(surroundings: Surroundings): Launch
}

function writeSettings(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

const claudeCode: Agent = {
  name: 'Claude Code',
  package: '@anthropic-ai/claude-code',
  version: '2.1.330',
  format: 'anthropic-messages',
  program: '@anthropic-ai/claude-code-*/claude',
  models: ['claude-sonnet-5-5', 'claude-haiku-5-5'],
  prepare: ({ url, key, prompt }) => ({
    parameters: ['-p', prompt, '--model', 'claude-sonnet-5-5'],
    environment: {
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: key,
      ANTHROPIC_SMALL_FAST_MODEL: 'claude-haiku-5-5',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    },
  }),
}

const codex: Agent = {
  name: 'Codex',
  package: '@openai/codex',
  version: '0.169.0',
  format: 'openai-responses',
  program: '@openai/codex/bin/codex.js',
  models: ['gpt-5.5'],
  prepare({ url, key, home, prompt }) {
    const settings = [
      'model = "gpt-5.5"',
      'model_provider = "gateway"',
      '[model_providers.gateway]',
      'name = "gateway"',
      `base_url = "${url}/v1"`,
      'env_key = "GATEWAY_KEY"',
      'wire_api = "responses"',
    ]
    writeSettings(join(home, '.codex/config.toml'), settings.join('\n'))
    return {
      parameters: ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', prompt],
      environment: { CODEX_HOME: join(home, '.codex'), GATEWAY_KEY: key },
    }
  },
}

const geminiCli: Agent = {
  name: 'Gemini CLI',
  package: '@google/gemini-cli',
  version: '0.61.0',
  format: 'gemini',
  program: '@google/gemini-cli/bundle/gemini.js',
  models: [
    'gemini-3.8-flash',
    'gemini-3.5-flash',
    'gemini-3.5-flash-lite',
    'gemini-3.1-pro-preview',
    'gemini-2.5-pro',
    'gemini-2.5-flash',
    'gemini-2.5-flash-lite',
  ],
  prepare({ url, key, home, prompt }) {
    const settings = {
      security: { auth: { selectedType: 'gemini-api-key' } },
      general: { disableAutoUpdate: true },
      privacy: { usageStatisticsEnabled: false },
    }
    writeSettings(join(home, '.gemini/settings.json'), JSON.stringify(settings))
    return {
      parameters: ['-p', prompt, '--skip-trust'],
      environment: { GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: key },
    }
  },
}

const qwenCode: Agent = {
  name: 'Qwen Code',
  package: '@qwen-code/qwen-code',
  version: '0.24.4',
  format: 'openai-chat',
  program: '@qwen-code/qwen-code/cli-entry.js',
  models: ['qwen3-coder-plus'],
  prepare: ({ url, key, prompt }) => ({
    parameters: ['--auth-type', 'openai', '-p', prompt],
    environment: { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: key, OPENAI_MODEL: 'qwen3-coder-plus' },
  }),
}

const openCode: Agent = {
  name: 'opencode',
  package: 'opencode-ai',
  version: '1.18.33',
  format: 'openai-chat',
  program: 'opencode-*/bin/opencode',
  models: ['large-model', 'small-model'],
  prepare({ url, key, home, prompt }) {
    const file = join(home, 'opencode.json')
    const limit = { context: 200_000, output: 32_000 }
    const settings = {
      autoupdate: false,
      share: 'disabled',
      model: 'gateway/large-model',
      small_model: 'gateway/small-model',
      provider: {
        gateway: {
          npm: '@ai-sdk/openai-compatible',
          name: 'gateway',
          options: { baseURL: `${url}/v1`, apiKey: key },
          models: { 'large-model': { tool_call: true, limit }, 'small-model': { tool_call: true, limit } },
        },
      },
    }
    writeSettings(file, JSON.stringify(settings))
    return {
      parameters: ['run', prompt],
      environment: {
        OPENCODE_CONFIG: file,
        OPENCODE_DISABLE_MODELS_FETCH: '1',
        OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      },
    }
  },
}

export const agents: readonly Agent[] = [claudeCode, codex, geminiCli, qwenCode, openCode]

/** @throws Error where it is not installed for this platform */
export function commandOf({ program, name }: Agent, installed: string): readonly [string, ...string[]] {
  const [found] = globSync(join(installed, 'node_modules', program)).sort()
  if (found === undefined) throw new Error(`${name} is not installed: there is no ${program}`)
  return found.endsWith('.js') ? [process.execPath, found] : [found]
}
