// The decision of a request in its row: short where there was nothing to decide, as for most requests.

import type { DecisionFacts, ExchangeEnded, RouteDecision } from '../events.ts'
import { isObject } from '../lib/json-value.ts'
import { isTargetId, targetIdOf } from '../lib/target-id.ts'

/** Characters of the prompt, bits of what is needed, bound of the answer or -1, strategy. */
type ShortDecision = readonly [number, number, number, string]

type Decided = Pick<ExchangeEnded, 'decision' | 'modelAsked' | 'provider' | 'model'>

/** What stands in a line of the spool: plain JSON. */
export function packDecision(row: Decided): unknown {
  const { decision } = row
  if (decision === null) return null
  const { facts } = decision
  if (facts === undefined || !isPlain(decision, row))
    return facts === undefined ? decision : { ...decision, facts: packFacts(facts) }
  const short = packFacts(facts)
  short.push(decision.strategy)
  return short
}

/** @param text as it stands in SQL */
export function readDecision(text: string | null, row: Omit<Decided, 'decision'>): RouteDecision | null {
  const packed: unknown = text === null ? null : JSON.parse(text)
  if (Array.isArray(packed)) {
    const [characters, bits, most, strategy] = packed as unknown as ShortDecision
    return {
      rule: null,
      model: row.modelAsked ?? '',
      strategy,
      seed: null,
      candidates: [targetIdOf(row.provider, row.model)],
      scores: null,
      propensity: null,
      filtered: [],
      split: null,
      facts: readFacts([characters, bits, most]),
    }
  }
  if (!isObject(packed)) return null
  const { facts, ...rest } = packed as unknown as RouteDecision & { readonly facts?: readonly number[] }
  return facts === undefined ? rest : { ...rest, facts: readFacts(facts) }
}

/** One candidate, which was asked by the name that the client used. */
function isPlain(decision: RouteDecision, { modelAsked, provider, model }: Decided): boolean {
  const { candidates, filtered, rule, split } = decision
  const [only] = candidates
  return (
    rule === null &&
    only !== undefined &&
    candidates.length === 1 &&
    filtered.length === 0 &&
    (split === undefined || split === null) &&
    decision.shadow !== true &&
    decision.fallback === undefined &&
    decision.model === modelAsked &&
    isTargetId(only, provider, model)
  )
}

function packFacts({ inputCharacters, needs, maxTokens }: DecisionFacts): (number | string)[] {
  const bits =
    (needs.tools ? 1 : 0) | (needs.vision ? 2 : 0) | (needs.json ? 4 : 0) | (needs.reasoning === true ? 8 : 0)
  return [inputCharacters, bits, maxTokens ?? -1]
}

function readFacts([inputCharacters = 0, bits = 0, most = -1]: readonly number[]): DecisionFacts {
  return {
    inputCharacters,
    needs: {
      tools: (bits & 1) !== 0,
      vision: (bits & 2) !== 0,
      json: (bits & 4) !== 0,
      reasoning: (bits & 8) !== 0,
    },
    maxTokens: most === -1 ? null : most,
  }
}
