// What holds for everything that the neutral form can say, in every format: nothing is lost in a round trip, every
// stream is legal, and no input, however broken, throws anything but a GatewayError.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adaptConversation } from '../../src/conversation/adapt.ts'
import { completion, conversation, eventStream } from '../../src/conversation/arbitrary.fixture.ts'
import type { Completion } from '../../src/conversation/completion.ts'
import type { CompletionEvent } from '../../src/conversation/completion-event.ts'
import type { Conversation } from '../../src/conversation/conversation.ts'
import { foldEvents } from '../../src/conversation/fold-events.ts'
import { GatewayError } from '../../src/errors.ts'
import type { WireEvent } from '../../src/formats/format.ts'
import { neutralGrammar } from './grammars/neutral.ts'
import { readers } from './readers/index.ts'
import { problemsOfAnswer, problemsOfRequest, problemsOfStream } from './schemas/validate.ts'
import { compareReadings } from './support/compare.ts'
import { meaningOf, sayable } from './support/meaning.ts'
import { readingOf } from './support/neutral-reading.ts'
import { readRecording, recordings } from './support/recordings.ts'
import {
  canChat,
  chatFormats,
  chatOf,
  clientFormats,
  formatOf,
  openContexts,
  passAnswer,
  passStream,
  targetOf,
} from './support/seam.ts'
import { skipWord } from './support/shared.ts'

const chats = chatFormats.filter(canChat)
const clients = clientFormats.filter(canChat)
const seed = 20_260_101

/** Only what is refused by name may throw; anything else is a mistake of ours. */
function onlyGatewayErrors(action: () => void): void {
  try {
    action()
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    expect(thrown.code, thrown.stack).not.toBe('internal_error')
  }
}

describe.each(chats)('requests of %s', format => {
  const chat = chatOf(format)
  const target = targetOf(format)
  const said = conversation.map(asked => sayable(asked, format))
  const adapt = (asked: Conversation): Conversation =>
    adaptConversation(asked, chat.abilities(target)).conversation

  test('mean the same after they were written and read again', () => {
    fc.assert(
      fc.property(said, asked => {
        const { body } = chat.encodeRequest(adapt(asked), target)
        const address = { model: target.model, streaming: asked.streaming }
        formatOf(format).checkRequest(body, address)
        const again = chat.decodeRequest(JSON.parse(JSON.stringify(body)), address)
        expect(meaningOf(again, format, asked)).toEqual(meaningOf(asked, format, asked))
      }),
      { seed, numRuns: 200 },
    )
  })

  test.skipIf(skipWord !== '')(`obey the schema of the format${skipWord}`, () => {
    fc.assert(
      fc.property(said, asked => {
        const { body } = chat.encodeRequest(adapt(asked), target)
        expect(problemsOfRequest(format, JSON.parse(JSON.stringify(body)))).toEqual([])
      }),
      { seed, numRuns: 200 },
    )
  })
})

describe.each(clients)('answers of %s', format => {
  test('say to a client of the format what the model said, whole', () => {
    fc.assert(
      fc.property(completion, answer => {
        const body = chatOf(format).encodeResponse(answer, openContexts(false).encoding)
        const read = readers[format]?.readAnswer(JSON.parse(JSON.stringify(body)))
        if (read === undefined) throw new Error(`There is no reader of ${format}.`)
        expect(compareReadings(readingOf(answer), read, format)).toEqual([])
      }),
      { seed, numRuns: 200 },
    )
  })

  test('say the same after they were written and read again', () => {
    fc.assert(
      fc.property(completion, answer => {
        const { encoding, decoding } = openContexts(false)
        const body = JSON.parse(JSON.stringify(chatOf(format).encodeResponse(answer, encoding))) as unknown
        const again = format === 'openai-completions' ? answer : chatOf(format).decodeResponse(body, decoding)
        expect(compareReadings(readingOf(answer), readingOf(again), format)).toEqual([])
      }),
      { seed, numRuns: 200 },
    )
  })

  test.skipIf(skipWord !== '')(`obey the schema of the format${skipWord}`, () => {
    fc.assert(
      fc.property(completion, answer => {
        const body = chatOf(format).encodeResponse(answer, openContexts(false).encoding)
        expect(problemsOfAnswer(format, JSON.parse(JSON.stringify(body)))).toEqual([])
      }),
      { seed, numRuns: 200 },
    )
  })
})

function encodeStream(events: readonly CompletionEvent[], format: string): Buffer {
  const written: WireEvent[] = []
  const encoder = chatOf(format).openEncoder(openContexts(true).encoding, event => written.push(event))
  for (const event of events) encoder.push(event)
  return formatOf(format).framing.frame(written)
}

function decodeStream(bytes: Buffer, format: string): CompletionEvent[] {
  const events: CompletionEvent[] = []
  const decoder = chatOf(format).openDecoder(openContexts(true).decoding, event => events.push(event))
  const splitter = formatOf(format).framing.openSplitter()
  for (const block of [splitter.push(bytes), splitter.end()])
    for (const { name, data } of block?.events ?? [])
      if (data !== null) decoder.push({ name, data: Buffer.from(data, 'latin1').toString() })
  decoder.finish()
  return events
}

/** Images and what is opaque are another matter: formats show them or leave them out. */
function plainParts(answer: Completion): Completion {
  const choices = answer.choices.map(choice => ({
    ...choice,
    parts: choice.parts.filter(({ type }) => type !== 'image' && type !== 'opaque'),
  }))
  return { ...answer, choices }
}

const withoutImages = eventStream.filter(
  events => !events.some(event => event.type === 'part' && event.value.type === 'image'),
)

