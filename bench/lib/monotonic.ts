// One clock for all processes of a run: the kernel's monotonic one, which does not depend on when a process began.

/** Milliseconds with fractions; only differences mean anything, also between processes. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
