// What the instances share, by where: in Redis, or in the memory of the only one.

export type { MemoryFleet } from './memory.ts'
export { createMemoryFleet } from './memory.ts'
export type { RedisSettings } from './redis/client.ts'
export { createRedisState } from './redis/redis-shared-state.ts'
export type {
  AffinityPlace,
  AffinityStore,
  CounterReading,
  Counters,
  Hint,
  HintBoard,
  HintKind,
  Lease,
  Leases,
  SharedState,
} from './shared-state.ts'
