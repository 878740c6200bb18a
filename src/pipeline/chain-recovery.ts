import type { ConnectRecord } from '../data/records.ts'
import type { Chain, Transformed } from './chain.ts'
import { isSeveral } from './chain.ts'
import type { ErrorOperator } from './error-operator.ts'
import type { ProcessingContext } from './processing-context.ts'

/**
 * Brings a record through the rest of a chain after a stage has thrown `error`, each failing stage by itself: the
 * record or records that come out, none when it was dropped or, then with a failed context, skipped.
 */
export async function recoverChain<T, R extends ConnectRecord>(
  chain: Chain<R>,
  operator: ErrorOperator<T>,
  context: ProcessingContext<T>,
  error: unknown,
): Promise<readonly R[]> {
  for (let failure = error; ; ) {
    const { alias, className } = chain.failing
    context.at('TRANSFORMATION', className, `transforms.${alias}`)
    const result: Transformed<R> = await operator.recover(context, () => chain.again(), failure)
    if (context.failed) return []
    try {
      return outputs(chain.resume(result))
    } catch (next) {
      failure = next
    }
  }
}

/** The records that a chain has given. */
export function outputs<R extends ConnectRecord>(result: Transformed<R>): readonly R[] {
  if (result === null) return []
  return isSeveral(result) ? result : [result]
}
