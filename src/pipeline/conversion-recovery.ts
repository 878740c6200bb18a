import { type ConverterStage, converterClass, type RecordFailure, type TaskConverters } from './converters.ts'
import type { ErrorOperator } from './error-operator.ts'
import { Interrupted } from './interrupts.ts'
import type { ProcessingContext } from './processing-context.ts'

/**
 * One conversion of a record that has failed somewhere: taken on with retries when it is the one that `failure` is
 * about or when it fails now. Null, with a failed context, when the record is skipped; throws what kills the task, and
 * Interrupted.
 */
export async function recoverConversion<T, V>(
  converters: TaskConverters,
  operator: ErrorOperator<T>,
  context: ProcessingContext<T>,
  failure: RecordFailure | null,
  stage: ConverterStage,
  work: () => V,
): Promise<V | null> {
  let error = failure?.error
  if (failure?.stage !== stage) {
    try {
      return await operator.attempt(work)
    } catch (thrown) {
      if (thrown instanceof Interrupted) throw thrown
      error = thrown
    }
  }
  context.at(stage, converterClass(stage, converters))
  return operator.recover(context, work, error)
}
