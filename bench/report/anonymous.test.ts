import { expect, test } from 'vitest'
import { withoutPlace } from './anonymous.ts'

const place = {
  folders: { '/home/somebody/': '<home>', '/home/somebody/project/bench/.work/': '<work>' },
  hostName: 'big-machine-7',
}

test('folders of this machine and its name are taken out, the innermost folder first', () => {
  const text = 'big-machine-7: /home/somebody/project/bench/.work/peers/x.js and /home/somebody/.npmrc'
  expect(withoutPlace(text, place)).toBe('<host>: <work>/peers/x.js and <home>/.npmrc')
})

test('what is not of this machine stays', () => {
  expect(withoutPlace('GET / 500 on vm', { folders: { '/': '<root>' }, hostName: 'vm' })).toBe(
    'GET / 500 on vm',
  )
})
