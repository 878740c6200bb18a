const BASE = 40

/**
 * How long work stays where it is, ms, before balancing takes it from somebody for the n-th time in a row. Java:
 * ExponentialBackoff(1, 40, maxDelay, 0) of IncrementalCooperativeAssignor, its rounding included: 999 of 1000
 */
export function consecutiveRevocationBackoff(n: number, maxDelayMs: number): number {
  const most = Math.log(maxDelayMs) / Math.log(BASE)
  if (maxDelayMs <= 1) return Math.max(maxDelayMs, 0)
  return Math.min(Math.trunc(BASE ** Math.min(n, most)), maxDelayMs)
}
