// Hints over Redis: a sorted set of what holds, by the end of it, and a channel for what is new.

import { createHintBoard, type LocalHintBoard, maxHints, readNote, writeNote } from '../hint-board.ts'
import type { Hint } from '../shared-state.ts'
import { defineScript, type RedisClient } from './client.ts'
import type { RedisKeys } from './keys.ts'
import type { RedisParts } from './parts.ts'

/** The server's clock counts: those of the instances may differ. */
const nowInScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`

/** Note, milliseconds (0 takes it out), channel, message, most notes. */
const tellScript = defineScript(`${nowInScript}
local forMs = tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if forMs > 0 then
  redis.call('ZADD', KEYS[1], 'GT', now + forMs, ARGV[1])
  redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -tonumber(ARGV[5]) - 1)
  redis.call('PEXPIRE', KEYS[1], math.max(forMs, redis.call('PTTL', KEYS[1])))
else
  redis.call('ZREM', KEYS[1], ARGV[1])
end
return redis.call('PUBLISH', ARGV[3], ARGV[4])`)

/** Gives notes and the milliseconds for which they still hold, in turn. */
const readScript = defineScript(`${nowInScript}
local found = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf', 'WITHSCORES')
local answer = {}
for index = 1, #found, 2 do
  answer[index] = found[index]
  answer[index + 1] = found[index + 1] - now
end
return answer`)

export interface RedisHints {
  readonly board: LocalHintBoard
  /** On a new connection: listens, and learns what holds. */
  prepare(client: RedisClient): Promise<void>
  /** Tells once more what this instance knows: it may have been forgotten, or never told. */
  retell(): void
}

export function createRedisHints({ link, clock, keys, instance }: RedisParts): RedisHints {
  const board = createHintBoard({ clock, send })

  function send(hint: Hint): void {
    const note = writeNote(hint)
    const forMs = Math.ceil(hint.forMs)
    const message = JSON.stringify([instance, note, forMs])
    const words = [note, String(forMs), keys.hintChannel, message, String(maxHints)]
    void link().ask(client => client.run(tellScript, keys.hints, words))
  }

  function receive(message: string): void {
    const hint = readMessage(message, instance)
    if (hint !== null) board.hear(hint)
  }

  return {
    board,
    async prepare(client) {
      await client.subscribe(keys.hintChannel, receive)
      board.relearn(await readHints(client, keys))
    },
    retell() {
      for (const hint of board.own()) send(hint)
    },
  }
}

async function readHints(client: RedisClient, keys: RedisKeys): Promise<readonly Hint[]> {
  const answer = await client.run(readScript, keys.hints, [])
  if (!Array.isArray(answer)) return []
  const hints: Hint[] = []
  for (let index = 0; index < answer.length; index += 2) {
    const hint = readNote(String(answer[index]), Number(answer[index + 1]))
    if (hint !== null) hints.push(hint)
  }
  return hints
}

/** Null for what this instance has sent itself, and for what is no hint: anybody may write to a channel. */
function readMessage(message: string, instance: string): Hint | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(message)
  } catch {
    return null
  }
  if (!Array.isArray(parsed)) return null
  const [from, note, forMs] = parsed as readonly unknown[]
  if (from === instance || typeof note !== 'string' || typeof forMs !== 'number') return null
  return readNote(note, forMs)
}
