import { ConnectException } from '#bunnect'

/** What a database or the way to it refused. Java: java.sql.SQLException */
export class SqlError extends ConnectException {
  static override readonly javaClass = 'java.sql.SQLException'
  /** SQLSTATE, five characters, where there is one; else empty. */
  readonly state: string
  /** The database's own number or name of it. */
  readonly code: string
  /** The session is lost, or the same statement may succeed when it is sent again. */
  readonly transient: boolean

  constructor(
    message: string,
    details: { state: string; code: string; transient: boolean },
    options: { cause?: unknown; hint?: string } = {},
  ) {
    super(message, options)
    this.state = details.state
    this.code = details.code
    this.transient = details.transient
  }
}
