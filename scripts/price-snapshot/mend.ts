// What the sources of the price table have wrong or lack, mended by rules: names that stand for another model by now,
// steps of a price that no prompt can reach, and prices that are kept by hand.

import { readFileSync } from 'node:fs'
import type { PricedModel, PricePeriod } from '../../src/catalog/price-snapshot.ts'

interface Page {
  /** A provider of the table. */
  readonly provider: string
  /** Where the vendor says it. */
  readonly link: string
  /** The page could not be read when the rows were last looked at: who repeats it is trusted. */
  readonly unverified?: boolean
  /** In US dollars per million tokens. */
  readonly rows: ReadonlyArray<{
    readonly id: string
    readonly input: number
    readonly cacheRead?: number
    readonly output?: number
  }>
}

export function readKeptPrices(): readonly Page[] {
  return JSON.parse(readFileSync(new URL('./hand-kept.json', import.meta.url), 'utf8')) as Page[]
}

/** A price that is kept by hand fills in; where a source has one, that holds. */
export function addKeptPrices(provider: string, rows: readonly PricedModel[], pages: readonly Page[]) {
  const priced = new Set(rows.filter(hasPrice).map(({ id }) => id.toLowerCase()))
  const kept = pages
    .filter(page => page.provider === provider)
    .flatMap(page => page.rows)
    .filter(({ id }) => !priced.has(id.toLowerCase()))
    .map(({ id, ...prices }) => ({ id, prices: [toPicoUsd(prices)] }))
  const replaced = new Set(kept.map(({ id }) => id))
  return [...rows.filter(({ id }) => !replaced.has(id)), ...kept]
}

function hasPrice({ prices }: PricedModel): boolean {
  return prices.some(({ input, output }) => input !== undefined || output !== undefined)
}

function toPicoUsd(prices: Readonly<Record<string, number>>): PricePeriod {
  return Object.fromEntries(
    Object.entries(prices).map(([kind, dollars]) => [kind, Math.round(dollars * 1e6)]),
  )
}

/**
 * A name that moves on (`…-latest`), or that is listed among those of another model: then who has a record of just this
 * name knows better, and has the price of what it stands for.
 */
export function standsForAnother(row: PricedModel, name: string): boolean {
  const isNamed = row.id.toLowerCase() === name.toLowerCase()
  return isNamed ? name.endsWith('-latest') : namesOf(row).includes(`=${name.toLowerCase()}`)
}

/** The row without that name; null where it has no other. */
export function releaseName(row: PricedModel, name: string): PricedModel | null {
  const match = namesOf(row).filter(rule => rule !== `=${name.toLowerCase()}`)
  return match.length === 0 ? null : { ...row, match }
}

function namesOf({ id, match }: PricedModel): NonNullable<PricedModel['match']> {
  return match ?? [`=${id.toLowerCase()}`]
}

/**
 * Without the steps that begin where the window ends or later: no prompt is so long. They are left of a time when the
 * vendor gave a longer window, or are those of a larger model of the family.
 * @param window the longest of all models with this price; null where one is not known
 */
export function dropSteps(row: PricedModel, window: number | null): PricedModel {
  if (window === null) return row
  return { ...row, prices: row.prices.map(period => dropStepsOfPeriod(period, window)) }
}

function dropStepsOfPeriod(period: PricePeriod, window: number): PricePeriod {
  if (period.tiers?.some(({ above }) => above >= window) !== true) return period
  const { tiers, ...rest } = period
  const reachable = tiers.filter(({ above }) => above < window)
  return reachable.length === 0 ? rest : { ...rest, tiers: reachable }
}
