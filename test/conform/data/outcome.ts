import { javaClassOf } from '../../../src/data/errors.ts'
import type { ErrorVector } from './vectors.ts'

export interface Outcome {
  out?: unknown
  error?: ErrorVector
}

/** What a call returned or threw, with the cause one level down, as in the vectors. */
export async function outcomeOf(call: () => unknown): Promise<Outcome> {
  try {
    return { out: await call() }
  } catch (error) {
    return { error: errorOf(error) }
  }
}

function errorOf(error: unknown): ErrorVector {
  const { cause } = error as { cause?: unknown }
  return {
    class: javaClassOf(error),
    message: (error as Error).message,
    ...(cause ? { cause: { class: javaClassOf(cause), message: (cause as Error).message } } : {}),
  }
}
