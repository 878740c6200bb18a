import { ConnectException } from '../data/errors.ts'
import type { Converter, HeaderConverter } from '../sdk/plugin.ts'

/** The converters of one task, configured. */
export interface TaskConverters {
  key: Converter
  value: Converter
  header: HeaderConverter
  /** Java class names, for errors. */
  classNames: { key: string; value: string; header: string }
}

/** Where in the record path an operation is. Java: org.apache.kafka.connect.runtime.errors.Stage */
export type Stage = 'TRANSFORMATION' | 'KEY_CONVERTER' | 'VALUE_CONVERTER' | 'HEADER_CONVERTER'

/** The failure of one record's operation under `errors.tolerance=none`: Java's text first, then the place. */
export function toleranceExceeded(
  cause: unknown,
  task: string,
  stage: Stage,
  converters: TaskConverters,
  record: string,
): ConnectException {
  const of = stage === 'TRANSFORMATION' ? '' : ` (${className(stage, converters)})`
  return new ConnectException(
    `Tolerance exceeded in error handler: task ${task}, stage ${stage}${of}, ${record}`,
    {
      cause,
      hint: 'Correct the record or the converter, or step over the record by altering the offsets of the connector.',
    },
  )
}

function className(stage: Stage, { classNames }: TaskConverters): string {
  if (stage === 'KEY_CONVERTER') return classNames.key
  return stage === 'VALUE_CONVERTER' ? classNames.value : classNames.header
}

/** Safe to call twice only if the converters allow it. */
export function closeConverters(converters: TaskConverters): void {
  converters.key.close?.()
  converters.value.close?.()
  converters.header.close?.()
}
