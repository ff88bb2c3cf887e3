// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the file's syntax is that of templates
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { configurationOf, load, loadText, problemsOf } from '../../test/fixtures/load-configuration.ts'

/** The lines of a list, so that places are easy to count. */
const lines = (...text: string[]) => text.join('\n')

test('an unknown key is told at the key, with the key that was meant', () => {
  const text = lines('providers:', '  - type: openai', '    priorty: 1')
  expect(problemsOf(loadText(text))).toEqual([
    'config.yaml:3:5 providers[0].priorty: unknown key, did you mean `priority`?',
  ])
})

test('a bad value is told at the value', () => {
  expect(problemsOf(loadText(lines('server:', '  port: 70000')))).toEqual([
    'config.yaml:2:9 server.port: must be at most 65535',
  ])
})

test('a missing key is told at what should hold it', () => {
  expect(problemsOf(loadText(lines('providers:', '  - name: x')))).toEqual([
    'config.yaml:2:5 providers[0].type: is missing',
  ])
})

test('every problem is told at once, from top to bottom, those of the environment last', () => {
  const text = lines(
    'servr: {}',
    'server: {keep_alive: 10 min, port: "80"}',
    'auth: {api_keys: x, api_key_header: "a b"}',
    'providers:',
    '  - {type: openia, models: [], base_url: ftp://x}',
    '  - {type: groq, headers: {Host: x, ok: "x\\ny"}}',
    '  - {type: groq, timeouts: {conect: 3}, max_retries: 2.5}',
    '  - just a text',
    'models: {groups: {h: {targets: [z], strategy: quickest}, i: {targts: [q]}}}',
    'logging: {level: inof}',
    'rate_limit: {window_seconds: 0}',
    'alerts: [{name: x, threshold: high}]',
  )
  expect(problemsOf(loadText(text, { PORT: 'eighty', METRICS_ENABLED: 'maybe' }))).toEqual([
    'config.yaml:1:1 servr: unknown key, did you mean `server`?',
    'config.yaml:2:22 server.keep_alive: must be a duration: seconds as a number, or a text like `500ms`, `30s`, `5m`, `1h`',
    'config.yaml:2:36 server.port: must be a number',
    'config.yaml:3:18 auth.api_keys: must be a list',
    'config.yaml:3:37 auth.api_key_header: is not the name of a header',
    'config.yaml:5:12 providers[0].type: unknown type of provider, did you mean `openai`?',
    'config.yaml:5:28 providers[0].models: must not be empty',
    'config.yaml:5:42 providers[0].base_url: must be an http:// or https:// address without user, password, query and fragment',
    'config.yaml:6:28 providers[1].headers.Host: belongs to the connection and cannot be set',
    'config.yaml:6:41 providers[1].headers.ok: must not hold control characters nor characters beyond Latin-1',
    'config.yaml:7:5 providers[2]: providers[1] has the same name',
    'config.yaml:7:29 providers[2].timeouts.conect: unknown key, did you mean `connect`?',
    'config.yaml:7:54 providers[2].max_retries: must be a whole number',
    'config.yaml:8:5 providers[3]: must be a mapping of keys to values',
    'config.yaml:9:47 models.groups.h.strategy: must be one of `round_robin`, `weighted`, `least_connections`, `least_latency`, `cost_optimized`, `adaptive`, `priority`',
    'config.yaml:9:61 models.groups.i.targets: is missing',
    'config.yaml:9:62 models.groups.i.targts: unknown key, did you mean `targets`?',
    'config.yaml:10:18 logging.level: must be one of `debug`, `info`, `warn`, `warning`, `error`, `critical`, did you mean `info`?',
    'config.yaml:11:30 rate_limit.window_seconds: must be between 1ms and 24h',
    'config.yaml:12:10 alerts[0].metric_path: is missing',
    'config.yaml:12:10 alerts[0].condition: is missing: one of `>`, `>=`, `<`, `<=`, `==`, `!=`',
    'config.yaml:12:31 alerts[0].threshold: must be a number',
    'environment PORT: must be a whole number from 0 to 65535',
    'environment METRICS_ENABLED: must be `true` or `false`',
  ])
})

test('what is no YAML is told with its place and without the text around it', () => {
  const problems = problemsOf(loadText(lines('server:', '  port: [1', 'auth: "sk-top-secret')))
  expect(problems.length).toBeGreaterThan(0)
  for (const problem of problems) expect(problem).toMatch(/^config\.yaml:\d+:\d+: is not valid YAML: /)
  expect(problems.join()).not.toContain('top-secret')
})

test('a key that stands twice is told at its second place', () => {
  expect(problemsOf(loadText(lines('server:', '  port: 1', '  host: x', '  port: 2')))).toEqual([
    'config.yaml:4:3 server.port: duplicate key',
  ])
})

