// Faults of the connections between the gateway and an upstream which itself is well.

import { answered, broken } from './expectation.ts'
import { both, type Fault, leftToOthers, onlyFirst, silent, triedAgain } from './faults.ts'
import type { Said } from './speech.ts'
import type { Toxic } from './toxiproxy.ts'
import { answer } from './upstreams.ts'

type TcpFault = Fault & { readonly toxic: Toxic }

/** Longer than what a cut connection lets through, in every format. */
const longAnswer: Said = {
  pieces: Array.from({ length: 200 }, (_, index) => `${index} ${'word '.repeat(40)}`),
}
const letThrough = 20_000

const whole = both(answered({ first: ['ok'] }), answered({ first: ['ok'] }))

/** Each client before an upstream of its own format: what the bytes mean is no matter here. */
const common: Pick<Fault, 'behave' | 'exists'> = {
  behave: wanted => [answer(wanted)],
  exists: ({ client, upstream }) => client === upstream,
}

export const tcpFaults: readonly TcpFault[] = [
  {
    ...common,
    name: 'latency of 100 ms, with a jitter of 50 ms',
    toxic: { type: 'latency', attributes: { latency: 100, jitter: 50 } },
    ...whole,
  },
  {
    ...common,
    name: 'latency of 1.5 s',
    toxic: { type: 'latency', attributes: { latency: 1500, jitter: 0 } },
    streamed: silent,
    full: silent,
  },
  {
    ...common,
    name: 'half-open: nothing comes back, and nobody closes',
    toxic: { type: 'timeout', attributes: { timeout: 0 } },
    streamed: silent,
    full: silent,
  },
  {
    ...common,
    name: 'reset after 350 ms, before the headers',
    toxic: { type: 'reset_peer', attributes: { timeout: 350 } },
    streamed: leftToOthers('upstream_unreachable'),
    full: leftToOthers('upstream_unreachable'),
  },
  {
    ...common,
    name: 'closed in the middle of the answer',
    toxic: { type: 'limit_data', attributes: { bytes: letThrough } },
    behave: wanted => [answer(wanted, longAnswer)],
    streamed: onlyFirst(broken({ first: ['upstream_truncated'] })),
    full: triedAgain('upstream_truncated'),
  },
  {
    ...common,
    name: 'closed a second after the end of the answer',
    toxic: { type: 'slow_close', attributes: { delay: 1000 } },
    ...whole,
  },
  {
    ...common,
    name: '5 kB/s',
    toxic: { type: 'bandwidth', attributes: { rate: 5 } },
    ...whole,
  },
  {
    ...common,
    name: 'cut into pieces of 20 bytes',
    toxic: { type: 'slicer', attributes: { average_size: 20, size_variation: 10, delay: 100 } },
    ...whole,
  },
]
