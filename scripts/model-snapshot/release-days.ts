// When a model was released, where its name says so: most vendors put the day or the month of a version into its name.

import { bareName } from '../../src/catalog/model-names.ts'
import type { Facts, Records } from './said.ts'

/** Months and days without a year: the year in which all versions of these families with such a name came out. */
const yearsOfFamilies: ReadonlyArray<readonly [family: RegExp, year: string]> = [
  [/^gpt-(?:3-5|4)-.*(?:0301|0314|0613|0914|1106)/, '2023'],
  [/^gpt-(?:3-5|4)-.*0125/, '2024'],
  [/^grok-2-/, '2024'],
  [/^grok-(?:4|code-fast-1)-/, '2025'],
  [/^kimi-k2-/, '2025'],
  [/^deepseek-(?:chat-v3|v3|r1)-/, '2025'],
  [/^gemini-2-5-/, '2025'],
]

const month = '0[1-9]|1[0-2]'
const day = '0[1-9]|[12]\\d|3[01]'
const year = '20[12]\\d'
const shortYear = '2[3-9]'

/** The longest first: a part of a date is no other date. Each is a word of the name, never a part of one. */
const formats: readonly RegExp[] = [
  `(?<year>${year})-?(?<month>${month})-?(?<day>${day})`,
  `(?<month>${month})-(?<year>${year})`,
  `(?<year>${year})-(?<month>${month})`,
  `(?<short>${shortYear})(?<month>${month})(?<day>${day})`,
  `(?<short>${shortYear})(?<month>${month})`,
  `(?<month>${month})-?(?<day>${day})`,
].map(format => new RegExp(`(?<=[-_])(?:${format})(?=[-_]|$)`))

/** A version of one model. Dates with hyphens are also those of versions of a name that moves on (`qwen-plus`). */
const compactDate = new RegExp(`-${year}(?:${month})(?:${day})$`)

/** A host has the year wrong there: the model is of 2026. */
const mistaken = /^qwen3-coder-next-2025-/

/**
 * @param today a model is not released later than this
 * @returns `YYYY-MM-DD`, or `YYYY-MM` where the name has no day; null where it has no date, or one that cannot be
 */
export function releaseDayOfName(id: string, today: string): string | null {
  const name = bareName(id)
  const parts = formats.map(format => format.exec(name)?.groups).find(groups => groups !== undefined)
  if (parts === undefined || mistaken.test(name)) return null
  const inYear = parts['year'] ?? yearOf(parts['short'], name)
  if (inYear === null) return null
  const date = [inYear, parts['month'], parts['day']].filter(part => part !== undefined).join('-')
  return isDay(date) && date <= today ? date : null
}

function yearOf(short: string | undefined, name: string): string | null {
  if (short !== undefined) return `20${short}`
  return yearsOfFamilies.find(([family]) => family.test(name))?.[1] ?? null
}

/** There is no 31st of June. */
function isDay(date: string): boolean {
  if (date.length === 'YYYY-MM'.length) return true
  const time = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date)
}

/** Fills in what no source says: from the name, or from the one dated name that the same model has as well. */
export function fillReleaseDays(records: Records, today: string): void {
  for (const models of records.values()) {
    for (const [id, facts] of models) addDay(models, [id, facts], releaseDayOfName(id, today))
    const versions = Map.groupBy(models.keys(), id => bareName(id).replace(compactDate, ''))
    for (const [id, facts] of models) {
      const names =
        facts.aliases ?? versions.get(bareName(id))?.filter(name => compactDate.test(bareName(name)))
      const days = new Map(
        names
          ?.map(name => [bareName(name), releaseDayOfName(name, today)] as const)
          .filter(([, found]) => found),
      )
      const [only] = days
      if (days.size !== 1 || only === undefined) continue
      const [name, found] = only
      const dated = [...models.keys()].find(key => bareName(key) === name)
      addDay(models, [id, facts], (dated && models.get(dated)?.releasedOn) ?? found)
    }
  }
}

function addDay(models: Map<string, Facts>, [id, facts]: [string, Facts], found: string | null): void {
  if (facts.releasedOn === undefined && found !== null) models.set(id, { ...facts, releasedOn: found })
}