test('a key without a blank after its colon is told without its value', () => {
  expect(problemsOf(loadText('providers: [{type: openai, api_key:sk-top-secret}]'))).toEqual([
    'config.yaml:1:28 providers[0].api_key: lacks a blank after the colon',
  ])
})

test('several documents, a list, and a lone text are refused', () => {
  expect(problemsOf(loadText('a: 1\n---\nb: 2\n'))[0]).toContain('holds several documents')
  expect(problemsOf(loadText('- 1'))).toEqual(['config.yaml:1:1: must be a mapping of sections'])
  expect(problemsOf(loadText('hello'))).toEqual(['config.yaml:1:1: must be a mapping of sections'])
})

test('keys that would reach the prototype of objects are unknown keys', () => {
  const text = lines('__proto__: {polluted: 1}', 'models:', '  aliases: {__proto__: x}', 'constructor: {}')
  expect(problemsOf(loadText(text))).toEqual([
    'config.yaml:1:1 __proto__: unknown key',
    'config.yaml:3:13 models.aliases.__proto__: unknown key',
    'config.yaml:4:1 constructor: unknown key',
  ])
  expect({}).not.toHaveProperty('polluted')
})

test('aliases of YAML work, and those that hold themselves are refused', () => {
  const shared = lines(
    'providers:',
    '  - {type: openai, models: &names [a, b]}',
    '  - {type: groq, models: *names}',
  )
  expect(configurationOf(loadText(shared)).providers[1]?.models).toEqual(['a', 'b'])
  expect(problemsOf(loadText('models: &m {aliases: *m}'))[0]).toBe(
    'config.yaml:1:22 models.aliases: is an alias of something that it is a part of',
  )
})

test('aliases nested to a billion do no harm', () => {
  const levels = Array.from(
    { length: 30 },
    (_, level) => `l${level + 1}: &l${level + 1} [*l${level}, *l${level}]`,
  )
  expect(problemsOf(loadText(lines('l0: &l0 [x, x]', ...levels)))).toHaveLength(31)
})

test('variables stand in for texts, numbers and truth values', () => {
  const text = lines(
    'app:',
    '  name: ${NAME}, ${PLACE:-at home}',
    '  environment: ${NUMBER}',
    'server:',
    '  port: ${PORT_WANTED:-9000}',
    '  debug: ${DEBUG_WANTED}',
    '  keep_alive: ${NUMBER}',
  )
  const environment = { NAME: 'Proxy', NUMBER: '12', DEBUG_WANTED: 'true' }
  const { app, server, logging } = configurationOf(loadText(text, environment))
  expect(app).toMatchObject({ name: 'Proxy, at home', environment: '12' })
  expect(server).toMatchObject({ port: 9000, keepAliveMs: 12_000 })
  expect(logging.level).toBe('debug')
})

test('a variable of the wrong kind is a problem at its place', () => {
  expect(problemsOf(loadText('server:\n  port: ${P}', { P: 'eighty' }))).toEqual([
    'config.yaml:2:9 server.port: must be a number',
  ])
})

test('a missing variable is the one problem of its value', () => {
  const text = lines('providers:', '  - type: openai', '    base_url: ${BASE}/v1', '    api_key: ${KEY}')
  expect(problemsOf(loadText(text, { KEY: '' }))).toEqual([
    'config.yaml:3:15 providers[0].base_url: needs the environment variable BASE, which is not set',
    'config.yaml:4:14 providers[0].api_key: needs the environment variable KEY, which is not set',
  ])
})

test('a dollar sign before the brace doubles to stand for itself', () => {
  expect(configurationOf(loadText('app: {name: "$${NAME} $5"}')).app.name).toBe('${NAME} $5')
})

test('a variable that is none is a problem', () => {
  expect(problemsOf(loadText('app: {name: "${1X}"}'))[0]).toContain(
    'neither `${NAME}` nor `${NAME:-default}`',
  )
})

test.each([
  ['an alias of itself', 'aliases: {a: a}', 'models.aliases.a: refers to itself'],
  ['aliases in a circle', 'aliases: {a: b, b: c, c: a}', 'models.aliases.a: is a cycle: a -> b -> c -> a'],
  ['a group in itself', 'groups: {g: [x, g]}', 'models.groups.g: refers to itself'],
  ['a group in an alias of itself', 'groups: {g: [x, a]}\n  aliases: {a: g}', 'a: is a cycle: a -> g -> a'],
  ['a fallback to itself', 'fallbacks: {m: m}', 'models.fallbacks.m: refers to itself'],
  [
    'a fallback to an alias of itself',
    'aliases: {a: m}\n  fallbacks: {m: [a]}',
    'fallbacks.m: refers to itself',
  ],
  ['fallbacks in a circle', 'fallbacks: {m: [n], n: [o, m]}', 'models.fallbacks.m: is a cycle: m -> n -> m'],
  [
    'an alias and a group of one name',
    'aliases: {x: y}\n  groups: {x: [z]}',
    'models.groups.x: an alias has the same name',
  ],
])('%s is refused', (_, models, expected) => {
  const problems = problemsOf(loadText(`models:\n  ${models}`))
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(expected)
})

