import { ConnectException } from '../data/errors.ts'

/**
 * No failure: thrown by a converter, whose calls cannot wait, for something that has to be fetched first. It is called
 * again with the same value as soon as `ready` has settled, however it did: the converter keeps the outcome, and has
 * to bound how long it takes.
 */
export class ConversionPending extends ConnectException {
  readonly ready: Promise<unknown>

  constructor(ready: Promise<unknown>) {
    super('A converter waits for an answer')
    this.ready = ready
    // Who is given up meanwhile does not ask.
    ready.catch(() => {})
  }
}
