import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import { openTap } from './stream.ts'

const done = 'data: [DONE]\n\n'

type Json = Record<string, unknown>

function event(fields: Json): string {
  return `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', ...fields })}\n\n`
}

function delta(content: Json, more: Json = {}): string {
  return event({ choices: [{ index: 0, delta: content, finish_reason: null, ...more }] })
}

const role = delta({ role: 'assistant', content: '' })
const text = delta({ content: 'Hé 🎉' })
const stop = delta({}, { finish_reason: 'stop' })
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }
const usageChunk = event({ choices: [], usage })

/** Runs a stream through a tap and gives back what a client would receive. */
function run(
  stream: string | readonly string[],
  { passUsage = false, size = Number.POSITIVE_INFINITY } = {},
) {
  const tap = openTap({ passUsage })
  const bytes = Buffer.from(typeof stream === 'string' ? stream : stream.join(''))
  let received = ''
  const out: Buffer[] = []
  for (let at = 0; at < bytes.length && !tap.ended; at += size) {
    const passed = tap.push(bytes.subarray(at, Math.min(at + size, bytes.length)))
    if (passed !== null) out.push(passed)
  }
  out.push(tap.finish())
  received = Buffer.concat(out).toString()
  return { received, tap, events: received.split('\n\n').filter(line => line.startsWith('data: {')) }
}

function parsed(events: readonly string[]): Json[] {
  return events.map(line => JSON.parse(line.slice(6)) as Json)
}

function choiceOf(line: Json): { delta: Json; finish_reason: unknown } {
  return (line['choices'] as { delta: Json; finish_reason: unknown }[])[0] as never
}

function failureOf(action: () => unknown): GatewayError {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
  throw new Error('Nothing was thrown.')
}

describe('passing', () => {
  test('hands on the same buffer where nothing has to change', () => {
    const tap = openTap({ passUsage: false })
    const chunk = Buffer.from(role + text)
    expect(tap.push(chunk)).toBe(chunk)
  })

  test('leaves every byte as it was, in any chunking, with comments between', () => {
    const stream = [': PROCESSING\n\n', role, ': ping\n\n', text, text, '\n', stop, done].join('')
    for (const size of [1, 2, 3, 7, 13, 1000]) expect(run(stream, { size }).received).toBe(stream)
  })

  test('reads line ends of all kinds, and data without a blank', () => {
    const stream = [role, text, stop, done].join('')
    expect(run(stream.replaceAll('\n', '\r\n')).received).toContain('"content":"Hé 🎉"')
    expect(run(stream.replaceAll('\n', '\r\n'), { size: 1 }).tap.facts.finishReason).toBe('stop')
    expect(run(stream.replaceAll('\n', '\r')).tap.facts.finishReason).toBe('stop')
    expect(run(stream.replaceAll('data: ', 'data:')).tap.facts.finishReason).toBe('stop')
  })

  test('counts the characters that a client sees', () => {
    const escaped = delta({ content: '"\n\u4f60' })
    const tool = delta({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] })
    expect(run([role, text, escaped, tool, stop, done]).tap.facts.outputCharacters).toBe(5 + 3 + 2)
    expect(
      run([role, delta({ reasoning_content: 'ab', reasoning: 'ab' }), stop]).tap.facts.outputCharacters,
    ).toBe(2)
  })

  test('tells the model and the service tier', () => {
    const { facts } = run([
      event({ choices: [], model: '' }),
      role,
      event({ service_tier: 'flex', choices: [] }),
      stop,
    ]).tap
    expect(facts).toMatchObject({ model: 'm', serviceTier: 'flex', finishReason: 'stop', usage: null })
  })

  test('drops events without data, which clients cannot parse', () => {
    expect(run([role, 'data: \n\n', stop, done]).received).toBe(role + stop + done)
  })
})

describe('the first content', () => {
  test.each([
    ['a role', { role: 'assistant', content: '' }, false],
    ['nulls', { content: null, refusal: null, tool_calls: null, reasoning_content: null }, false],
    ['empty lists', { content: [], tool_calls: [], reasoning_details: [] }, false],
    ['text', { content: 'a' }, true],
    ['parts', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'a' }] }] }, true],
    ['reasoning', { reasoning: 'a' }, true],
    ['reasoning content', { content: '', reasoning_content: 'a' }, true],
    ['a refusal', { refusal: 'a' }, true],
    ['audio', { audio: { id: 'a' } }, true],
    ['a tool call', { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '' } }] }, true],
    ['a function call', { function_call: { name: 'f', arguments: '' } }, true],
  ])('%s: %o counts %s', (_name, content, expected) => {
    const tap = openTap({ passUsage: false })
    tap.push(Buffer.from(delta(content)))
    expect(tap.started).toBe(expected)
  })

  test('results of a prompt filter before it are no content and no choice', () => {
    const filter = event({ choices: [], id: '', prompt_filter_results: [{ prompt_index: 0 }] })
    const { received } = run([filter, role, text, stop, done])
    expect(received).toBe([filter, role, text, stop, done].join(''))
  })
})

