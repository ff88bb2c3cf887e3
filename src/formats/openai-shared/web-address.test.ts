import { expect, test } from 'vitest'
import { webAddress } from './web-address.ts'

test.each([
  ['https://host.example', 'https://host.example'],
  ['https://host.example/a?q=b%20c', 'https://host.example/a?q=b%20c'],
  ['https://host.example/?q=San Francisco', 'https://host.example/?q=San%20Francisco'],
  ['gs://bucket/a.pdf', 'gs://bucket/a.pdf'],
  ['host.example/a', null],
  ['', null],
  [undefined, null],
])('the address %s is told as %s', (text, address) => {
  expect(webAddress(text)).toBe(address)
})
