import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { check } from './check.ts'
import { exitCodes } from './exit-codes.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'llm-proxy-check-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

async function runCheck(models: object) {
  const said: string[] = []
  const complaints: string[] = []
  const file = write('config.yaml', JSON.stringify({ providers: [{ type: 'simulator' }], models }))
  const code = await check(
    { file },
    { print: text => void said.push(text), complain: text => void complaints.push(text) },
  )
  return { file, code, said, complaints }
}

test('the files of prices and facts are checked with the configuration: each mistake by its file, place and field', async () => {
  const prices = write('prices.yaml', '- provider: openai\n  model: gpt-4o\n  input: 1\n  ouput: 2\n')
  const details = write('details.yaml', 'openai/gpt-4o:\n  context_window: many\n')
  const { file, code, complaints } = await runCheck({ prices_file: prices, details_file: details })
  expect(code).toBe(exitCodes.invalidConfiguration)
  expect(complaints).toEqual([
    `${prices}:4:3 [0].ouput: \`ouput\` is not a field of a price. Did you mean \`output\`?`,
    `${details}:2:19 openai/gpt-4o.context_window: Must be a whole number of tokens.`,
    `${file}: 2 mistakes`,
  ])
})

test('a file that is not there is named, with the field that names it', async () => {
  const nowhere = join(folder, 'nowhere.yaml')
  const { file, code, complaints } = await runCheck({ prices_file: nowhere })
  expect(code).toBe(exitCodes.invalidConfiguration)
  expect(complaints).toEqual([
    `${nowhere} models.prices_file: cannot be read: there is no such file`,
    `${file}: 1 mistake`,
  ])
})

test('files without a mistake are valid', async () => {
  const prices = write('prices.yaml', '- {provider: simulator, model: "*", input: 1, output: 2}\n')
  const details = write('details.yaml', 'simulator/x: {context_window: 1000}\n')
  const { file, code, said, complaints } = await runCheck({ prices_file: prices, details_file: details })
  expect({ code, complaints }).toEqual({ code: exitCodes.ok, complaints: [] })
  expect(said.at(-1)).toBe(`${file}: valid`)
})
