/** Java: java.lang.RuntimeException */
export class RuntimeException extends Error {
  readonly javaClass = 'java.lang.RuntimeException'
}

/** Java: java.lang.NumberFormatException */
export class NumberFormatException extends Error {
  readonly javaClass = 'java.lang.NumberFormatException'
}
