// A strict reader of the exposition format for tests: whatever it does not know is an error.

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const helpLine = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (\S.*)$/
const typeLine = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/
const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN)$/
const labelPair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,(?=.)|$)/y

/** @throws Error naming the line that is not of the format, stands in the wrong place, or repeats another */
export function parseExposition(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('The last line has no line feed.')
  const samples: Sample[] = []
  const types = new Map<string, string>()
  const seen = new Set<string>()
  let family = ''
  for (const line of text.slice(0, -1).split('\n')) {
    const help = helpLine.exec(line)
    const type = typeLine.exec(line)
    if (help !== null) family = help[1] ?? ''
    else if (type !== null) {
      if (type[1] !== family || types.has(family)) throw new Error(`TYPE out of place: ${line}`)
      types.set(family, type[2] ?? '')
    } else {
      const sample = parseSample(line)
      if (!belongs(sample, family, types.get(family))) throw new Error(`Sample out of place: ${line}`)
      const labels = Object.entries(sample.labels).map(String)
      const identity = `${sample.name} ${labels.toSorted((a, b) => a.localeCompare(b)).join(' ')}`
      if (seen.has(identity)) throw new Error(`Sample repeated: ${line}`)
      seen.add(identity)
      samples.push(sample)
    }
  }
  return samples
}

function parseSample(line: string): Sample {
  const match = sampleLine.exec(line)
  if (match === null) throw new Error(`Not a line of the format: ${line}`)
  const labels: Record<string, string> = {}
  const text = match[2] ?? ''
  labelPair.lastIndex = 0
  while (labelPair.lastIndex < text.length) {
    const at = labelPair.lastIndex
    const pair = labelPair.exec(text)
    if (pair === null) throw new Error(`Not a label at ${at}: ${line}`)
    labels[pair[1] ?? ''] = (pair[2] ?? '').replace(/\\(.)/g, (_, escaped) =>
      escaped === 'n' ? '\n' : escaped,
    )
  }
  const value = match[3] ?? ''
  return {
    name: match[1] ?? '',
    labels,
    value: value.endsWith('Inf') ? Number(value.replace('Inf', 'Infinity')) : Number(value),
  }
}

function belongs(sample: Sample, family: string, type: string | undefined): boolean {
  if (type !== 'histogram') return type !== undefined && sample.name === family
  const isBucket = sample.name === `${family}_bucket` && 'le' in sample.labels
  return isBucket || sample.name === `${family}_sum` || sample.name === `${family}_count`
}
