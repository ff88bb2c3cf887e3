// Counters, gauges and histograms, and their text for Prometheus (exposition format 0.0.4). Written here because an
// update through the client library costs 0.6 µs, nine of which are more than a whole request may spend on
// observation; here an update is an addition. https://prometheus.io/docs/instrumenting/exposition_formats/

export const expositionContentType = 'text/plain; version=0.0.4; charset=utf-8'

export class Counter {
  value = 0

  add(amount: number): void {
    this.value += amount
  }
}

export class Gauge {
  value = 0

  set(value: number): void {
    this.value = value
  }
}

export class Histogram {
  readonly bounds: readonly number[]
  /** One more than the bounds: the last is what exceeded them all. Not cumulative. */
  readonly counts: Float64Array
  sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  observe(value: number): void {
    let bucket = 0
    while (bucket < this.bounds.length && value > (this.bounds[bucket] ?? 0)) bucket++
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1
    this.sum += value
  }
}

export interface MetricOptions {
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
  /** Combinations beyond this number are counted together, with `other` for every label. */
  readonly maxSeries?: number
  /** Multiplies values when they are written: `1e-9` for a counter that is kept in nano units. */
  readonly scale?: number
}

/** All series of one metric. */
export interface Family<Instrument> {
  /** The series with these label values, in the order of the label names; keep it, finding it costs a lookup. */
  with(...values: readonly string[]): Instrument
  /** Forgets all series. */
  clear(): void
}

export interface Registry {
  counter(options: MetricOptions): Family<Counter>
  gauge(options: MetricOptions): Family<Gauge>
  /** @param bounds upper bounds of the buckets, ascending, without infinity */
  histogram(options: MetricOptions, bounds: readonly number[]): Family<Histogram>
  render(): string
}

/** What stands in the place of label values that are too many. */
export const overflowLabel = 'other'

const defaultMaxSeries = 10_000

export function createRegistry(): Registry {
  const renderers: Array<() => string> = []
  const names = new Set<string>()

  function register<Instrument>(options: MetricOptions, kind: Kind<Instrument>): Family<Instrument> {
    if (names.has(options.name)) throw new Error(`Metric ${options.name} is declared twice.`)
    names.add(options.name)
    const { family, all } = createFamily(options, kind.create)
    renderers.push(() => {
      let text = `# HELP ${options.name} ${escapeHelp(options.help)}\n# TYPE ${options.name} ${kind.type}\n`
      for (const series of all()) text += kind.render(series, options)
      return text
    })
    return family
  }

  return {
    counter: options =>
      register<Counter>(options, { type: 'counter', create: () => new Counter(), render: renderValue }),
    gauge: options =>
      register<Gauge>(options, { type: 'gauge', create: () => new Gauge(), render: renderValue }),
    histogram: (options, bounds) =>
      register(options, { type: 'histogram', create: () => new Histogram(bounds), render: renderHistogram }),
    render: () => renderers.map(render => render()).join(''),
  }
}

interface Kind<Instrument> {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly create: () => Instrument
  readonly render: (series: RenderedSeries<Instrument>, options: MetricOptions) => string
}

interface RenderedSeries<Instrument> {
  readonly instrument: Instrument
  /** `route="/v1/models",status="200"`, escaped, made once. */
  readonly labels: string
}

function createFamily<Instrument>(options: MetricOptions, create: () => Instrument) {
  const labelNames = options.labels ?? []
  const maxSeries = options.maxSeries ?? defaultMaxSeries
  const byValues = new Map<string, RenderedSeries<Instrument>>()

  function add(key: string, values: readonly string[]): RenderedSeries<Instrument> {
    const labels = labelNames.map((name, index) => `${name}="${escapeLabel(values[index] ?? '')}"`).join(',')
    const series = { instrument: create(), labels }
    byValues.set(key, series)
    return series
  }

  const family: Family<Instrument> = {
    with(...values) {
      if (values.length !== labelNames.length)
        throw new Error(`Metric ${options.name} takes the labels ${labelNames.join(', ')}.`)
      const key = values.join('\u0000')
      const known = byValues.get(key)
      if (known !== undefined) return known.instrument
      if (byValues.size < maxSeries) return add(key, values).instrument
      const other = values.map(() => overflowLabel)
      const overflowKey = other.join('\u0000')
      return (byValues.get(overflowKey) ?? add(overflowKey, other)).instrument
    },
    clear: () => byValues.clear(),
  }
  // A metric without labels stands at zero from the start, so that a rate over it sees its first increase.
  if (labelNames.length === 0) family.with()
  return { family, all: () => byValues.values() }
}

function renderValue(series: RenderedSeries<{ value: number }>, options: MetricOptions): string {
  const labels = series.labels === '' ? '' : `{${series.labels}}`
  return `${options.name}${labels} ${formatNumber(series.instrument.value * (options.scale ?? 1))}\n`
}

function renderHistogram(series: RenderedSeries<Histogram>, options: MetricOptions): string {
  const { instrument, labels } = series
  const prefix = labels === '' ? '' : `${labels},`
  let cumulative = 0
  let text = ''
  for (let bucket = 0; bucket < instrument.counts.length; bucket++) {
    cumulative += instrument.counts[bucket] ?? 0
    const bound = formatNumber(instrument.bounds[bucket] ?? Number.POSITIVE_INFINITY)
    text += `${options.name}_bucket{${prefix}le="${bound}"} ${cumulative}\n`
  }
  const braces = labels === '' ? '' : `{${labels}}`
  return `${text}${options.name}_sum${braces} ${formatNumber(instrument.sum)}\n${options.name}_count${braces} ${cumulative}\n`
}

function formatNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  return String(value)
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"')
}

/** Lets the first `max` distinct values pass and turns later ones into `other`. */
export function createLabelLimit(max: number): (value: string) => string {
  const known = new Set<string>()
  return value => {
    if (known.has(value)) return value
    if (known.size >= max) return overflowLabel
    known.add(value)
    return value
  }
}
