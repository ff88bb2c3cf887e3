// The command line of the benchmark.

import { parseArgs } from 'node:util'
import type { PartName } from './measure/part.ts'

export interface Options {
  readonly quick: boolean
  readonly rounds: number | undefined
  readonly streams: number | undefined
  /** null: all. */
  readonly only: readonly PartName[] | null
  /** null: floor, gateway and nginx, and with `peers` those in bench/peers. */
  readonly subjects: readonly string[] | null
  readonly peers: boolean
  readonly install: boolean
  /** After which the benchmark ends wherever it is. */
  readonly limitMs: number
}

export const usage = `npm run bench -- [options]

  --quick             one short round of everything, about a minute
  --rounds N          rounds of each part (5)
  --only LIST         of cpu, latency, streams, open, start
  --subjects LIST     of floor, gateway, nginx and the names in bench/peers; or paths of such files
  --peers             with all peers of bench/peers
  --streams N         streams held open at once (2000)
  --install           install nginx by apt-get where it is missing (peers go into bench/.work by themselves)
  --limit MINUTES     end after this time (45; with --peers 120; with --quick 4)
`

const partNames: readonly PartName[] = ['cpu', 'latency', 'streams', 'open', 'start']

/** Throws an Error that says what is wrong with the arguments; null asks for the usage. */
export function parseOptions(parameters: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      only: { type: 'string' },
      subjects: { type: 'string' },
      peers: { type: 'boolean', default: false },
      streams: { type: 'string' },
      install: { type: 'boolean', default: false },
      limit: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  const limit = parseCount('--limit', values.limit) ?? (values.quick ? 4 : values.peers ? 120 : 45)
  return {
    quick: values.quick,
    rounds: parseCount('--rounds', values.rounds),
    streams: parseCount('--streams', values.streams),
    only: values.only === undefined ? null : parseParts(values.only),
    subjects: values.subjects === undefined ? null : splitList(values.subjects),
    peers: values.peers,
    install: values.install,
    limitMs: limit * 60_000,
  }
}

function parseCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1)
    throw new Error(`${name} takes a whole number from 1, not "${text}"`)
  return count
}

function parseParts(text: string): PartName[] {
  return splitList(text).map(name => {
    const part = partNames.find(known => known === name)
    if (part === undefined) throw new Error(`--only knows ${partNames.join(', ')}, not "${name}"`)
    return part
  })
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
}
