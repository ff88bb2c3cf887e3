import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import type { Format, JsonObject } from '../format.ts'
import { openAiSpeech, openAiTranscriptions, openAiTranslations } from './index.ts'

const address = { model: null, streaming: null }

function failureOf(action: () => unknown): GatewayError {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
  throw new Error('Nothing was thrown.')
}

test('speech is measured by its text and the instructions', () => {
  const body = { model: 'm', input: 'abc', voice: { id: 'v' }, instructions: 'de' }
  expect(openAiSpeech.checkRequest(body, address)).toMatchObject({ inputCharacters: 5, streaming: false })
  expect(openAiSpeech.checkRequest({ ...body, stream_format: 'sse' }, address).streaming).toBe(true)
})

test('a recording comes as a file, or as its provider takes it otherwise', () => {
  const form = { file: { bytes: 9 }, model: 'm', stream: 'True', prompt: 'abc' }
  expect(openAiTranscriptions.checkRequest(form, address)).toMatchObject({
    streaming: true,
    inputCharacters: 3,
  })
  expect(
    openAiTranscriptions.checkRequest({ model: 'm', file_url: 'https://a.example' }, address).model,
  ).toBe('m')
})

test.each<[string, Format, JsonObject]>([
  ['model', openAiSpeech, { input: 'a' }],
  ['input', openAiSpeech, { model: 'm' }],
  ['input', openAiSpeech, { model: 'm', input: '' }],
  ['speed', openAiSpeech, { model: 'm', input: 'a', speed: 'fast' }],
  ['model', openAiTranscriptions, { file: {} }],
  ['model', openAiTranscriptions, { file: {}, model: ['a', 'b'] }],
  ['file', openAiTranscriptions, { model: 'm' }],
  ['stream', openAiTranscriptions, { model: 'm', file: {}, stream: 'maybe' }],
  ['file', openAiTranslations, { model: 'm' }],
])('a fault names %s', (param, format, body) => {
  expect(failureOf(() => format.checkRequest(body, address))).toMatchObject({
    code: 'invalid_request',
    param,
  })
})

describe('a whole transcript', () => {
  test.each<[string, string, string, object]>([
    [
      'with tokens',
      '{"text":"abc","usage":{"type":"tokens","input_tokens":14,"input_token_details":{"text_tokens":4,"audio_tokens":10},"output_tokens":45,"total_tokens":59}}',
      'application/json',
      { outputCharacters: 3, usage: { inputUncached: 4, audioInput: 10, outputText: 45 } },
    ],
    [
      'with seconds',
      '{"text":"abc","usage":{"type":"duration","seconds":9}}',
      'application/json',
      { outputCharacters: 3, usage: null },
    ],
    [
      'counted as chat is',
      '{"model":"m","text":"","usage":{"prompt_audio_seconds":203,"prompt_tokens":4,"total_tokens":3264,"completion_tokens":635}}',
      'application/json',
      { model: 'm', usage: { inputUncached: 4, outputText: 635 } },
    ],
    ['as text', 'Hellö', 'text/plain; charset=utf-8', { outputCharacters: 5, usage: null }],
    ['as subtitles', 'WEBVTT\n', 'text/vtt', { outputCharacters: 7 }],
    ['as a JSON text', '"abc"', 'application/json', { outputCharacters: 3 }],
  ])('is read %s', (...[, body, contentType, facts]) => {
    expect(openAiTranscriptions.readAnswer(Buffer.from(body), contentType)).toMatchObject(facts)
  })

  test.each([
    ['{}', 'application/json', 'upstream_malformed'],
    ['"abc', 'application/json', 'upstream_malformed'],
    ['<html>', 'text/html', 'upstream_malformed'],
    [
      '{"error":{"message":"no","type":"invalid_request_error"}}',
      'application/json',
      'upstream_invalid_request',
    ],
  ])('%s of the type %s is a failure', (body, contentType, code) => {
    expect(failureOf(() => openAiTranscriptions.readAnswer(Buffer.from(body), contentType)).code).toBe(code)
  })
})

test('a streamed transcript passes, measured and counted', () => {
  const stream =
    'data: {"type":"transcript.text.delta","delta":"He"}\n\ndata: {"type":"transcript.text.delta","delta":"llo"}\n\n' +
    'data: {"type":"transcript.text.done","text":"Hello","usage":{"type":"tokens","input_tokens":3,"output_tokens":2,"total_tokens":5}}\n\n'
  const tap = openAiTranscriptions.openTap({ passUsage: false, contentType: 'text/event-stream' })
  expect(tap.push(Buffer.from(stream))?.toString()).toBe(stream)
  expect(tap.finish().toString()).toBe('')
  expect(tap).toMatchObject({
    started: true,
    facts: { outputCharacters: 5, usage: { inputUncached: 3, outputText: 2 } },
  })
})

test('streamed speech passes unread, and is counted', () => {
  const stream =
    'event: speech.audio.delta\ndata: {"type":"speech.audio.delta","audio":"AAAA"}\n\n' +
    'data: {"type":"speech.audio.delta","audio":"AAAA"}\n\n' +
    'data: {"type":"speech.audio.done","usage":{"input_tokens":14,"output_tokens":101,"total_tokens":115}}\n\n'
  const tap = openAiSpeech.openTap({ passUsage: false, contentType: 'text/event-stream' })
  expect(tap.push(Buffer.from(stream))?.toString()).toBe(stream)
  expect(tap.finish().toString()).toBe('')
  expect(tap.facts.usage).toMatchObject({ inputUncached: 14, outputText: 101 })
})

test('audio passes as it is', () => {
  const tap = openAiSpeech.openTap({ passUsage: false, contentType: 'audio/mpeg' })
  expect(tap).toMatchObject({ started: false, unframed: true })
  const chunk = Buffer.from('data: no event')
  expect(tap.push(chunk)).toBe(chunk)
  expect(tap).toMatchObject({ started: true, ended: false })
  expect(tap.finish()).toHaveLength(0)
})
