// Chat requests as clients send them, of a given size: a short conversation, or for the large ones a coding agent's
// with system prompt, tools and files. The same on every machine and in every run.

import { streamNumberMark } from './marks.ts'

export interface BodySize {
  readonly name: string
  readonly bytes: number
  /** Clients differ in where they put the model; a gateway that scans for it is slower where it comes last. */
  readonly modelFirst: boolean
}

export const bodySizes: readonly BodySize[] = [
  { name: '1 kB', bytes: 1000, modelFirst: true },
  { name: '10 kB', bytes: 10_000, modelFirst: false },
  { name: '40 kB', bytes: 40_000, modelFirst: true },
  { name: '100 kB', bytes: 100_000, modelFirst: false },
]

interface Message {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: string
  readonly tool_calls?: unknown
  readonly tool_call_id?: string
}

const model = 'gpt-4o-mini'

const prose = [
  'The tests pass on my machine, but the pipeline says "exit code 1" and nothing else. What now?',
  'Por favor, não altere a função pública; só a parte que lê o arquivo está errada — obrigado!',
  'Could you explain why the second request is slower than the first, and how I would measure that?',
  'I changed `retry` to 3 and the timeout to 30 s; now it fails with "socket hang up" after a minute.',
  'Bitte nur den Fehler beheben und keine Namen ändern, danke 🙂. The report is due on Friday.',
]

const code = [
  'export function readRecords(text: string): Map<string, string> {\n  const records = new Map<string, string>()\n' +
    '  for (const line of text.split("\\n")) {\n    const [name = "", value = ""] = line.split(":", 2)\n' +
    "    if (name !== '') records.set(name.trim(), value.trim())\n  }\n  return records\n}\n",
  'def total(rows: list[dict[str, float]]) -> float:\n    """Sum of the "amount" column; empty rows count as 0."""\n' +
    '    return sum(row.get("amount", 0.0) for row in rows if row)\n',
  '{"name": "example", "version": "1.2.3", "scripts": {"test": "vitest run", "build": "tsc -p ."}}\n',
  "SELECT customer, count(*) AS orders, sum(price) FROM orders WHERE placed > '2026-01-01' GROUP BY 1;\n",
]

/** Half of the bodies are pure ASCII, which is decoded and parsed faster. */
function proseOf(seed: number): readonly string[] {
  return seed % 2 === 0 ? prose : prose.map(text => text.replaceAll(/[^ -~]/gu, '?'))
}

function pick(list: readonly string[], index: number): string {
  return list[index % list.length] ?? ''
}

function toolOf(index: number): unknown {
  const name = pick(['read_file', 'write_file', 'search', 'run_command', 'list_folder', 'apply_patch'], index)
  return {
    type: 'function',
    function: {
      name: `${name}_${index}`,
      description: `Does "${name}" in the workspace. Paths are relative to its root; returns text, or an error.`,
      parameters: {
        type: 'object',
        properties: {
          path: { type: 'string', description: 'Where, e.g. "src/main.ts"' },
          pattern: { type: ['string', 'null'], description: 'A regular expression such as ^import .* from$' },
          limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
          mode: { type: 'string', enum: ['plain', 'json', 'diff'] },
        },
        required: ['path'],
        additionalProperties: false,
      },
    },
  }
}

/** The messages of one turn of an agent: question, tool call, the file that the tool read, answer. */
function agentTurn(turn: number, words: readonly string[]): Message[] {
  const id = `call_${String(turn).padStart(24, '0')}`
  const file = Array.from({ length: 3 }, (_, part) => pick(code, turn + part)).join('\n')
  const call = {
    id,
    type: 'function',
    function: { name: 'read_file_0', arguments: JSON.stringify({ path: `src/part-${turn}.ts` }) },
  }
  return [
    { role: 'user', content: pick(words, turn) },
    { role: 'assistant', content: '', tool_calls: [call] },
    { role: 'tool', tool_call_id: id, content: file },
    { role: 'assistant', content: `${pick(words, turn + 2)}\n\n\`\`\`ts\n${pick(code, turn + 1)}\`\`\`` },
  ]
}

function chatTurn(turn: number, words: readonly string[]): Message[] {
  return [
    { role: 'user', content: pick(words, turn) },
    { role: 'assistant', content: `${pick(words, turn + 1)}\n${pick(code, turn)}` },
  ]
}

/** A chat of about so many bytes (within a hundredth, or 20); `seed` makes it differ from others. */
export function createBody(size: BodySize, options: { seed: number; stream: boolean }): string {
  const isAgent = size.bytes >= 40_000
  const words = proseOf(options.seed)
  const system = isAgent
    ? `You are a coding assistant in a terminal. ${words.join(' ')}\n${code.join('\n')}`.repeat(4)
    : 'You are a helpful assistant.'
  const rest = {
    ...(isAgent
      ? { tools: Array.from({ length: 12 }, (_, index) => toolOf(index)), tool_choice: 'auto' }
      : {}),
    temperature: 0.2,
    max_tokens: 1024,
    stream: options.stream,
  }
  const build = (messages: Message[]) =>
    JSON.stringify(size.modelFirst ? { model, messages, ...rest } : { messages, ...rest, model })
  const messages: Message[] = [{ role: 'system', content: system }]
  const last: Message = { role: 'user', content: `${options.seed}: ` }
  const room = () => size.bytes - Buffer.byteLength(build([...messages, last]))
  for (let turn = options.seed; ; turn += 1) {
    const next = isAgent ? agentTurn(turn, words) : chatTurn(turn, words)
    if (room() < Buffer.byteLength(JSON.stringify(next))) break
    messages.push(...next)
  }
  return build([...messages, { role: 'user', content: last.content + fill(room()) }])
}

function fill(length: number): string {
  const text = 'please look at this once more and say what you would change first and why; '
  return text.repeat(Math.ceil(Math.max(0, length) / text.length)).slice(0, Math.max(0, length))
}

/** A few different bodies of one size, so that no subject sees the same bytes every time. */
export function createBodies(size: BodySize, stream: boolean): string[] {
  return Array.from({ length: 8 }, (_, seed) => createBody(size, { seed, stream }))
}

/** A short streamed chat whose number the upstream can tell. */
export function createNumberedStream(number: number): string {
  return JSON.stringify({
    model,
    messages: [{ role: 'user', content: `${streamNumberMark}${number}: ${pick(prose, number)}` }],
    stream: true,
  })
}

/** The same conversations as `createBodies`, for sizes without tools, as a client of Anthropic's format sends them. */
export function createAnthropicBodies(size: BodySize): string[] {
  return createBodies(size, false).map(body => {
    const { messages } = JSON.parse(body) as { messages: readonly Message[] }
    const system = messages.flatMap(({ role, content }) => (role === 'system' ? content : []))
    const turns = messages.flatMap(({ role, content }) =>
      role === 'user' || role === 'assistant' ? [{ role, content: [{ type: 'text', text: content }] }] : [],
    )
    return JSON.stringify({
      model,
      max_tokens: 1024,
      system: system.map(text => ({ type: 'text', text })),
      messages: turns,
    })
  })
}

/** The same kind of chat as createBodies has, in the format of Anthropic's Messages, streamed. */
export function createAnthropicStreams(): string[] {
  return Array.from({ length: 8 }, (_, seed) =>
    JSON.stringify({
      model,
      max_tokens: 1024,
      system: 'You are a helpful assistant.',
      messages: [{ role: 'user', content: `${pick(prose, seed)} ${pick(code, seed)}` }],
      stream: true,
    }),
  )
}
