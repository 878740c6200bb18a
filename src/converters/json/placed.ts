import { inField } from '../field-path.ts'
import type { JsonOptions } from './config.ts'

/** The error with the place where it happened, which Kafka's own converter does not tell. */
export function placed(error: unknown, place: string, options: JsonOptions): unknown {
  return options.jsonSchema ? inField(error, place) : error
}