/** What a format cannot say, or says in its own way. */
const sayableStreams: Readonly<Record<string, (events: readonly CompletionEvent[]) => boolean>> = {
  // A filtered answer ended with an error there, and is read as one.
  'cohere-chat': events =>
    !events.some(event => event.type === 'finish' && event.finish.reason === 'content_filter'),
}

describe.each(clients)('streams of %s', format => {
  const sayableEvents = withoutImages.filter(sayableStreams[format] ?? (() => true))

  test.skipIf(skipWord !== '')(`are legal for every legal stream of a model${skipWord}`, () => {
    fc.assert(
      fc.property(eventStream, events => {
        expect(neutralGrammar(events)).toEqual([])
        expect(problemsOfStream(format, encodeStream(events, format))).toEqual([])
      }),
      { seed, numRuns: 300 },
    )
  })

  test('say to a client of the format what the model said', () => {
    fc.assert(
      fc.property(sayableEvents, events => {
        const read = readers[format]?.readStream(encodeStream(events, format))
        if (read === undefined) throw new Error(`There is no reader of ${format}.`)
        expect(compareReadings(readingOf(plainParts(foldEvents(events))), read, format)).toEqual([])
      }),
      { seed, numRuns: 300 },
    )
  })

  test.skipIf(format === 'openai-completions')('say the same after they were written and read again', () => {
    fc.assert(
      fc.property(sayableEvents, events => {
        const again = decodeStream(encodeStream(events, format), format)
        expect(neutralGrammar(again)).toEqual([])
        const [said, heard] = [events, again].map(all => readingOf(plainParts(foldEvents(all))))
        if (said === undefined || heard === undefined) throw new Error('nothing to compare')
        expect(compareReadings(said, heard, format)).toEqual([])
      }),
      { seed, numRuns: 300 },
    )
  })
})

describe.each(clients)('broken input of %s', format => {
  const { checkRequest, readAnswer, decodeError } = formatOf(format)
  const address = { model: 'a-model', streaming: false }
  const readRequest = (body: Record<string, unknown>): void =>
    onlyGatewayErrors(() => {
      checkRequest(body, address)
      const asked = chatOf(format).decodeRequest(body, address)
      for (const other of chats)
        onlyGatewayErrors(() => void chatOf(other).encodeRequest(asked, targetOf(other)))
    })

  test('throws nothing but a GatewayError: requests of any JSON', () => {
    const fields = [
      'model',
      'messages',
      'contents',
      'input',
      'system',
      'tools',
      'prompt',
      'role',
      'content',
      'parts',
    ]
    const body = fc.dictionary(fc.constantFrom(...fields, 'type', 'text', 'tool_calls'), fc.jsonValue())
    fc.assert(fc.property(body, readRequest), { seed, numRuns: 300 })
  })

  test('throws nothing but a GatewayError: requests of which a piece was changed', () => {
    const chat = chatOf(format)
    const changed = fc.tuple(
      conversation.map(asked => sayable(asked, format)),
      fc.nat(),
      fc.jsonValue(),
    )
    fc.assert(
      fc.property(changed, ([asked, where, what]) => {
        if (!chats.some(name => name === format)) return
        const { body } = chat.encodeRequest(asked, targetOf(format))
        readRequest(replacePiece(body, where, what) as Record<string, unknown>)
      }),
      { seed, numRuns: 300 },
    )
  })

  test('throws nothing but a GatewayError: answers, streams and errors of any bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map(array => Buffer.from(array)),
      fc.json().map(text => Buffer.from(text)),
      fc.json().map(text => Buffer.from(`data: ${text}\n\nevent: x\ndata: ${text}\n\n${text}\n`)),
    )
    fc.assert(
      fc.property(bytes, body => {
        onlyGatewayErrors(() => void readAnswer(body))
        for (const client of clients) passEverything(body, format, client)
        const headers = {}
        onlyGatewayErrors(() => void decodeError({ status: 500, headers, body }))
      }),
      { seed, numRuns: 200 },
    )
  })
})

function passEverything(body: Buffer, upstream: string, client: string): void {
  if (upstream === 'openai-completions' && client !== upstream) return
  passAnswer(body, upstream, client)
  passStream([body], upstream, client)
}

/** Another value in place of one of the values within. */
function replacePiece(value: unknown, where: number, what: unknown): unknown {
  const places: (() => void)[] = []
  const copy = JSON.parse(JSON.stringify(value)) as unknown
  const visit = (inner: unknown): void => {
    if (typeof inner !== 'object' || inner === null) return
    for (const key of Object.keys(inner)) {
      const holder = inner as Record<string, unknown>
      places.push(() => {
        holder[key] = what
      })
      visit(holder[key])
    }
  }
  visit(copy)
  places[where % Math.max(1, places.length)]?.()
  return copy
}

describe.skipIf(recordings.length === 0)(`recordings of which a piece was changed${skipWord}`, () => {
  test.each(chats)('throw nothing but a GatewayError: %s', format => {
    const own = recordings.filter(recording => recording.format === format && recording.status < 400)
    const all = fc.tuple(fc.constantFrom(...own), fc.nat(), fc.nat(255), fc.jsonValue())
    fc.assert(
      fc.property(all, ([recording, where, byte, what]) => {
        const bytes = Buffer.from(readRecording(recording))
        if (!recording.streamed)
          for (const client of clients) passEverything(changed(bytes, where, what), format, client)
        bytes[where % bytes.length] = byte
        for (const client of clients) passStream([bytes], format, client)
        for (const client of clients) passStream([bytes.subarray(0, where % bytes.length)], format, client)
      }),
      { seed, numRuns: 100 },
    )
  })
})

function changed(bytes: Buffer, where: number, what: unknown): Buffer {
  return Buffer.from(JSON.stringify(replacePiece(JSON.parse(bytes.toString()), where, what)))
}
