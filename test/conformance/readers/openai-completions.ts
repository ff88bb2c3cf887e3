// A client of OpenAI's text completions. https://platform.openai.com/docs/api-reference/completions

import { at, listAt, textAt } from '../support/json.ts'
import { closeNotes, type FinishWord, finishWord, openNotes, type Reader } from '../support/reading.ts'
import { readServerSentEvents } from '../support/server-sent-events.ts'
import { readUsage } from './openai-chat.ts'

const finishWords: Readonly<Record<string, FinishWord>> = {
  stop: 'stop',
  length: 'length',
  content_filter: 'content-filter',
}

export const openAiCompletionsReader: Reader = {
  readAnswer(body) {
    const notes = openNotes()
    const choice = listAt(body, 'choices')[0]
    notes.text = textAt(choice, 'text')
    notes.finish = finishWord(finishWords, at(choice, 'finish_reason'))
    notes.usage = readUsage(at(body, 'usage'))
    return closeNotes(notes)
  },
  readStream(bytes) {
    const notes = openNotes()
    for (const { data } of readServerSentEvents(bytes)) {
      if (data.trim() === '[DONE]') break
      const chunk: unknown = JSON.parse(data)
      if (at(chunk, 'error')) notes.error = textAt(chunk, 'error', 'message')
      const choice = listAt(chunk, 'choices').find(({ index }) => (index ?? 0) === 0)
      notes.text += textAt(choice, 'text')
      notes.finish = finishWord(finishWords, at(choice, 'finish_reason')) ?? notes.finish
      notes.usage = readUsage(at(chunk, 'usage')) ?? notes.usage
    }
    return closeNotes(notes)
  },
}
