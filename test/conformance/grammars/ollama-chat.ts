// Lines of Ollama's chat: all but the last say `done: false`. https://docs.ollama.com/api/streaming

import { Complaints, type Grammar } from './grammar.ts'

export const ollamaChatGrammar: Grammar = events => {
  const complaints = new Complaints()
  const broken = events.some(({ body }) => body['error'] !== undefined)
  events.forEach(({ body }, place) => {
    if (body['error'] !== undefined)
      complaints.unless(place === events.length - 1, 'something follows the error')
    else
      complaints.unless(
        (body['done'] === true) === (place === events.length - 1 && !broken),
        '`done` is not the end',
      )
  })
  return complaints.all
}
