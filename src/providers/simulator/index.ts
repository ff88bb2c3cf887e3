// The simulator as a provider: it is listed like every other one. What answers needs a clock and a seed, and is put into
// `answer` where the connections are built.

import { defineCompatibleProvider } from '../openai-compatible-provider.ts'
import { faultModels } from './simulator.ts'

export { createSimulator, type SimulatorOptions } from './simulator.ts'

export const simulator = defineCompatibleProvider({
  type: 'simulator',
  title: 'Simulator',
  // A name that is reserved never to exist: nothing is ever sent there.
  baseUrl: 'http://simulator.invalid/v1',
  keyVariables: [],
  keyOptional: true,
  operations: ['chat', 'completion', 'embedding'],
  listing: null,
  models: [
    'simulator',
    'gpt-4',
    'gpt-4-turbo',
    'gpt-4-turbo-preview',
    'gpt-4o',
    'gpt-4o-mini',
    'gpt-4.1',
    'gpt-4.1-mini',
    'gpt-5',
    'gpt-5-mini',
    'gpt-3.5-turbo',
    'gpt-3.5-turbo-instruct',
    'davinci-002',
    'claude-3-opus',
    'claude-3-opus-20240229',
    'claude-3-sonnet',
    'claude-3-sonnet-20240229',
    'claude-3-haiku',
    'text-embedding-3-small',
    'text-embedding-3-large',
    'text-embedding-ada-002',
    ...faultModels,
  ],
})
