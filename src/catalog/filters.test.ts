import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from '../errors.ts'
import { readQuestion, searchParameters } from './filters.ts'

const known = {
  providers: new Map([
    ['acme', 'acme'],
    ['acme-eu', 'acme-eu'],
    ['acme_corp', 'acme'],
  ]),
}

function read(query: string) {
  return readQuestion(new URLSearchParams(query), known)
}

function refusal(query: string): GatewayError {
  try {
    read(query)
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
  }
  throw new Error(`${query} was not refused`)
}

test('a question without parameters asks for the first hundred of all models', () => {
  const question = read('')
  expect(question).toMatchObject({ sort: null, limit: 100, cursor: null, facets: false, live: true })
  expect(question.filters).toMatchObject({ providers: [], abilities: [], bounds: [], words: [] })
  expect(question.filters).toMatchObject({
    openWeights: null,
    deprecated: null,
    available: null,
    missing: [],
    retiresBefore: null,
  })
})

test('every filter is read', () => {
  const { filters, sort, limit, facets, live } = read(
    'provider=Acme,acme_corp&owned_by=Initech&kind=chat,embedding&license=MIT&supports_vision=true' +
      '&supports_tools=False&min_context=100000&max_cost=0.01&max_input_cost=2.5&min_output=8000' +
      '&open_weights=true&deprecated=false&available=true&missing=false,Retired&retires_before=2027-01-31&q=Falcon++MINI&sort=-cost&limit=5&facets=true&live=false',
  )
  expect(filters).toEqual({
    providers: ['acme', 'acme'],
    owners: ['initech'],
    kinds: ['chat', 'embedding'],
    licenses: ['mit'],
    abilities: [
      { name: 'vision', wanted: true },
      { name: 'tools', wanted: false },
    ],
    bounds: [
      { column: 'context', side: 'min', value: 100_000 },
      { column: 'output', side: 'min', value: 8000 },
      { column: 'cost', side: 'max', value: 0.01 },
      { column: 'input_cost', side: 'max', value: 2.5 },
    ],
    openWeights: true,
    deprecated: false,
    available: true,
    missing: ['false', 'retired'],
    retiresBefore: '2027-01-31',
    words: ['falcon', 'mini'],
  })
  expect({ sort, limit, facets, live }).toEqual({
    sort: { by: 'cost', descending: true },
    limit: 5,
    facets: true,
    live: false,
  })
})

test.each([
  ['cost', 'cost', false],
  ['-cost', 'cost', true],
  ['cost_desc', 'cost', true],
  ['cost_asc', 'cost', false],
  ['input_cost_desc', 'input_cost', true],
  ['Released', 'released', false],
  ['-retires', 'retires', true],
])('sort=%s', (written, by, descending) => {
  expect(read(`sort=${written}`).sort).toEqual({ by, descending })
})

test.each([
  ['suports_vision=true', 'suports_vision', '`supports_vision`'],
  ['min_contxt=1', 'min_contxt', '`min_context`'],
  ['foo=1', 'foo', 'is not a parameter'],
  ['supports_vision=yes', 'supports_vision', 'must be true or false'],
  ['available=1', 'available', 'must be true or false'],
  ['min_context=100k', 'min_context', 'such as 100000'],
  ['min_context=-1', 'min_context', 'whole number'],
  ['min_context=1e5', 'min_context', 'whole number'],
  ['max_cost=cheap', 'max_cost', 'US dollars'],
  ['max_cost=-1', 'max_cost', 'US dollars'],
  ['max_cost=NaN', 'max_cost', 'US dollars'],
  ['min_cost=2&max_cost=1', 'max_cost', '`min_cost`'],
  ['provider=acne', 'provider', '`acme`'],
  ['provider=acme,', 'provider', 'empty name'],
  ['kind=chatt', 'kind', '`chat`'],
  ['sort=price', 'sort', 'must be one of'],
  ['sort=-cost_desc', 'sort', 'two directions'],
  ['sort=-cost_asc', 'sort', 'two directions'],
  ['sort=latencies', 'sort', '`latency`'],
  ['missing=not_lsted', 'missing', '`not_listed`'],
  ['missing=yes', 'missing', 'must be one of true, false, provider_not_configured'],
  ['retires_before=soon', 'retires_before', 'such as 2027-01-31'],
  ['retires_before=2027-02-30', 'retires_before', 'such as 2027-01-31'],
  ['retires_before=2027-13', 'retires_before', 'such as 2027-01-31'],
  ['limit=0', 'limit', 'from 1 to 1000'],
  ['limit=1001', 'limit', 'from 1 to 1000'],
  ['limit=ten', 'limit', 'from 1 to 1000'],
  ['q=', 'q', 'is empty'],
  ['q=+', 'q', 'is empty'],
  ['facets=maybe', 'facets', 'must be true or false'],
  ['provider=acme&provider=acme-eu', 'provider', 'twice'],
  ['supports_vision=true&supports_vision=true', 'supports_vision', 'twice'],
  [`q=${'a'.repeat(201)}`, 'q', 'longer'],
  [`q=${'a+b+c+d+e+f+g+h+i+j+k'}`, 'q', 'more than 10 words'],
])('%s is refused by the name of %s', (query, param, hint) => {
  const error = refusal(query)
  expect(error.entry.status).toBe(400)
  expect(error.param).toBe(param)
  expect(error.message).toContain(`\`${param}\``)
  expect(error.message).toContain(hint)
})

test('the same filters and sort have the same fingerprint in any order, whatever page is asked for', () => {
  const one = read('provider=acme&min_context=5&sort=cost').fingerprint
  expect(read('sort=cost&min_context=5&provider=acme&limit=3&facets=true&live=false').fingerprint).toBe(one)
  expect(read('provider=acme&min_context=6&sort=cost').fingerprint).not.toBe(one)
  expect(read('provider=acme&min_context=5&sort=-cost').fingerprint).not.toBe(one)
})

test('no parameters throw anything but a refusal that names one of them', () => {
  const name = fc.oneof(fc.constantFrom(...searchParameters), fc.string({ maxLength: 20 }))
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.string({ maxLength: 30 })), { maxLength: 5 }), parameters => {
      try {
        readQuestion(parameters, known)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(GatewayError)
        expect(parameters.map(([written]) => written)).toContain((thrown as GatewayError).param)
      }
    }),
  )
})