test('aliases, groups and fallbacks that end somewhere are taken', () => {
  const text = lines(
    'models:',
    '  aliases: {cheap: small, fast: cheap}',
    '  groups: {small: [openai/gpt-4o-mini, groq/llama], big: {targets: [gpt-4o]}, gpt-4: [openai/gpt-4]}',
    '  fallbacks: {big: [small, fast], small: last}',
    '  prices_file: prices.json',
  )
  expect(configurationOf(loadText(text)).models).toEqual({
    aliases: { cheap: 'small', fast: 'cheap' },
    groups: { small: ['openai/gpt-4o-mini', 'groq/llama'], big: ['gpt-4o'], 'gpt-4': ['openai/gpt-4'] },
    fallbacks: { big: ['small', 'fast'], small: ['last'] },
    pricesFile: 'prices.json',
    details: {},
    detailsFile: null,
  })
})

test('a rate limit needs its number in the file or in the environment', () => {
  expect(problemsOf(loadText('rate_limit: {burst_limit: 5}'))).toEqual([
    'config.yaml:1:13 rate_limit.requests_per_window: is missing',
  ])
  expect(
    configurationOf(loadText('rate_limit: {burst_limit: 5}', { RATE_LIMIT_REQUESTS: '9' })).rateLimit,
  ).toEqual({
    requestsPerWindow: 9,
    windowMs: 60_000,
    burstLimit: 5,
  })
})

test('no mistake in the place of a secret makes a problem show it', () => {
  const canary = 'sk-canary-0123456789'
  const texts = [
    `auth: {api_keys: ${canary}}`,
    `auth: {api_keys: [["${canary}"]]}`,
    `auth: {api_keys: ["${canary}\\u0000"]}`,
    `auth: ${canary}`,
    `logging: {level: ${canary}, format: ${canary}, rotation: ${canary}}`,
    `server: {port: ${canary}, host: "${canary} ", keep_alive: ${canary}, debug: ${canary}}`,
    `providers: [{type: openai, base_url: "https://x:${canary}@example.com", headers: {authorization: "${canary}\\r\\n"}}]`,
    `providers: [{type: ${canary}}]`,
    `providers: [{type: openai, api_key: [${canary}], api_keys: ${canary}, priority: ${canary}, timeout: ${canary}}]`,
    `providers: ${canary}`,
    `providers: [{type: openai, api_key:${canary}}]`,
    `providers:\n  - type: openai\n    api_key:${canary}\n    models: [a]`,
    `models: {groups: {a: ${canary}}}`,
    `auth: {api_keys: ["\${${canary}}"]}`,
    `auth: {api_keys: ["\${MISSING}${canary}"]}`,
    canary,
    `"${canary}`,
    `a: b: ${canary}`,
    `a: *${canary}`,
    `!${canary} x`,
    `auth:\n\t- ${canary}`,
  ]
  for (const text of texts) expect(problemsOf(loadText(text)).join(), text).not.toContain(canary)
  const environment = Object.fromEntries(
    ['PORT', 'HTTP_MAX_CONNECTIONS', 'METRICS_ENABLED', 'PROMETHEUS_URL', 'OPENAI_BASE_URL'].map(name => [
      name,
      canary,
    ]),
  )
  const bad = { ...environment, OPENAI_API_KEY: `${canary}\n${canary}`, LLM_PROXY_API_KEYS: `${canary},,` }
  expect(problemsOf(load({ environment: bad })).join()).not.toContain(canary)
  expect(problemsOf(load({ environment: bad }))).toHaveLength(7)
})

test('whatever the text, the loader answers, and every problem has its place', () => {
  const names = ['server', 'auth', 'providers', 'models', 'aliases', 'type', 'openai', 'port', '__proto__']
  const marks = [
    ': ',
    ':\n  ',
    '\n',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '"',
    ', ',
    '#',
    '!',
    '|',
    '>',
    '? ',
    '\t',
    '%',
  ]
  const values = ['${X}', '&a ', '*a', '~', '1', 'true', '<<']
  const word = fc.constantFrom(...names, ...marks, ...values)
  fc.assert(
    fc.property(fc.array(word, { maxLength: 25 }), words => {
      const result = loadText(words.join(''))
      if (result.ok) return
      expect(result.problems.length).toBeGreaterThan(0)
      for (const problem of result.problems) expect(problem.line).toBeGreaterThan(0)
    }),
    { numRuns: 500 },
  )
})
