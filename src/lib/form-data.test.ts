import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormError, findParts, readBoundary, spliceForm } from './form-data.ts'

const boundary = 'X-BOUNDARY'

interface Field {
  readonly name: string
  readonly value: string | Buffer
  readonly fileName?: string
}

function formOf(fields: readonly Field[], { preamble = '', epilogue = '\r\n' } = {}): Buffer {
  const pieces = fields.flatMap(({ name, value, fileName }) => [
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`,
    fileName === undefined ? '' : `; filename="${fileName}"\r\nContent-Type: audio/wav`,
    '\r\n\r\n',
    value,
    '\r\n',
  ])
  const all = [preamble, ...pieces, `--${boundary}--${epilogue}`]
  return Buffer.concat(all.map(piece => (typeof piece === 'string' ? Buffer.from(piece) : piece)))
}

function valuesOf(form: Buffer): Array<[string, string]> {
  return findParts(form, boundary).parts.map(({ name, valueStart, valueEnd }) => [
    name,
    form.toString('latin1', valueStart, valueEnd),
  ])
}

describe('a boundary', () => {
  test.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data;charset=utf-8; Boundary="a b:c"', 'a b:c'],
    ['multipart/form-data;boundary=----WebKitFormBoundary7MA4', '----WebKitFormBoundary7MA4'],
    ['multipart/form-data; boundary=abc; charset=utf-8', 'abc'],
  ])('is read of %s', (contentType, expected) => {
    expect(readBoundary(contentType)).toBe(expected)
  })

  test.each([
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=""',
    `multipart/form-data; boundary=${'x'.repeat(71)}`,
    'multipart/form-data; boundary="a\r\nb"',
    'multipart/form-data; boundary=Grüße',
    'multipart/mixed; boundary=abc',
    'application/json',
  ])('is none in %j', contentType => {
    expect(readBoundary(contentType)).toBeNull()
  })
})

test('the parts of a form are found, files and empty fields among them', () => {
  const wave = Buffer.from([0, 255, 13, 10, 45, 45, 13, 10])
  const form = formOf(
    [
      { name: 'model', value: 'whisper-1' },
      { name: 'prompt', value: '' },
      { name: 'file', value: wave, fileName: 'a "b".wav'.replaceAll('"', '%22') },
    ],
    { preamble: 'ignored\r\n' },
  )
  const { parts } = findParts(form, boundary)
  expect(parts.map(part => [part.name, part.fileName])).toEqual([
    ['model', null],
    ['prompt', null],
    ['file', 'a "b".wav'],
  ])
  expect(valuesOf(form)).toEqual([
    ['model', 'whisper-1'],
    ['prompt', ''],
    ['file', wave.toString('latin1')],
  ])
})

test('names may be unquoted or escaped, and header names are in any case', () => {
  const form = Buffer.from(
    `--${boundary}\r\ncontent-type: text/plain\r\nCONTENT-DISPOSITION: form-data; name=model\r\n\r\na\r\n` +
      `--${boundary}  \r\nContent-Disposition:form-data;name="say \\"x\\""\r\n\r\nb\r\n--${boundary}--`,
  )
  expect(valuesOf(form)).toEqual([
    ['model', 'a'],
    ['say "x"', 'b'],
  ])
})

test('a line that only begins like the boundary belongs to the file', () => {
  const value = `x\r\n--${boundary}Y\r\nmore`
  expect(valuesOf(formOf([{ name: 'file', value, fileName: 'f' }]))).toEqual([['file', value]])
})

describe('a form is refused', () => {
  const part = `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n`
  test.each([
    ['that is empty', ''],
    [
      'of another boundary',
      formOf([{ name: 'a', value: 'b' }])
        .toString()
        .replaceAll(boundary, 'OTHER'),
    ],
    ['that ends in a file', `${part}half`],
    ['that ends in its headers', `--${boundary}\r\nContent-Disposition: form-da`],
    ['without its last boundary', `${part}b\r\n--${boundary}\r\n`],
    ['with a part without a name', `--${boundary}\r\nContent-Type: a/b\r\n\r\nb\r\n--${boundary}--`],
    ['with a part without headers', `--${boundary}\r\n\r\nb\r\n--${boundary}--`],
    ['with a part that has no value', `${part}--${boundary}--`],
    ['with endless headers', `--${boundary}\r\nX: ${'x'.repeat(20_000)}\r\n\r\nb\r\n--${boundary}--`],
    ['with too many parts', `${`${part}b\r\n`.repeat(1001)}--${boundary}--`],
  ])('%s', (_, form) => {
    expect(() => findParts(Buffer.from(form), boundary)).toThrow(FormError)
  })
})

describe('an edit', () => {
  const form = formOf([
    { name: 'model', value: 'a' },
    { name: 'file', value: 'model', fileName: 'model' },
    { name: 'model', value: 'b' },
    { name: 'user', value: 'me' },
  ])

  test('changes a field wherever it stands, and nothing else', () => {
    const edited = spliceForm(form, findParts(form, boundary), { model: 'wörld' })
    expect(edited.toString()).toBe(
      form
        .toString()
        .replace('\r\n\r\na\r\n', '\r\n\r\nwörld\r\n')
        .replace('\r\n\r\nb\r\n', '\r\n\r\nwörld\r\n'),
    )
  })

  test('takes fields out, the first and the last among them', () => {
    const edited = spliceForm(form, findParts(form, boundary), { model: null, user: null, absent: null })
    expect(valuesOf(edited)).toEqual([['file', 'model']])
    expect(edited.toString()).toBe(formOf([{ name: 'file', value: 'model', fileName: 'model' }]).toString())
  })

  test('puts a missing field before all others', () => {
    const preamble = 'preamble\r\n'
    const bare = formOf([{ name: 'file', value: 'x', fileName: 'y' }], { preamble })
    const edited = spliceForm(bare, findParts(bare, boundary), { model: 'm' })
    expect(edited.toString()).toBe(
      formOf(
        [
          { name: 'model', value: 'm' },
          { name: 'file', value: 'x', fileName: 'y' },
        ],
        { preamble },
      ).toString(),
    )
  })

  test('of nothing gives the same buffer', () => {
    expect(spliceForm(form, findParts(form, boundary), {})).toBe(form)
  })
})

test('what is in a form comes out of it, whatever bytes it has', () => {
  const bytes = fc
    .uint8Array({ maxLength: 80 })
    .map(array => Buffer.from(array))
    .filter(value => !value.includes(boundary))
  const field = fc.record({ name: fc.stringMatching(/^[a-z[\]_]{1,8}$/), value: bytes })
  fc.assert(
    fc.property(fc.array(field, { minLength: 1, maxLength: 6 }), fc.string(), (fields, text) => {
      const form = formOf(fields.map(each => ({ ...each, fileName: 'f' })))
      const expected = fields.map(({ name, value }) => [name, value.toString('latin1')])
      expect(valuesOf(form)).toEqual(expected)
      const [first] = fields
      if (first === undefined || text.includes(boundary)) return
      const edited = spliceForm(form, findParts(form, boundary), { [first.name]: text })
      const written = Buffer.from(text).toString('latin1')
      expect(valuesOf(edited)).toEqual(
        expected.map(([name, value]) => [name, name === first.name ? written : value]),
      )
    }),
  )
})

test('no bytes do more than be refused', () => {
  const pieces = fc.constantFrom(
    '--',
    boundary,
    '\r\n',
    '\r\n\r\n',
    'Content-Disposition: form-data; name="a"',
    'x',
    ' ',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), texts => {
      const body = Buffer.from(texts.join(''))
      try {
        for (const { start, valueStart, valueEnd } of findParts(body, boundary).parts)
          expect(start < valueStart && valueStart <= valueEnd && valueEnd < body.length).toBe(true)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(FormError)
      }
    }),
    { numRuns: 1000 },
  )
})
