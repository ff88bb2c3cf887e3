import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ResponseParser } from './response-parser.ts'

function createRecorder() {
  const seen: string[] = []
  const parser = new ResponseParser({
    onHead: status => seen.push(`head ${status}`),
    onBody: bytes => {
      const last = seen.at(-1) ?? ''
      if (last.startsWith('body ')) seen[seen.length - 1] = last + bytes.toString()
      else seen.push(`body ${bytes.toString()}`)
    },
    onEnd: reusable => seen.push(reusable ? 'end' : 'end, close'),
  })
  return { parser, seen }
}

function parseInPieces(text: string, cuts: readonly number[]): string[] {
  const { parser, seen } = createRecorder()
  const bytes = Buffer.from(text)
  const places = [...cuts.map(cut => cut % bytes.length).toSorted((a, b) => a - b), bytes.length]
  let from = 0
  for (const to of places) {
    if (to > from) parser.feed(bytes.subarray(from, to))
    from = Math.max(from, to)
  }
  return seen
}

const answers = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nA: b\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n',
  'HTTP/1.1 204 No Content\r\n\r\n',
]
const expected = [
  ['head 200', 'body hello', 'end'],
  ['head 200', 'body hello', 'end'],
  ['head 500', 'end'],
  ['head 204', 'end'],
]

describe('an answer parsed', () => {
  test('is the same wherever the bytes are cut, several on one connection', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), cuts => {
        expect(parseInPieces(answers.join(''), cuts)).toEqual(expected.flat())
      }),
    )
  })

  test('without length ends with the connection, and that connection is not used again', () => {
    const { parser, seen } = createRecorder()
    parser.feed(Buffer.from('HTTP/1.1 200 OK\r\n\r\nhello'))
    expect(seen).toEqual(['head 200', 'body hello'])
    expect(parser.finish()).toBe(true)
    expect(seen.at(-1)).toBe('end, close')
  })

  test('that is cut by the end of the connection has not ended', () => {
    const { parser, seen } = createRecorder()
    parser.feed(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello'))
    expect(parser.finish()).toBe(false)
    expect(seen).toEqual(['head 200', 'body hello'])
  })

  test('tells when the other side will close', () => {
    expect(parseInPieces('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', [])).toEqual([
      'head 200',
      'end, close',
    ])
  })

  test('that is not HTTP is an error', () => {
    expect(() => parseInPieces('SSH-2.0\r\n\r\n', [])).toThrow('no HTTP answer')
    expect(() => parseInPieces('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', [])).toThrow(
      'no chunk size',
    )
  })
})
