// Recorded answers of Cohere: what a native client reads of each is what the neutral form says.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { unfoldCompletion } from '../../conversation/unfold-completion.ts'
import {
  chunkings,
  expectedForm,
  foldChunks,
  type NormalFormCase,
  normalFormOf,
  readRecordedStream,
} from '../normal-form.fixture.ts'
import { cohereChat } from './index.ts'
import pinnedJson from './recordings.pinned.json' with { type: 'json' }

/** Where the neutral form says otherwise on purpose, by reason: the recordings in which it does. */
const pinned: Readonly<
  Record<'plan' | 'cache', { readonly reason: string; readonly files: readonly string[] }>
> = pinnedJson

const shared = process.env['LLM_PROXY_SHARED']
const cases = shared === undefined ? [] : readCases(`${shared}/cases/normal_forms.json`)
const context = { createId: () => 'id' }

function readCases(path: string): readonly NormalFormCase[] {
  if (!existsSync(path)) return []
  const all = JSON.parse(readFileSync(path, 'utf8')) as readonly NormalFormCase[]
  return all.filter(({ provider, api }) => provider === 'cohere' && api === 'chat_v2')
}

/** Everything that the recording says in plans, whole or in pieces. */
function readPlan(raw: string): string {
  const pieces = raw.matchAll(/"tool_plan": ?("(?:[^"\\]|\\.)*")/g)
  return [...pieces].map(([, text = '""']) => JSON.parse(text) as string).join('')
}

function readCached(raw: string): number {
  return Number(/"cached_tokens": ?(\d+)/.exec(raw)?.[1])
}

describe.skipIf(shared === undefined)('recordings (LLM_PROXY_SHARED is not set: skipped)', () => {
  const path = (file: string) => `${shared}/fixtures/${file}`
  const expected = (form: NormalFormCase) => {
    const native = expectedForm(form)
    const raw = readFileSync(path(form.file), 'utf8')
    const plan = pinned.plan.files.includes(form.file) ? readPlan(raw) : ''
    const cacheRead = pinned.cache.files.includes(form.file) ? readCached(raw) : native.usage.cacheRead
    return { ...native, text: native.text + plan, usage: { ...native.usage, cacheRead } }
  }

  test.each(cases.filter(({ file }) => file.endsWith('.json')))('$file', form => {
    const body: unknown = JSON.parse(readFileSync(path(form.file), 'utf8'))
    const completion = cohereChat.chat?.decodeResponse(body, context)
    if (completion === undefined) throw new Error('no translation')
    expect(normalFormOf(completion)).toEqual(expected(form))
    expect([...unfoldCompletion(completion)].at(-1)?.type).toBe('end')
  })

  test.each(cases.filter(({ file }) => !file.endsWith('.json')))('$file', form => {
    const bytes = readRecordedStream(path(form.file))
    const [whole, ...others] = chunkings(bytes).map(chunks => foldChunks(cohereChat, chunks))
    if (whole === undefined) throw new Error('nothing was read')
    expect(normalFormOf(whole)).toEqual(expected(form))
    for (const other of others) expect(other).toEqual(whole)
  })

  test.each(cases.filter(({ file }) => !file.endsWith('.json')))('%s passes byte by byte', ({ file }) => {
    const bytes = readRecordedStream(path(file))
    for (const chunks of chunkings(bytes)) {
      const tap = cohereChat.openTap({ passUsage: true })
      const passed = chunks.map(chunk => tap.push(chunk) ?? Buffer.alloc(0))
      expect(Buffer.concat([...passed, tap.finish()]).equals(bytes)).toBe(true)
      expect(tap.facts.usage).not.toBeNull()
      expect(tap.facts.finishReason).not.toBeNull()
    }
  })
})
