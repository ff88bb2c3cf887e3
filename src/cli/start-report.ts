// What a start prints: where it listens, what it found, and what to try.

import type { App } from '../app.ts'

export interface StartReport {
  readonly app: App
  readonly file: string | null
  readonly notices: readonly string[]
  readonly dataDirectory: string
  readonly version: string
}

export function describeStart({ app, file, notices, dataDirectory, version }: StartReport): string {
  const { address, snapshot } = app
  const url = `http://${hostInUrl(address.host)}:${address.port}`
  const { notBuilt } = snapshot.configuration
  const lines = [
    `llm-proxy ${version} listens on ${url}`,
    `  configuration  ${file ?? 'none: the environment and the defaults'} (version ${snapshot.version})`,
    ...describeProviders(app).map(
      (line, index) => `  ${index === 0 ? 'providers' : '         '}      ${line}`,
    ),
    `  keys           ${describeKeys(app)}`,
    ...(app.newKey === null
      ? []
      : [
          '                 for clients that sign requests to AWS, `llm-proxy keys create` makes a key with its pair',
        ]),
    `  data           ${dataDirectory}`,
    ...(notBuilt.length === 0
      ? []
      : [`  not built yet  ${notBuilt.join(', ')}: understood and valid, but without effect`]),
    ...[...notices, ...snapshot.problems].map(notice => `  note           ${notice}`),
  ]
  const example = describeExample(app, url)
  return [...lines, ...example].join('\n')
}

function describeProviders({ snapshot }: App): string[] {
  if (snapshot.providers.length === 0) return ['none']
  return snapshot.providers.map(({ configuration: { name, type }, indexed }) => {
    const title = name === type ? name : `${name} (${type})`
    if (indexed.unusableReason !== null) return `${title}: not usable, it ${indexed.unusableReason}`
    if (type === 'simulator') return `${title}: built in, answers without any key and without a model`
    const keys = indexed.connection.keys.length
    const keyWords = keys === 0 ? 'no key needed' : describeCount(keys, 'key')
    const models = indexed.models.length === 0 ? 'any model' : describeCount(indexed.models.length, 'model')
    return `${title}: ${keyWords}, ${models}, ${indexed.connection.origin}`
  })
}

function describeCount(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}

function describeKeys({ snapshot, newKey, storedKeys }: App): string {
  const { auth } = snapshot.configuration
  if (newKey !== null) return `one made now, shown only this once: ${newKey.reveal()}`
  const known = `${auth.keys.length} configured, ${storedKeys} stored`
  return auth.required ? known : `${known}; requests from this machine need none`
}

function describeExample({ snapshot, newKey }: App, url: string): string[] {
  const openHanded = snapshot.providers.find(({ indexed }) => indexed.usable && indexed.acceptsAnyModel)
  const anyModel = openHanded === undefined ? undefined : `${openHanded.configuration.name}/MODEL`
  const model = snapshot.listModels()[0]?.id ?? anyModel
  if (model === undefined)
    return ['No model can be served: give a provider a key, or start without a configuration.']
  const preferred = snapshot.listModels().find(({ id }) => id === 'gpt-4o-mini')?.id ?? model
  const key = newKey?.reveal() ?? 'YOUR_KEY'
  const authorization = snapshot.configuration.auth.required ? ` -H 'authorization: Bearer ${key}'` : ''
  const body = `{"model":"${preferred}","messages":[{"role":"user","content":"Hello"}]}`
  return [
    'Try:',
    `  curl ${url}/v1/chat/completions${authorization} -H 'content-type: application/json' -d '${body}'`,
    `  curl ${url}/health`,
  ]
}

/** The address as a client on this machine writes it. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
