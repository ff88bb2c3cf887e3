// A stream: whole answers in which each chunk says more. It has no end marker; its end is the close of the connection
// after a reason to finish. https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent

import type { Finish } from '../../conversation/completion.ts'
import type { CompletionEvent, PartDetailEvent, PartOpening } from '../../conversation/completion-event.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, type JsonObject, type MutableJson } from '../../lib/json-value.ts'
import type { DecodeContext, StreamDecoder, WireEvent } from '../format.ts'
import { countOf, malformed, parseJson } from '../shared/answer-body.ts'
import { otherFields } from '../shared/aside.ts'
import { citeTexts } from './citations.ts'
import { decodePart } from './decode-part.ts'
import { candidateFields, looksLikeAnswer, readTime } from './decode-response.ts'
import { failureInSuccess, holdsError } from './errors.ts'
import { decodeBlock, decodeFinish } from './finish.ts'
import { decodeLogprobs } from './logprobs.ts'
import { ArgumentWriter } from './partial-arguments.ts'
import { readServiceTier, readUsage } from './usage.ts'
import { formatName, isEmpty, objectsIn, textIn } from './wire.ts'

type Emit = (event: CompletionEvent) => void

/** A class because one is made for each stream and each of its events passes through. */
export class GeminiStreamDecoder implements StreamDecoder {
  readonly #context: DecodeContext
  readonly #emit: Emit
  #started = false
  #usage: unknown = null
  #usageTotal: unknown = null
  #blocked: Finish | null = null
  readonly #choices = new Map<number, CandidateReader>()

  constructor(context: DecodeContext, emit: Emit) {
    this.#context = context
    this.#emit = emit
  }

  push({ data }: WireEvent): void {
    const value = parseJson(data)
    if (holdsError(value)) throw failureInSuccess(value)
    if (Array.isArray(value)) for (const chunk of value) this.#readChunk(chunk)
    else this.#readChunk(value)
  }

