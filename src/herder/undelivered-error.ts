import { ConnectException } from '../data/errors.ts'

/** Task configurations could not be given to the leader of the group, or it did not take them. */
export class UndeliveredError extends ConnectException {
  constructor(
    message: string,
    /** Its answer; null where there is none. */
    readonly status: number | null,
  ) {
    super(message)
  }
}
