// Secrets stay where they belong, whatever goes wrong: neither an answer nor anything written holds one.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  answerJson,
  answerText,
  type Behaviour,
  chunk,
  completion,
  resetConnection,
  stall,
  streamEvents,
  wholeStream,
} from '../support/fake-upstream.ts'
import { configurationText, openUpstream, providersFor } from '../support/scene.ts'

const gatewayKey = 'canary-gateway-4711-key'
const providerKey = 'canary-provider-4711-key'
const wrongKey = 'canary-wrong-4711-key'
const prompt = 'canary-prompt-4711'

/** Upstreams that quote the key in every way, as some do. */
const telltale = `Your request ${prompt} with ${providerKey} and "authorization: Bearer ${providerKey}" was refused`
const says = (status: number, code?: string): Behaviour =>
  answerJson(status, { error: { message: telltale, code, type: telltale, param: telltale } })
const textOf = (status: number): Behaviour => answerJson(status, telltale, { 'content-type': 'text/plain' })
const errorEvent = `data: ${JSON.stringify({ error: { message: telltale } })}\n\n`
const begun = [chunk({ role: 'assistant', content: 'one' }), chunk({ content: 'two' })]

const answers: readonly Behaviour[] = [
  ...[400, 401, 403, 404, 408, 422, 429, 500, 502, 503, 529].map(status => says(status)),
  ...[400, 401, 500].map(textOf),
  says(200),
  says(200, 'invalid_api_key'),
  answerText('fine'),
  answerJson(302, '', { location: `http://127.0.0.1:1/?key=${providerKey}` }),
  answerJson(200, `<html>${telltale}</html>`),
  resetConnection,
  stall,
  (_request, response) => void response.socket?.end(`${telltale}\r\n\r\n`),
]

const streams: readonly Behaviour[] = [
  streamEvents([errorEvent]),
  streamEvents([...begun, errorEvent]),
  streamEvents([...begun, `data: ${telltale}\n\n`]),
  streamEvents(begun, { ending: 'cut' }),
  streamEvents(begun, { ending: 'stall' }),
  streamEvents(wholeStream('fine')),
]

/** Everything that a process has written into a folder. */
function readEverything(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}

/** Starts the program as a user does, so that its standard output and error are seen, too. */
async function startProgram(configuration: string) {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-secrets-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'config.yaml')
  const data = join(folder, 'data')
  writeFileSync(file, configuration)
  const main = join(import.meta.dirname, '../../src/main.ts')
  const child = spawn(process.execPath, [main, 'serve', '--config', file, '--port', '0', '--data', data])
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    const read = (piece: Buffer): void => {
      output += piece.toString()
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]
      if (address !== undefined) resolve(address)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('exit', () => reject(new Error(`it ended: ${output}`)))
  })
  return {
    url,
    async stopAndReadEverything() {
      child.kill('SIGTERM')
      await once(child, 'exit')
      return { output, written: readEverything(data) }
    },
  }
}

test('no secret is in any answer, log, ledger or on the terminal after every kind of failure', async () => {
  let next: Behaviour = answerText('fine')
  const upstream = await openUpstream((request, response) => next(request, response))
  const model = (index: number) => `model-${index}`
  const behaviours = [...answers, ...streams]
  // A provider for each, or the first refused key would be the last one used.
  const providers = behaviours.map((_, index) => ({
    ...providersFor([upstream])[0],
    name: `provider-${index}`,
    api_key: providerKey,
    models: [model(index)],
    timeouts: { headers: '100ms', idle: '100ms' },
  }))
  const program = await startProgram(
    configurationText({ providers, auth: { api_keys: [gatewayKey] }, logging: { level: 'debug' } }),
  )
  const heard: string[] = []
  const ask = async (body: unknown, headers: Record<string, string>, path = '/v1/chat/completions') => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await fetch(program.url + path, { method: 'POST', headers, body: text })
    heard.push(JSON.stringify([...response.headers]), await response.text())
  }
  const messages = [{ role: 'user', content: prompt }]
  const key = { authorization: `Bearer ${gatewayKey}` }
  for (const [index, behaviour] of behaviours.entries()) {
    next = behaviour
    await ask({ model: model(index), messages, stream: index >= answers.length }, key)
  }
  await ask({ model: model(0), messages }, { authorization: `Bearer ${wrongKey}` })
  await ask({ model: model(0), messages }, { 'x-api-key': wrongKey })
  await ask({ model: `Bearer ${gatewayKey}`, messages }, {})
  await ask({ model: 'no-such-model', messages, temperature: wrongKey }, key)
  await ask(`{"model":"x","api_key":"${wrongKey}"`, key)
  await ask(completion('x'), key, `/v1/embeddings?key=${wrongKey}`)
  const { output, written } = await program.stopAndReadEverything()
  expect(upstream.requests.length).toBeGreaterThanOrEqual(behaviours.length)
  expect(upstream.requests[0]?.headers.authorization).toBe(`Bearer ${providerKey}`)
  expect(output).toContain('upstream_authentication')
  expect(written).toContain('upstream_authentication')
  for (const [place, text] of Object.entries({ answers: heard.join('\n'), output, written }))
    for (const secret of [gatewayKey, providerKey, wrongKey])
      expect(occurrences(text, secret), `${secret} in ${place}`).toEqual([])
  // What a provider quotes of the prompt may be told to whom it belongs, but is not kept.
  expect(occurrences(written, prompt)).toEqual([])
})

/** The surroundings of each occurrence, for the message of a failure. */
function occurrences(text: string, secret: string): string[] {
  const found: string[] = []
  for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + 1))
    found.push(text.slice(Math.max(0, at - 100), at + 100))
  return found
}
