/** The JVM's own exceptions, where Connect lets them through: traces and error headers show their names. */
abstract class JavaRuntimeException extends Error {
  abstract readonly javaClass: string
}

export class NullPointerException extends JavaRuntimeException {
  readonly javaClass = 'java.lang.NullPointerException'
}

export class IllegalArgumentException extends JavaRuntimeException {
  readonly javaClass = 'java.lang.IllegalArgumentException'
}

export class IndexOutOfBoundsException extends JavaRuntimeException {
  readonly javaClass = 'java.lang.IndexOutOfBoundsException'
}

export class ClassCastException extends JavaRuntimeException {
  readonly javaClass = 'java.lang.ClassCastException'
}
