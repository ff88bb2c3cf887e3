// What a model is for, told by its name or by what goes in and comes out. The kind is the operation by which a model is
// asked. A guard is one of moderation even where it is asked in a conversation: all that it answers is a verdict.

import type { Modality, ModelKind } from '../model-facts.ts'

/** In order; tested against a name in lower case. */
const byName: readonly (readonly [RegExp, ModelKind])[] = [
  [/rerank/, 'rerank'],
  [/embed/, 'embedding'],
  [/(?:^|[-/_.])(?:bge|gte|e5|voyage|uae|mxbai)-/, 'embedding'],
  [/(?:^|[-/_.])m2-bert-.*retrieval/, 'embedding'],
  [/(?:^|\/)(?:(?:text|omni|mistral)-moderation|moderation$)/, 'moderation'],
  // A model that reads a policy and reasons about it (`gpt-oss-safeguard`) answers as others do.
  [
    /(?:^|[-/_.])(?:llama-?guard|prompt-guard|shieldgemma|granite-guardian|qwen3guard|virtueguard)(?:[-_.\d]|$)/,
    'moderation',
  ],
  [/(?:^|[-/_.])(?:\w*nemoguard|content-safety)(?:[-_.:]|$)/, 'moderation'],
  [/(?:^|[-/_.])(?:whisper|transcribe|asr|parakeet)(?:[-_.]|$)/, 'transcription'],
  [/(?:^|\/)voxtral-mini-(?:latest|2602|transcribe)/, 'transcription'],
  [/(?:^|[-/_.])(?:tts|orpheus|kokoro)(?:[-_.]|$)/, 'speech'],
  [/(?:^|\/)(?:dall-e|gpt-image|chatgpt-image|imagen|flux|stable-diffusion|seedream|recraft)/, 'image'],
  [/(?:^|[-/_.])(?:sdxl|nova-canvas|titan-image|imagine-image|qwen-image|cogview)/, 'image'],
  [/(?:^|\/)grok-2-image/, 'image'],
  [/(?:^|[-/_.])(?:veo|sora|nova-reel|imagine-video)(?:[-_.]|$)/, 'video'],
  [/(?:^|\/)(?:text-|code-)?(?:ada|babbage|curie|davinci)(?:-|$)|turbo-instruct/, 'completion'],
  // Paints or speaks in the course of a conversation.
  [/(?:^|\/)(?:gemini-.*-image|gpt-audio)(?:-|$)/, 'chat'],
  // Talks over a socket of its own, or reads pages: no operation of this gateway.
  [/(?:^|[-/_.])(?:realtime|ocr|sonic|native-audio)(?:[-_.]|$)|-live-|^grok-voice/, 'other'],
]

/** @returns null for a name that says nothing of it, as those of most chat models do */
export function kindOfName(name: string): ModelKind | null {
  const lowered = name.toLowerCase()
  return byName.find(([pattern]) => pattern.test(lowered))?.[1] ?? null
}

/** @returns null where what goes in and comes out fits several kinds */
export function kindOfModalities(
  input: readonly Modality[] | undefined,
  output: readonly Modality[] | undefined,
): ModelKind | null {
  if (output?.length !== 1) return null
  const [only] = output
  if (only === 'embedding' || only === 'image' || only === 'video') return only
  if (only === 'audio') return input?.includes('text') === true ? 'speech' : null
  return only === 'text' && input?.length === 1 && input[0] === 'audio' ? 'transcription' : null
}

/** What follows from the kind alone. */
export const outputOfKind: Readonly<Partial<Record<ModelKind, readonly Modality[]>>> = {
  embedding: ['embedding'],
  image: ['image'],
  speech: ['audio'],
  transcription: ['text'],
  completion: ['text'],
  video: ['video'],
}

export const inputOfKind: Readonly<Partial<Record<ModelKind, readonly Modality[]>>> = {
  rerank: ['text'],
  speech: ['text'],
  transcription: ['audio'],
  completion: ['text'],
}
