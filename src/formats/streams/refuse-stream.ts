// Stands for the tap of a format without streams. None is ever asked for: its requests say so.

import type { StreamTap } from '../../call.ts'

export function refuseStream(): StreamTap {
  throw new Error('This operation has no stream.')
}
