// The normal distribution: what the adaptive strategy draws from and reckons with.

/**
 * Probability that a standard normal number is below x; error below 1e-7.
 * Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17.
 */
export function normalBelow(x: number): number {
  if (x < 0) return 1 - normalBelow(-x)
  const t = 1 / (1 + 0.231_641_9 * x)
  const series =
    t * (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))))
  return 1 - 0.398_942_280_401 * Math.exp(-0.5 * x * x) * series
}

/**
 * The number below which a standard normal one is with a probability; error below 4.5e-4, far less than any belief
 * here is worth. Abramowitz and Stegun, 26.2.23.
 * @param probability between 0 and 1; the ends are cut, so that chance never gives an infinity
 */
export function normalQuantile(probability: number): number {
  const tail = Math.max(1e-9, Math.min(probability, 1 - probability))
  const t = Math.sqrt(-2 * Math.log(tail))
  const above =
    t -
    (2.515_517 + t * (0.802_853 + t * 0.010_328)) / (1 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)))
  return probability < 0.5 ? -above : above
}