describe('usage', () => {
  const counted = { inputUncached: 3, outputText: 2 }

  test('of its own chunk is read and taken out', () => {
    const { received, tap } = run([role, text, stop, usageChunk, done], { size: 13 })
    expect(received).toBe([role, text, stop, done].join(''))
    expect(tap.facts.usage).toMatchObject(counted)
  })

  test('of its own chunk is passed on byte for byte where the client asked', () => {
    for (const size of [1, 13, 1000])
      expect(run([role, text, stop, usageChunk, done], { passUsage: true, size }).received).toBe(
        [role, text, stop, usageChunk, done].join(''),
      )
  })

  test('comes last even where the upstream sent it early', () => {
    const { received } = run([role, usageChunk, text, stop, done], { passUsage: true })
    expect(received).toBe([role, text, stop, usageChunk, done].join(''))
  })

  test('on the last content chunk is cut out of its bytes', () => {
    const riding =
      '{"id" : "c1", "usage":{"prompt_tokens":3,"completion_tokens":2} ,"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x":1.0}'
    const { received, tap } = run([role, `data: ${riding}\n\n`, done])
    expect(received).toBe(
      `${role}data: {"id" : "c1" ,"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x":1.0}\n\n${done}`,
    )
    expect(tap.facts.usage).toMatchObject(counted)
  })

  test('on the last content chunk moves to a chunk of its own where the client asked', () => {
    const riding = event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage })
    const { events } = run([role, text, riding, done], { passUsage: true })
    const last = parsed(events).slice(-2)
    expect(last[0]).not.toHaveProperty('usage')
    expect(last[1]).toEqual({
      id: 'c1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [],
      usage,
    })
  })

  test('that is told again and again is set, not added, and sent once', () => {
    const running = (count: number) =>
      event({
        choices: [{ index: 0, delta: { content: 'a' } }],
        usage: { ...usage, completion_tokens: count },
      })
    const { events, tap } = run([role, running(1), running(2), running(9), stop], { passUsage: true })
    const withUsage = parsed(events).filter(line => 'usage' in line)
    expect(withUsage).toHaveLength(1)
    expect(withUsage[0]).toMatchObject({ choices: [], usage: { completion_tokens: 9 } })
    expect(tap.facts.usage?.outputText).toBe(9)
    expect(run([role, running(1), stop]).received).not.toContain('usage')
  })

  test('within `x_groq` is read, stays there, and makes the usage chunk', () => {
    const groq = event({
      choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
      x_groq: { id: 'r', usage },
    })
    expect(run([role, groq, done]).received).toBe(role + groq + done)
    const { events, tap } = run([role, groq, done], { passUsage: true })
    expect(tap.facts.usage).toMatchObject(counted)
    expect(parsed(events).at(-1)).toMatchObject({ choices: [], usage })
  })

  test('that is null stays', () => {
    const stream = [
      role,
      event({ choices: [{ index: 0, delta: { content: 'a' } }], usage: null }),
      stop,
      done,
    ].join('')
    expect(run(stream).received).toBe(stream)
  })
})

describe('the end of a choice', () => {
  const call = { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }

  test('names tool calls where some were made', () => {
    const { events, tap } = run([role, delta({ tool_calls: [call] }), stop, done])
    expect(parsed(events).map(line => choiceOf(line).finish_reason)).toEqual([null, null, 'tool_calls'])
    expect(tap.facts.finishReason).toBe('tool_calls')
  })

  test('is told once', () => {
    const { events, tap } = run([role, text, delta({}, { finish_reason: 'length' }), stop, stop, done])
    expect(parsed(events).map(line => choiceOf(line).finish_reason)).toEqual([
      null,
      null,
      'length',
      null,
      null,
    ])
    expect(tap.facts.finishReason).toBe('length')
  })

  test('is kept apart for each choice', () => {
    const other = event({
      choices: [{ index: 1, delta: { role: 'assistant', content: 'b' }, finish_reason: 'stop' }],
    })
    const stream = [
      role,
      delta({ tool_calls: [call] }),
      other,
      delta({}, { finish_reason: 'tool_calls' }),
      done,
    ]
    expect(run(stream).received).toBe(stream.join(''))
  })

  test('of the stream is not passed on before the call to finish, and nothing after it', () => {
    const tap = openTap({ passUsage: false })
    expect(tap.push(Buffer.from(role + text + stop + done + text))?.toString()).toBe(role + text + stop)
    expect(tap.ended).toBe(true)
    expect(tap.push(Buffer.from(text))).toBeNull()
    expect(tap.finish().toString()).toBe(done)
  })

  test.each([' [DONE] ', '[DONE]\r'])('of the stream is known as %o', marker => {
    const { received, tap } = run([role, stop, `data:${marker}\n\n`])
    expect(tap.ended).toBe(true)
    expect(received).toBe(role + stop + done)
  })

  test('is supplied where the upstream leaves it out after the last reason', () => {
    expect(run([role, text, stop]).received).toBe([role, text, stop, done].join(''))
  })

  test('needs no last blank line', () => {
    expect(run([role, text, stop.trimEnd()]).received).toBe([role, text, stop, done].join(''))
    expect(run([role, text, stop, done.trimEnd()]).received).toBe([role, text, stop, done].join(''))
    expect(run([role, stop, usageChunk.trimEnd()], { passUsage: true }).received).toBe(
      [role, stop, usageChunk, done].join(''),
    )
  })
})

