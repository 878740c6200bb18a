/**
 * What a script of bunnect.Script sees, in its own language: scripts are checked against this text, and
 * `bunnect plugin-types` prints it.
 */
export const SCRIPT_TYPES = `
/** A header; its value as the header converter made it. */
interface ScriptHeader {
  key: string
  value: any
}

/** A record as a script sees it. What a Struct holds is a plain object here, with the fields of its schema. */
interface ScriptRecord {
  topic: string
  /** null leaves the choice to the producer. */
  partition: number | null
  key: any
  value: any
  headers: ScriptHeader[]
  /** Milliseconds since 1970. */
  timestamp: number | null
}

/** The record itself, changed or not, another one, several, or null for none. What a new one does not say stays. */
type ScriptResult = Partial<ScriptRecord> | readonly Partial<ScriptRecord>[] | null | undefined
type Script = (record: ScriptRecord) => ScriptResult
type PredicateScript = (record: ScriptRecord) => boolean
`

/** Globals that scripts may use beside the language's own. */
export const SCRIPT_GLOBALS = `
declare const console: { log(...data: unknown[]): void; warn(...data: unknown[]): void; error(...data: unknown[]): void }
declare const Buffer: any
declare const TextEncoder: any
declare const TextDecoder: any
declare const URL: any
declare const crypto: any
declare function structuredClone<T>(value: T): T
declare function atob(text: string): string
declare function btoa(text: string): string
declare module 'bunnect' {
  export { ScriptHeader, ScriptRecord, ScriptResult, Script, PredicateScript }
}
`
