// Paths into the configuration, as people write them: `providers[1].priority`, `headers["x-a.b"]`.

export type Path = readonly PropertyKey[]

export function formatPath(path: Path): string {
  let written = ''
  for (const step of path) {
    if (typeof step === 'number') written += `[${step}]`
    else if (/^[A-Za-z_][\w-]*$/.test(String(step))) written += `${written === '' ? '' : '.'}${String(step)}`
    else written += `[${JSON.stringify(String(step))}]`
  }
  return written
}
