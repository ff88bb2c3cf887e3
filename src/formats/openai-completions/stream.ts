// The stream of the older completions: text, without roles and without tools.

import type { StreamTap } from '../../call.ts'
import { isText, type MutableJson } from '../../lib/json-value.ts'
import type { TapOptions } from '../format.ts'
import { type ChoiceReading, type ChoiceState, OpenAiStreamTap } from '../openai-shared/stream-tap.ts'

export function openTap(options: TapOptions): StreamTap {
  return new OpenAiStreamTap(readChoice, options)
}

function readChoice(choice: MutableJson, _state: ChoiceState, reading: ChoiceReading): void {
  const { text } = choice
  if (!isText(text)) return
  reading.hasContent = true
  reading.characters = text.length
}
