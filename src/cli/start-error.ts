import { hintOf } from './exit.ts'

/** Why a worker did not start: which of its keys has to do with it, and Connect's exit code. */
export class StartError extends Error {
  readonly hint: string | undefined

  constructor(
    readonly key: string,
    readonly exitCode: number,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.hint = hintOf(cause)
  }
}

/** Whatever `step` throws has to do with `key`. */
export async function blaming<T>(key: string, exitCode: number, step: () => Promise<T> | T): Promise<T> {
  try {
    return await step()
  } catch (error) {
    throw new StartError(key, exitCode, error)
  }
}
