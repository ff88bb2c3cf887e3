// What a log line looks like. JSON for machines, one object per line, put together by hand: with pino a line of this
// size costs several times the 2 µs that it costs here, disk included. Text for people at a terminal.

import type { AttemptRecord } from '../errors.ts'
import type { ExchangeEnded } from '../events.ts'
import { redact } from './redact.ts'
import { inputTokens, outputTokens } from './stats.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export type LogDetail = Readonly<Record<string, string | number | boolean | null>>

export interface LogMessage {
  readonly level: LogLevel
  readonly message: string
  readonly detail?: LogDetail | undefined
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Each returns one line with its line feed. */
export interface LineFormat {
  exchange(event: ExchangeEnded, level: LogLevel): string
  message(message: LogMessage): string
}

const longestText = 1_000
const longestName = 200

/** @param service stands in every line, for collectors that read many */
export function createJsonLines(service: string): LineFormat {
  const time = createTimestamps()
  const name = createKnownNames()
  const afterLevel = `","service":${JSON.stringify(service)},"message":`

  // The order of the fields and their joining have been measured: this line is the dearest part of observation.
  function exchange(event: ExchangeEnded, level: LogLevel): string {
    return (
      `{"time":"${time(event.startedAt + event.durationMs)}","level":"${level}${afterLevel}"request","id":` +
      `${JSON.stringify(event.id)},"key":${name(event.keyId)},"route":${name(event.route)}` +
      `,"operation":"${event.operation}","model_asked":${quoteAsked(event, name)},"provider":${name(event.provider)}` +
      `,"model":${name(event.model)},"status":${event.status},"outcome":"${event.outcome}"` +
      `${event.streaming ? ',"stream":true' : ',"stream":false'}${quoteError(event)}` +
      `${event.finishReason === null ? '' : `,"finish_reason":${name(event.finishReason)}`}${quoteUsage(event)}` +
      `${quoteCost(event)},"duration_ms":${thousandths(event.durationMs)}` +
      `,"upstream_ms":${thousandths(event.upstreamMs)}` +
      `${event.firstContentMs === null ? '' : `,"first_content_ms":${thousandths(event.firstContentMs)}`}` +
      `,"attempts":${event.attempts.length}${quoteFailedAttempts(event.attempts)}${quoteWarnings(event.warnings)}` +
      `,"bytes_in":${event.bytesIn},"bytes_out":${event.bytesOut},"config":${name(event.configVersion)}}\n`
    )
  }

  function message({ level, message: text, detail, at }: LogMessage): string {
    const fields = Object.entries(detail ?? {}).map(
      ([key, value]) =>
        `,${JSON.stringify(key)}:${typeof value === 'string' ? quoteText(value) : JSON.stringify(value)}`,
    )
    return `{"time":"${time(at)}","level":"${level}${afterLevel}${quoteText(text)}${fields.join('')}}\n`
  }

  return { exchange, message }
}

export function createTextLines(): LineFormat {
  const time = createTimestamps()
  return {
    exchange(event, level) {
      const target = event.provider === null ? '' : ` -> ${event.provider}/${event.model}`
      const failed = event.attempts.filter(attempt => attempt.code !== null)
      const parts = [
        `${time(event.startedAt + event.durationMs)} ${level.toUpperCase().padEnd(5)}`,
        `${event.status} ${event.outcome} ${event.route} ${readableAsked(event)}${target}`,
        `${event.durationMs.toFixed(1)} ms`,
        event.usage === null ? '' : `${inputTokens(event.usage)}+${outputTokens(event.usage)} tokens`,
        event.costNanoUsd === null ? '' : `$${dollars(event.costNanoUsd)}`,
        event.errorCode === null ? '' : `${event.errorCode}: ${readable(event.errorMessage ?? '')}`,
        failed.length === 0 ? '' : `after ${failed.map(describeAttempt).join(', ')}`,
        readable(event.warnings.join('; ')),
        event.keyId ?? '',
        event.id,
      ]
      return `${escapeControls(parts.filter(part => part !== '').join('  '))}\n`
    },
    message({ level, message, detail, at }) {
      const fields = Object.entries(detail ?? {}).map(([key, value]) => `  ${key}=${readable(String(value))}`)
      const line = `${time(at)} ${level.toUpperCase().padEnd(5)}  ${readable(message)}${fields.join('')}`
      return `${escapeControls(line)}\n`
    },
  }
}

/** ISO time with milliseconds; the part up to the second is made once a second. */
function createTimestamps(): (at: number) => string {
  let second = Number.NaN
  let prefix = ''
  return at => {
    const whole = Math.floor(at)
    const current = Math.floor(whole / 1000)
    if (current !== second) {
      second = current
      prefix = new Date(current * 1000).toISOString().slice(0, 19)
    }
    return `${prefix}${fractions[whole - current * 1000]}Z`
  }
}

/** Quotes names that come again and again, from memory. */
function createKnownNames(): (name: string | null) => string {
  const quoted = new Map<string, string>()
  return name => {
    if (name === null) return 'null'
    const known = quoted.get(name)
    if (known !== undefined) return known
    const fresh = JSON.stringify(name.slice(0, longestName))
    // Names of keys and configurations come and go: start again rather than grow.
    if (quoted.size >= 5_000) quoted.clear()
    quoted.set(name, fresh)
    return fresh
  }
}

/** A model that led to no provider can be anything, a key pasted into the wrong field included. */
function quoteAsked(event: ExchangeEnded, name: (name: string | null) => string): string {
  const { modelAsked, provider } = event
  return modelAsked === null || provider !== null ? name(modelAsked) : quoteText(modelAsked)
}

function quoteError(event: ExchangeEnded): string {
  if (event.errorCode === null) return ''
  const message = event.errorMessage === null ? 'null' : quoteText(event.errorMessage)
  return `,"error_code":"${event.errorCode}","error_message":${message}`
}

/** Cached and reasoning tokens are parts of the input and the output, told where there are any. */
function quoteUsage({ usage, usageSource }: ExchangeEnded): string {
  if (usage === null) return ''
  let text = `,"input_tokens":${inputTokens(usage)},"output_tokens":${outputTokens(usage)},"usage_source":"${usageSource}"`
  const cacheWrite = usage.cacheWrite5m + usage.cacheWrite1h
  if (usage.cacheRead > 0) text += `,"cache_read_tokens":${usage.cacheRead}`
  if (cacheWrite > 0) text += `,"cache_write_tokens":${cacheWrite}`
  if (usage.outputReasoning > 0) text += `,"reasoning_tokens":${usage.outputReasoning}`
  return text
}

function quoteCost({ costNanoUsd, costStatus }: ExchangeEnded): string {
  if (costNanoUsd !== null) return `,"cost_usd":${dollars(costNanoUsd)}`
  return costStatus === 'unpriced' ? ',"cost_usd":null' : ''
}

function quoteFailedAttempts(attempts: readonly AttemptRecord[]): string {
  if (attempts.every(attempt => attempt.code === null)) return ''
  const failed = attempts
    .filter(attempt => attempt.code !== null)
    .map(({ durationMs, ...attempt }) => ({ ...attempt, duration_ms: Math.round(durationMs) }))
  return `,"failed_attempts":${JSON.stringify(failed)}`
}

function quoteWarnings(warnings: readonly string[]): string {
  return warnings.length === 0 ? '' : `,"warnings":${JSON.stringify(warnings.map(readable))}`
}

/** A text of any origin: without credentials, cut to a bearable length. */
function quoteText(text: string): string {
  return JSON.stringify(readable(text))
}

function readable(text: string): string {
  // Cut first, or a long text would cost as much as it likes; cut again, as a mark may be longer than what it hides.
  return redact(text.slice(0, longestText)).slice(0, longestText)
}

function readableAsked(event: ExchangeEnded): string {
  return event.modelAsked === null ? '-' : readable(event.modelAsked).slice(0, longestName)
}

function describeAttempt(attempt: AttemptRecord): string {
  return `${attempt.provider}/${attempt.model} ${attempt.status ?? '-'} ${attempt.code}`
}

/** Nano dollars as dollars, exact, never in scientific notation. */
function dollars(nano: number): string {
  const whole = Math.floor(nano / 1e9)
  return `${whole}.${String(nano - whole * 1e9).padStart(9, '0')}`
}

const fractions = Array.from({ length: 1000 }, (_, index) => `.${String(index).padStart(3, '0')}`)

/** With three decimals; several times faster than printing a double. */
function thousandths(value: number): string {
  const scaled = Math.max(0, Math.round(value * 1000))
  const whole = Math.floor(scaled / 1000)
  return `${whole}${fractions[scaled - whole * 1000]}`
}

/** A line feed or an escape sequence in a text must not make a line of its own, nor speak to the terminal. */
function escapeControls(line: string): string {
  return line.replace(/[\p{Cc}\u2028\u2029]/gu, character => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0')
    return `\\u${code}`
  })
}
