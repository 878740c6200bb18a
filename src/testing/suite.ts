/** A named behaviour of one connector, ready to be run as a test. */
export interface BoundBehaviour {
  /** `jdbc/postgres: kill and resume` */
  readonly name: string
  /** Throws what is wrong. Takes up to some minutes. */
  run(): Promise<void>
}