describe('the role', () => {
  test('is put into the first delta of each choice', () => {
    const second = event({ choices: [{ index: 1, delta: { content: 'b' }, finish_reason: 'stop' }] })
    const { events } = run([delta({ content: 'é' }), text, second, stop, done])
    expect(parsed(events).map(line => choiceOf(line).delta['role'])).toEqual([
      'assistant',
      undefined,
      'assistant',
      undefined,
    ])
    expect(choiceOf(parsed(events)[0] as Json).delta).toEqual({ role: 'assistant', content: 'é' })
  })
})

describe('a tool call that comes with the index of another', () => {
  test('is written anew with one of its own', () => {
    const call = (id: string) => ({
      index: 0,
      id,
      type: 'function',
      function: { name: 'é', arguments: '{}' },
    })
    const { events } = run([
      role,
      delta({ tool_calls: [call('a')] }),
      delta({ tool_calls: [call('b')] }),
      stop,
      done,
    ])
    const calls = parsed(events).flatMap(
      line => (choiceOf(line).delta['tool_calls'] as Json[] | undefined) ?? [],
    )
    expect(calls).toEqual([call('a'), { ...call('b'), index: 1 }])
  })
})

describe('a failure', () => {
  test('is an event that never ends', () => {
    const error = failureOf(() => run([role, `data: "${'x'.repeat(2 << 20)}`], { size: 65_536 }))
    expect(error.code).toBe('upstream_malformed')
  })

  test.each([
    ['data: {"error":{"message":"no","type":"rate_limit_error"}}\n\n', 'upstream_rate_limited'],
    ['event: error\ndata: {"error":{"message":"no","status_code":400}}\n\n', 'upstream_invalid_request'],
    ['data: {"error":{"message":"no","code":503}}\n\n', 'upstream_overloaded'],
    ['event: error\ndata: overloaded\n\n', 'upstream_error'],
    ['event: error\ndata: {"message":"no","code":429}\n\n', 'upstream_rate_limited'],
    ['data: {"error":"no"}\n\n', 'upstream_error'],
    ['data: [{"error":{"message":"no","code":429}}]\n\n', 'upstream_rate_limited'],
    ['data: {"choices":[{"index":0,"delta":{},"error":{"message":"no","code":502}}]}\n\n', 'upstream_error'],
    [
      'data: {"error":{"message":"Incorrect API key provided: sk-abcdefgh12345","code":401}}\n\n',
      'upstream_authentication',
    ],
  ])('is what %s says', (line, code) => {
    const error = failureOf(() => run([role, line, done]))
    expect(error.code).toBe(code)
    expect(error.message).not.toContain('sk-abc')
  })

  test('is not an `error` that is null or empty', () => {
    const stream = [
      role,
      event({ error: null, choices: [] }),
      event({ error: {}, choices: [] }),
      stop,
      done,
    ].join('')
    expect(run(stream).received).toBe(stream)
  })

  test('waits until the content before it in the same chunk was passed on', () => {
    const tap = openTap({ passUsage: false })
    tap.push(Buffer.from(role + text))
    const broken = Buffer.from(`${text}data: {"error":{"message":"no","code":503}}\n\n`)
    expect(tap.push(broken)?.toString()).toBe(text)
    expect(tap.ended).toBe(true)
    expect(failureOf(() => tap.finish()).code).toBe('upstream_overloaded')
  })

  test('comes at once where nothing was passed on yet, so that another upstream can be asked', () => {
    const tap = openTap({ passUsage: false })
    expect(failureOf(() => tap.push(Buffer.from(`${role}${text}data: {"error":"no"}\n\n`))).code).toBe(
      'upstream_error',
    )
  })

  test.each([
    ['before its first event', []],
    ['with an end marker alone', [done]],
    ['before the reason to end', [role, text]],
    ['within an event', [role, text, stop.slice(0, 40)]],
    [
      'before one of two choices has ended',
      [role, stop, event({ choices: [{ index: 1, delta: { content: 'a' } }] })],
    ],
  ])('is a stream that ends %s', (_name, stream) => {
    expect(failureOf(() => run(stream)).code).toBe('upstream_truncated')
  })
})
