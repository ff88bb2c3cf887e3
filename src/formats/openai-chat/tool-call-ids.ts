// Some providers take only ids of their own shape for tool calls: others are replaced, the same id always by the same.

import { createHash } from 'node:crypto'
import type { ChatDialect } from './quirks.ts'

/** Gives each id of one conversation the one under which the provider knows it. */
export type MapId = (id: string) => string

export function createIdMap({ accepts, length }: ChatDialect['toolCallIds']): MapId {
  const byId = new Map<string, string>()
  const taken = new Set<string>()
  return id => {
    const known = byId.get(id)
    if (known !== undefined) return known
    let mapped = accepts.test(id) ? id : shorten(id, length)
    for (let again = 1; taken.has(mapped); again++) mapped = shorten(`${id} ${again}`, length)
    byId.set(id, mapped)
    taken.add(mapped)
    return mapped
  }
}

function shorten(id: string, length: number): string {
  const digest = createHash('sha256').update(id).digest('base64')
  return digest.replace(/[^A-Za-z0-9]/g, '').slice(0, length)
}
