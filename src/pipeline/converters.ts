import type { Converter, HeaderConverter } from '../sdk/plugin.ts'
import type { Stage } from './processing-context.ts'

/** The converters of one task, configured. */
export interface TaskConverters {
  key: Converter
  value: Converter
  header: HeaderConverter
  /** Java class names, for errors. */
  classNames: { key: string; value: string; header: string }
}

export type ConverterStage = 'KEY_CONVERTER' | 'VALUE_CONVERTER' | 'HEADER_CONVERTER'

/** What the record path itself executes, record by record. */
export type RecordStage = ConverterStage | 'TRANSFORMATION'

/** The first failure of a record, as the fast path hands it to the slow one. */
export interface RecordFailure {
  readonly stage: RecordStage & Stage
  readonly error: unknown
}

/** Java class of the converter that works in that stage. */
export function converterClass(stage: ConverterStage, { classNames }: TaskConverters): string {
  if (stage === 'KEY_CONVERTER') return classNames.key
  return stage === 'VALUE_CONVERTER' ? classNames.value : classNames.header
}

/** Safe to call twice only if the converters allow it. */
export function closeConverters(converters: TaskConverters): void {
  converters.key.close?.()
  converters.value.close?.()
  converters.header.close?.()
}
