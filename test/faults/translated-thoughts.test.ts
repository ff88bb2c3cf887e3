// A conversation that models of several formats answer in turn: signed thoughts go back to who made them, letter by
// letter, and to nobody else.

import { expect, test } from 'vitest'
import type { AnswerPart } from '../../src/conversation/completion.ts'
import { type Scene, shareScene } from '../support/scene.ts'
import {
  answerOf,
  askAs,
  lastBody,
  modelOf,
  type Speaker,
  saying,
  speakingSections,
  upstreamFormats,
} from '../support/speakers.ts'

type Json = Record<string, unknown>

const scene = shareScene({
  upstreams: [...upstreamFormats, 'spare'].map(() => []),
  sections: upstreams => speakingSections(upstreams),
})

function upstreamOf({ upstreams }: Scene, name: Speaker) {
  const upstream = upstreams[upstreamFormats.indexOf(name)]
  if (upstream === undefined) throw new Error(`there is no upstream of ${name}`)
  return upstream
}

const proofs: Readonly<Partial<Record<Speaker, string>>> = {
  'anthropic-messages': 'YW50aHJvcGljLz0rcHJvb2Y=',
  gemini: 'Z2VtaW5pLXByb29mLW9mLWl0cw==',
  'bedrock-converse': 'YmVkcm9jay1wcm9vZi1vZi1pdHM=',
  'openai-responses': 'Z0FBQUFBLW9wZW5haS1wcm9vZg==',
}

/** What a model that thinks says when it wants to look something up. */
function callOf(upstream: Speaker, id: string): readonly AnswerPart[] {
  const signature = proofs[upstream] ?? ''
  const call = { type: 'tool_call', id, name: 'look', arguments: '{"city":"Rio"}' } as const
  if (upstream === 'gemini') return [{ ...call, signature }]
  const thought = { type: 'reasoning', text: 'Let me look.', origin: upstream } as const
  return [
    upstream === 'openai-responses' ? { ...thought, encrypted: signature } : { ...thought, signature },
    call,
  ]
}

const parameters = { type: 'object', properties: { city: { type: 'string' } } }
const more = {
  tools: [{ type: 'function', function: { name: 'look', parameters } }],
  reasoning_effort: 'medium',
}

/** One turn: the conversation with the answer, and the result of the call in it. */
async function turn(upstream: Speaker, messages: readonly Json[], id: string): Promise<readonly Json[]> {
  upstreamOf(scene(), upstream).behave(answerOf(upstream, saying(callOf(upstream, id), 'tool_calls')))
  const question = { client: 'openai-chat', model: modelOf(upstream), streaming: false }
  const answered = await askAs(scene().gateway, { ...question, more: { ...more, messages } })
  const body = JSON.parse((await answered.whole).toString()) as { choices: [{ message: Json }] }
  expect(answered.status, JSON.stringify(body)).toBe(200)
  const { message } = body.choices[0]
  const [call] = message['tool_calls'] as [Json]
  return [...messages, message, { role: 'tool', tool_call_id: call['id'], content: 'sunny' }]
}

/** What clients keep that know nothing but OpenAI's own fields. */
function withoutUnknown(messages: readonly Json[]): readonly Json[] {
  return messages.map(({ role, content, tool_calls: calls, tool_call_id: id }) => {
    const bare = (calls as Json[] | undefined)?.map(({ id: callId, type, function: called }) => ({
      id: callId,
      type,
      function: called,
    }))
    return { role, content, ...(bare && { tool_calls: bare }), ...(id !== undefined && { tool_call_id: id }) }
  })
}

const start: readonly Json[] = [{ role: 'user', content: 'What is the weather?' }]
const thinkers = Object.keys(proofs) as readonly Speaker[]
const pairs = thinkers.flatMap(first =>
  thinkers.filter(other => other !== first).map(other => [first, other] as const),
)

test.each(thinkers)(
  'the proof of %s comes back to it, also from clients that keep no unknown fields',
  async upstream => {
    const proof = proofs[upstream] ?? ''
    const kept = await turn(upstream, start, `call_${upstream.length}_kept`)
    await turn(upstream, kept, `call_${upstream.length}_next`)
    expect(JSON.stringify(lastBody(upstreamOf(scene(), upstream)))).toContain(proof)
    await turn(upstream, withoutUnknown(kept), `call_${upstream.length}_last`)
    expect(JSON.stringify(lastBody(upstreamOf(scene(), upstream)))).toContain(proof)
  },
)

test.each(pairs)('from %s to %s and back, nobody gets the proof of the other', async (...pair) => {
  const [first, other] = pair
  const id = `call_${thinkers.indexOf(first)}${thinkers.indexOf(other)}`
  const once = await turn(first, start, `${id}_1`)
  const twice = await turn(other, once, `${id}_2`)
  const sent = JSON.stringify(lastBody(upstreamOf(scene(), other)))
  expect(sent).not.toContain(proofs[first])
  expect(sent).toContain('sunny')
  await turn(first, twice, `${id}_3`)
  const back = JSON.stringify(lastBody(upstreamOf(scene(), first)))
  expect(back).not.toContain(proofs[other])
  expect(back.split('sunny')).toHaveLength(3)
  expect(back).not.toMatch(/"(?:content|parts)":\[\]/)
})
