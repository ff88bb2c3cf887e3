// The log: one line for each request that has ended, one for whatever else an operator should read.

import type { ExchangeEnded, GatewayEvent, Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import { createLogFile, type LogFile } from './log-file.ts'
import { createJsonLines, createTextLines, type LogDetail, type LogLevel } from './log-lines.ts'

export interface LogOptions {
  readonly level: LogLevel
  readonly format: 'json' | 'text'
  /** null: standard output. */
  readonly file: string | null
  readonly maxBytes: number
  /** Files kept, the one being written included. */
  readonly maxFiles: number
  readonly clock: Clock
  readonly service: string
}

export interface Log {
  readonly observe: Observer
  debug(message: string, detail?: LogDetail): void
  info(message: string, detail?: LogDetail): void
  warn(message: string, detail?: LogDetail): void
  error(message: string, detail?: LogDetail): void
  /** Writes what waits before it returns; for a process that is about to die. */
  flush(): void
  close(): Promise<void>
  /** Lines lost since the start because they could not be written. */
  droppedLines(): number
}

const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

/** @throws Error where the file cannot be opened */
export function createLog(options: LogOptions): Log {
  const { clock } = options
  const lines = options.format === 'json' ? createJsonLines(options.service) : createTextLines()
  const least = severity[options.level]
  const file: LogFile = createLogFile({
    path: options.file,
    maxBytes: options.maxBytes,
    maxFiles: options.maxFiles,
    clock,
    describeDropped: count =>
      lines.message({
        level: 'warn',
        message: 'log lines lost: they could not be written',
        detail: { lines: count },
        at: clock.wall(),
      }),
  })

  function append(level: LogLevel, line: string): void {
    file.append(line)
    if (level === 'error') file.hurry()
  }

  function write(level: LogLevel, message: string, detail?: LogDetail): void {
    if (severity[level] < least) return
    append(level, lines.message({ level, message, detail, at: clock.wall() }))
  }

  function observe(event: GatewayEvent): void {
    if (event.type === 'exchange_ended') {
      const level = levelOf(event)
      if (severity[level] >= least) append(level, lines.exchange(event, level))
    } else tell(event, write)
  }

  return {
    observe,
    debug: (message, detail) => write('debug', message, detail),
    info: (message, detail) => write('info', message, detail),
    warn: (message, detail) => write('warn', message, detail),
    error: (message, detail) => write('error', message, detail),
    flush: () => file.flush(),
    close: () => file.close(),
    droppedLines: () => file.dropped(),
  }
}

/** A request that failed through the gateway is an error; through an upstream or its client, a warning. */
function levelOf(event: ExchangeEnded): LogLevel {
  if (event.outcome === 'ok' || event.outcome === 'client_disconnected') return 'info'
  return event.errorCode === 'internal_error' || event.errorCode === 'storage_full' ? 'error' : 'warn'
}

function tell(
  event: Exclude<GatewayEvent, ExchangeEnded>,
  write: (level: LogLevel, message: string, detail?: LogDetail) => void,
): void {
  switch (event.type) {
    case 'exchange_started':
    case 'attempt_ended':
    case 'shadow_ended':
    case 'health_check_ended':
      // The line of the request, or the row of the copy or the check, tells of it.
      break
    case 'configuration_loaded':
      write('info', 'configuration loaded', { config: event.version })
      break
    case 'configuration_rejected':
      for (const problem of event.problems)
        write('error', 'configuration refused, the old one stays', { problem })
      break
    case 'provider_key_rejected':
      write('error', 'provider refused a key', { provider: event.provider, key_index: event.keyIndex })
      break
    case 'breaker_changed':
      write(event.state === 'open' ? 'warn' : 'info', `circuit breaker ${event.state.replace('_', ' ')}`, {
        target: event.target,
      })
      break
    case 'models_listed':
      write(event.recovered ? 'info' : 'debug', 'models listed', {
        provider: event.provider,
        models: event.models,
        ...(event.skipped > 0 && { skipped: event.skipped }),
      })
      break
    case 'model_listing_failed': {
      const message = event.refused ? 'list of models doubted, the one before stays' : 'models not listed'
      write(event.tell ? 'warn' : 'debug', message, { provider: event.provider, reason: event.reason })
      break
    }
    case 'models_changed':
      write('info', 'models changed', {
        provider: event.provider,
        ...event.counts,
        models: event.models.join(', '),
      })
      break
    case 'notice':
      write(event.level, event.message, event.detail)
      break
  }
}
