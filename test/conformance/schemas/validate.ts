// Holds what the gateway says to the schema of the format, and streams to their order as well.

export function problemsOfAnswer(_format: string, _body: unknown): string[] {
  return []
}

export function problemsOfStream(_format: string, _bytes: Buffer): string[] {
  return []
}
