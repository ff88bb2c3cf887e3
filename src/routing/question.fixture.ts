// Questions to strategies, made for tests: targets by name, and what is known of them.

import fc from 'fast-check'
import type { Connection, Target } from '../call.ts'
import { createRandom } from '../lib/seeded-random.ts'
import type { Belief, Objective, RouteQuestion } from './strategy.ts'

/** What is known of one target; what is left out is as in a target that nobody has met. */
export interface Known {
  readonly open?: boolean
  readonly limited?: boolean
  readonly recovering?: boolean
  readonly inFlight?: number
  readonly latencyMs?: number | null
  readonly weight?: number
  readonly cost?: number | null
  readonly belief?: Belief | null
}

export interface QuestionOptions {
  readonly seed?: number
  readonly turn?: number
  readonly objective?: Objective
}

export function makeTarget(id: string): Target {
  return { id, connection: {} as Connection, model: id, priceModel: id }
}

export function makeQuestion(
  known: Readonly<Record<string, Known>>,
  { seed = 1, turn = 0, objective }: QuestionOptions = {},
): RouteQuestion {
  const of = (id: string): Known => known[id] ?? {}
  return {
    targets: Object.keys(known).map(makeTarget),
    facts: {
      model: 'm',
      operation: 'chat',
      streaming: true,
      inputCharacters: 400,
      needs: { tools: false, vision: false, json: false },
    },
    stats: {
      breakerOpen: id => of(id).open === true,
      limited: id => of(id).limited === true,
      recovering: id => of(id).recovering === true,
      inFlight: id => of(id).inFlight ?? 0,
      firstContentMs: id => of(id).latencyMs ?? null,
      turn: () => turn,
      belief: id => of(id).belief ?? null,
    },
    weightOf: ({ id }) => of(id).weight ?? 1,
    expectedCost: ({ id }) => of(id).cost ?? null,
    random: createRandom(seed),
    ...(objective !== undefined && { objective }),
  }
}

export function makeBelief(belief: Partial<Belief> = {}): Belief {
  return {
    successes: 50,
    failures: 0,
    latencyMs: 500,
    latencyCount: 50,
    latencySpread: 0.4,
    costNanoUsd: null,
    ...belief,
  }
}

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null })

const arbitraryBelief = fc.record({
  successes: fc.double({ min: 0, max: 100, noNaN: true }),
  failures: fc.double({ min: 0, max: 100, noNaN: true }),
  latencyMs: maybe(fc.double({ min: 0.1, max: 100_000, noNaN: true })),
  latencyCount: fc.double({ min: 0, max: 100, noNaN: true }),
  latencySpread: fc.double({ min: 0, max: 5, noNaN: true }),
  costNanoUsd: maybe(fc.nat()),
})

const arbitraryKnown: fc.Arbitrary<Known> = fc.record({
  open: fc.boolean(),
  limited: fc.boolean(),
  recovering: fc.boolean(),
  inFlight: fc.nat(100),
  latencyMs: maybe(fc.double({ min: 0, max: 100_000, noNaN: true })),
  weight: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 1000, noNaN: true })),
  cost: maybe(fc.nat()),
  belief: maybe(arbitraryBelief),
})

/** Up to eight targets in any state. Names begin with a letter, as those of numbers would be put in their order. */
export const arbitraryTargets: fc.Arbitrary<Readonly<Record<string, Known>>> = fc
  .array(arbitraryKnown, { minLength: 1, maxLength: 8 })
  .map(known => Object.fromEntries(known.map((each, index) => [`t${index}`, each])))
