// Recorded answers of Ollama, by both of its ways to ask: what its lines say is what the neutral form says.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Format } from '../format.ts'
import { chunkings, foldChunks, normalFormOf } from '../normal-form.fixture.ts'
import { ollamaGenerate } from '../ollama-generate/index.ts'
import { ollamaChat } from './index.ts'

interface Line {
  readonly model: string
  readonly message?: { readonly content: string }
  readonly response?: string
  readonly prompt_eval_count?: number
  readonly eval_count?: number
}

const shared = process.env['LLM_PROXY_SHARED']
const folders: Readonly<Record<string, Format>> = { api_chat: ollamaChat, api_generate: ollamaGenerate }

function recordings(ending: string): readonly (readonly [file: string, format: Format])[] {
  return Object.entries(folders).flatMap(([folder, format]) => {
    const path = `${shared}/fixtures/ollama/${folder}`
    if (shared === undefined || !existsSync(path)) return []
    return readdirSync(path)
      .filter(file => file.endsWith(ending))
      .map(file => [`${path}/${file}`, format] as const)
  })
}

/** What plain reading makes of the lines of an answer. */
function readPlainly(lines: readonly Line[]) {
  const last = lines.at(-1)
  return {
    text: lines.map(line => line.message?.content ?? line.response ?? '').join(''),
    reasoning: '',
    tool_calls: [],
    finish: 'stop',
    usage: { input: last?.prompt_eval_count ?? 0, output: last?.eval_count ?? 0, cacheRead: 0 },
  }
}

describe.skipIf(shared === undefined)('recordings (LLM_PROXY_SHARED is not set: skipped)', () => {
  test.each(recordings('.res.json'))('%s', (file, format) => {
    const body = readFileSync(file)
    const answer = JSON.parse(body.toString()) as Line
    const completion = format.chat?.decodeResponse(answer, { createId: () => 'id' })
    if (completion === undefined) throw new Error('no translation')
    expect(normalFormOf(completion)).toEqual(readPlainly([answer]))
    expect(format.readAnswer(body)).toMatchObject({ model: answer.model, finishReason: 'stop' })
  })

  test.each(recordings('.res.ndjson'))('%s', (file, format) => {
    const bytes = readFileSync(file)
    const lines = bytes
      .toString()
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Line)
    for (const chunks of chunkings(bytes)) {
      expect(normalFormOf(foldChunks(format, chunks))).toEqual(readPlainly(lines))
      const tap = format.openTap({ passUsage: true })
      const passed = chunks.map(chunk => tap.push(chunk) ?? Buffer.alloc(0))
      expect(Buffer.concat([...passed, tap.finish()]).equals(bytes)).toBe(true)
      expect(tap.facts.usage?.outputText).toBe(lines.at(-1)?.eval_count)
    }
  })
})