  finish(): void {
    const open = [...this.#choices.values()]
    if (open.length === 0 && this.#blocked === null) throw new GatewayError('upstream_truncated')
    const finishes = open.map(choice => ({ choice: choice.index, finish: choice.end() }))
    if (finishes.length === 0 && this.#blocked !== null) finishes.push({ choice: 0, finish: this.#blocked })
    for (const { choice, finish } of finishes) this.#emit({ type: 'finish', choice, finish })
    const serviceTier = readServiceTier(this.#usage)
    this.#emit({ type: 'end', ...(serviceTier === undefined ? {} : { serviceTier }) })
  }

  #readChunk(chunk: unknown): void {
    if (!isObject(chunk) || !(this.#started || looksLikeAnswer(chunk))) throw malformed('has no `candidates`')
    if (!this.#started) this.#start(chunk)
    const { candidates, usageMetadata, promptFeedback } = chunk
    if (Array.isArray(candidates)) for (const candidate of candidates) this.#readCandidate(candidate)
    if (isObject(usageMetadata)) this.#readUsage(usageMetadata)
    if (isObject(promptFeedback)) this.#blocked ??= decodeBlock(promptFeedback)
  }

  #start(chunk: JsonObject): void {
    this.#started = true
    const created = readTime(chunk['createTime'])
    this.#emit({
      type: 'start',
      id: textIn(chunk, 'responseId') ?? '',
      model: textIn(chunk, 'modelVersion') ?? '',
      ...(created === undefined ? {} : { created }),
    })
  }

  /** The counts are of the whole stream so far, and most chunks only repeat them. */
  #readUsage(metadata: JsonObject): void {
    this.#usage = metadata
    if (metadata['totalTokenCount'] === this.#usageTotal && this.#usageTotal !== undefined) return
    const usage = readUsage(metadata)
    if (usage === null) return
    this.#usageTotal = metadata['totalTokenCount']
    this.#emit({ type: 'usage', usage })
  }

  #readCandidate(candidate: unknown): void {
    if (!isObject(candidate)) return
    const index = countOf(candidate['index']) ?? 0
    let choice = this.#choices.get(index)
    if (choice === undefined) {
      choice = new CandidateReader(index, this.#context, this.#emit)
      this.#choices.set(index, choice)
    }
    choice.read(candidate)
  }
}

/** One candidate of the stream: what part of it is open, and what it has said of its end. */
class CandidateReader {
  readonly index: number
  readonly #context: DecodeContext
  readonly #emit: Emit
  #parts = 0
  #open: PartOpening['type'] | null = null
  /** The open text so far, for the places of citations. */
  #text = ''
  /** The open text has got its signature: what follows is another part. */
  #sealed = false
  #arguments: ArgumentWriter | null = null
  /** Signatures without a text of their own, which follow the open part. */
  #trailing: JsonObject[] = []
  #hasCalls = false
  #native: string | undefined
  /** What the candidate says beside its content: grounding, ratings. */
  #own: MutableJson = {}

  constructor(index: number, context: DecodeContext, emit: Emit) {
    this.index = index
    this.#context = context
    this.#emit = emit
  }

  read(candidate: JsonObject): void {
    const { content, finishReason } = candidate
    const parts = isObject(content) ? content['parts'] : undefined
    if (Array.isArray(parts)) for (const part of parts) if (isObject(part)) this.#readPart(part)
    const logprobs = decodeLogprobs(candidate['logprobsResult'])
    if (logprobs !== undefined) this.#emit({ type: 'logprobs', choice: this.index, logprobs })
    if (typeof finishReason === 'string') this.#native = finishReason
    const own = otherFields(candidate, candidateFields)
    if (own !== undefined) mergeOwn(this.#own, own)
  }

  /** @throws GatewayError where the candidate has no end, or ended in failure */
  end(): Finish {
    if (this.#native === undefined) throw new GatewayError('upstream_truncated')
    if (this.#open === 'text') this.#cite()
    this.#close()
    return decodeFinish({
      native: this.#native,
      message: textIn(this.#own, 'finishMessage'),
      hasCalls: this.#hasCalls,
      hasContent: this.#parts > 0,
      own: isEmpty(this.#own) ? undefined : this.#own,
    })
  }

  #readPart(part: JsonObject): void {
    if (typeof part['text'] === 'string') this.#readText(part, part['text'])
    else if (isObject(part['functionCall'])) this.#readCall(part, part['functionCall'])
    else {
      const value = decodePart(part, () => '')
      if (value === null) return
      this.#close()
      this.#emit({ type: 'part', choice: this.index, part: this.#parts++, value })
    }
  }

  #readText(part: JsonObject, text: string): void {
    const kind = part['thought'] === true ? 'reasoning' : 'text'
    const signature = textIn(part, 'thoughtSignature')
    if (text === '' && signature === undefined) return
    if (text === '' && kind === 'text') {
      this.#trailing.push(part)
      return
    }
    if (this.#open !== kind || this.#sealed || this.#trailing.length > 0)
      this.#begin(kind === 'text' ? { type: 'text' } : { type: 'reasoning', origin: formatName })
    if (text !== '') this.#delta(text)
    if (kind === 'text') this.#text += text
    if (signature === undefined) return
    this.#sealed = true
    this.#detail(
      kind === 'text' ? { extra: { [formatName]: { thoughtSignature: signature } } } : { signature },
    )
  }

  /** A call comes whole, or its arguments piece by piece: then `{}` ends it, or whatever follows. */
  #readCall(part: JsonObject, call: JsonObject): void {
    const name = textIn(call, 'name') ?? ''
    if (name !== '') this.#beginCall(part, call, name)
    else if (this.#arguments === null) return
    if (this.#arguments === null) return
    const text = this.#arguments.write(objectsIn(call, 'partialArgs'))
    if (text !== '') this.#delta(text)
    if (call['willContinue'] !== true) this.#close()
  }

  #beginCall(part: JsonObject, call: JsonObject, name: string): void {
    const whole = call['willContinue'] !== true && !Array.isArray(call['partialArgs'])
    const decoded = decodePart(part, () => textIn(call, 'id') || `call_${this.#context.createId()}`)
    if (decoded?.type !== 'tool_call') return
    const { id, extra, signature } = decoded
    this.#begin({ type: 'tool_call', id, name, ...(extra === undefined ? {} : { extra }) })
    this.#hasCalls = true
    if (whole) this.#delta(decoded.arguments)
    if (signature !== undefined) this.#detail({ signature })
    if (whole) this.#close()
    else this.#arguments = new ArgumentWriter()
  }

  #cite(): void {
    for (const citation of citeTexts(this.#own, [this.#text])?.[0] ?? []) this.#detail({ citation })
  }

  #begin(opening: PartOpening): void {
    this.#close()
    this.#open = opening.type
    this.#emit({ type: 'part_start', choice: this.index, part: this.#parts, opening })
  }

  #delta(text: string): void {
    this.#emit({ type: 'part_delta', choice: this.index, part: this.#parts, text })
  }

  #detail(detail: PartDetailEvent['detail']): void {
    this.#emit({ type: 'part_detail', choice: this.index, part: this.#parts, detail })
  }

  #close(): void {
    if (this.#arguments !== null) {
      this.#delta(this.#arguments.end())
      this.#arguments = null
    }
    if (this.#open !== null) {
      this.#emit({ type: 'part_end', choice: this.index, part: this.#parts++ })
      this.#open = null
      this.#text = ''
      this.#sealed = false
    }
    for (const value of this.#trailing)
      this.#emit({
        type: 'part',
        choice: this.index,
        part: this.#parts++,
        value: { type: 'opaque', format: formatName, value },
      })
    this.#trailing = []
  }
}

/** Later chunks add to the grounding of earlier ones, or repeat it whole. */
function mergeOwn(own: MutableJson, more: JsonObject): void {
  for (const field in more) {
    if (field === '__proto__') continue
    const [before, now] = [own[field], more[field]]
    own[field] = isObject(before) && isObject(now) ? mergeLists(before, now) : now
  }
}

function mergeLists(before: JsonObject, now: JsonObject): JsonObject {
  const merged: MutableJson = { ...before, ...now }
  for (const field of ['citations', 'citationSources']) {
    if (!Array.isArray(before[field]) || !Array.isArray(now[field])) continue
    const all = [...(before[field] as unknown[]), ...(now[field] as unknown[])]
    merged[field] = [...new Map(all.map(item => [JSON.stringify(item), item])).values()]
  }
  return merged
}
