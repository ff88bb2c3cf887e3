// OpenAI's images: generated from a prompt, edited, varied. An edit is a form with files, or JSON that refers to them.
// https://platform.openai.com/docs/api-reference/images

import type { Format } from '../format.ts'
import { openMediaTap } from '../openai-shared/media-stream.ts'
import { definePlainFormat } from '../openai-shared/plain-format.ts'
import { checkEdit, checkGeneration, checkVariation } from './request.ts'
import { readAnswer } from './response.ts'

const shared = {
  readAnswer,
  anyAnswer: true,
  // Most of the cost is the image, of which the request says little.
  costNeedsUsage: true,
} as const

export const openAiImages: Format = definePlainFormat({
  ...shared,
  name: 'openai-images',
  checkRequest: checkGeneration,
  openTap: options =>
    openMediaTap(
      {
        media: ['image_generation.partial_image'],
        text: [],
        last: ['image_generation.completed'],
      },
      options,
    ),
})

export const openAiImageEdits: Format = definePlainFormat({
  ...shared,
  name: 'openai-image-edits',
  takesForms: true,
  checkRequest: checkEdit,
  openTap: options =>
    openMediaTap({ media: ['image_edit.partial_image'], text: [], last: ['image_edit.completed'] }, options),
})

export const openAiImageVariations: Format = definePlainFormat({
  ...shared,
  name: 'openai-image-variations',
  takesForms: true,
  checkRequest: checkVariation,
})
