// The usual way to send a key.

import type { Secret } from '../lib/secret.ts'

export function bearer(key: Secret | null): readonly string[] {
  return key === null ? [] : ['authorization', `Bearer ${key.reveal()}`]
}
