import { HerderError } from './errors.ts'
import type { RequestOptions } from './herder.ts'

/** Right before something is written: throws if whoever asked for it has gone. */
export function checkStillWanted(options: RequestOptions | undefined): void {
  if (options?.signal?.aborted) throw new HerderError('ABANDONED')
}
