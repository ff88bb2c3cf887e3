// Token counts. `promptTokenCount` includes what was cached; results of the provider's own tools and thoughts are
// counted beside prompt and candidates. https://ai.google.dev/api/generate-content#UsageMetadata

import type { Usage } from '../../call.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { defined } from './wire.ts'

/** No answer is this long; a larger count is a fault. */
const maxCount = 1_000_000_000

/** Null where nothing is counted, or nothing credible: the early chunks of a stream name the kind of traffic alone. */
export function readUsage(metadata: unknown): Usage | null {
  if (!isObject(metadata)) return null
  if (metadata['promptTokenCount'] === undefined && metadata['candidatesTokenCount'] === undefined)
    return null
  if (isIncredible(metadata['promptTokenCount']) || isIncredible(metadata['candidatesTokenCount']))
    return null
  const input = countIn(metadata, 'promptTokenCount') + countIn(metadata, 'toolUsePromptTokenCount')
  const cacheRead = Math.min(countIn(metadata, 'cachedContentTokenCount'), input)
  const heard = audioIn(metadata, 'promptTokensDetails') + audioIn(metadata, 'toolUsePromptTokensDetails')
  const audioInput = clamp(heard - audioIn(metadata, 'cacheTokensDetails'), input - cacheRead)
  const output = countIn(metadata, 'candidatesTokenCount')
  const audioOutput = clamp(audioIn(metadata, 'candidatesTokensDetails'), output)
  return {
    inputUncached: input - cacheRead - audioInput,
    cacheRead,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    outputText: output - audioOutput,
    outputReasoning: countIn(metadata, 'thoughtsTokenCount'),
    audioInput,
    audioOutput,
  }
}

export function writeUsage(usage: Usage): JsonObject {
  const { inputUncached, cacheRead, cacheWrite5m, cacheWrite1h, audioInput } = usage
  const { outputText, outputReasoning, audioOutput } = usage
  const prompt = inputUncached + cacheRead + cacheWrite5m + cacheWrite1h + audioInput
  const candidates = outputText + audioOutput
  return defined({
    promptTokenCount: prompt,
    candidatesTokenCount: candidates,
    totalTokenCount: prompt + candidates + outputReasoning,
    cachedContentTokenCount: cacheRead || undefined,
    thoughtsTokenCount: outputReasoning || undefined,
    promptTokensDetails: audioInput > 0 ? modalities(prompt - audioInput, audioInput) : undefined,
    candidatesTokensDetails: audioOutput > 0 ? modalities(outputText, audioOutput) : undefined,
  })
}

/** The tier by which the request is billed, in the words of the price table. */
export function readServiceTier(metadata: unknown): string | undefined {
  if (!isObject(metadata)) return undefined
  const { serviceTier, trafficType } = metadata
  if (typeof serviceTier === 'string' && serviceTier !== '') return decodeServiceTier(serviceTier)
  if (trafficType === 'ON_DEMAND_FLEX') return 'flex'
  return trafficType === 'ON_DEMAND_PRIORITY' ? 'priority' : undefined
}

/** In the words of OpenAI's chat completions. */
export function decodeServiceTier(tier: string): string {
  const name = tier.toLowerCase()
  return name === 'standard' || name === 'unspecified' ? 'default' : name
}

function modalities(text: number, audio: number): readonly JsonObject[] {
  return [
    ...(text > 0 ? [{ modality: 'TEXT', tokenCount: text }] : []),
    { modality: 'AUDIO', tokenCount: audio },
  ]
}

function countIn(metadata: JsonObject, field: string): number {
  const value = metadata[field]
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maxCount ? value : 0
}

function isIncredible(value: unknown): boolean {
  return typeof value === 'number' && (value < 0 || value > maxCount)
}

function audioIn(metadata: JsonObject, field: string): number {
  const details = metadata[field]
  if (!Array.isArray(details)) return 0
  let tokens = 0
  for (const detail of details)
    if (isObject(detail) && detail['modality'] === 'AUDIO') tokens += countIn(detail, 'tokenCount')
  return tokens
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most))
}
