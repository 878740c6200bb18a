import type { HerderErrorCode } from '../herder/errors.ts'

/** `corrected`: a mistake of the client is a 4xx. `strict`: the JVM's codes. Key: bunnect.rest.compat */
export type Compat = 'corrected' | 'strict'

/** A body that is no JSON, or JSON of another form than the endpoint takes. */
type BodyKind = 'UNREADABLE_BODY'

/** Mistakes of clients that Kafka Connect answers with 500. Everything else has one code. */
const CODES: Partial<Record<HerderErrorCode | BodyKind, Readonly<Record<Compat, number>>>> = {
  UNREADABLE_BODY: { corrected: 400, strict: 500 },
  INVALID_CONFIG: { corrected: 400, strict: 500 },
  NO_PLUGIN: { corrected: 400, strict: 500 },
  NOTHING_TO_RESTART: { corrected: 404, strict: 500 },
  NO_TASKS_TO_RESTART: { corrected: 404, strict: 500 },
  NOTHING_TO_STOP: { corrected: 404, strict: 500 },
}

/** The HTTP status of an error; `otherwise` is that of the errors which have but one. */
export function statusOf(kind: HerderErrorCode | BodyKind, compat: Compat, otherwise: number): number {
  return CODES[kind]?.[compat] ?? otherwise
}
