// OpenAI's audio: speech from text, and text from recordings. https://platform.openai.com/docs/api-reference/audio

import type { Format } from '../format.ts'
import { openMediaTap } from '../openai-shared/media-stream.ts'
import { definePlainFormat } from '../openai-shared/plain-format.ts'
import { checkRecording, checkSpeech } from './request.ts'
import { readSpeech, readTranscript } from './response.ts'

/** The answer is audio, or a stream of events with audio in them. */
export const openAiSpeech: Format = definePlainFormat({
  name: 'openai-speech',
  anyAnswer: true,
  costNeedsUsage: true,
  checkRequest: checkSpeech,
  readAnswer: readSpeech,
  openTap: options =>
    openMediaTap({ media: ['speech.audio.delta'], text: [], last: ['speech.audio.done'] }, options),
})

const transcript = {
  takesForms: true,
  // JSON, plain text, subtitles, or a stream of events, as the client chose.
  anyAnswer: true,
  // A recording is billed by its length.
  costNeedsUsage: true,
  checkRequest: checkRecording,
  readAnswer: readTranscript,
} as const

export const openAiTranscriptions: Format = definePlainFormat({
  ...transcript,
  name: 'openai-transcriptions',
  openTap: options =>
    openMediaTap(
      {
        media: [],
        // The second is Mistral's name.
        text: ['transcript.text.delta', 'transcription.text.delta'],
        last: ['transcript.text.done', 'transcription.done'],
      },
      options,
    ),
})

/** Into English. */
export const openAiTranslations: Format = definePlainFormat({ ...transcript, name: 'openai-translations' })
