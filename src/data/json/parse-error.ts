/** Why a text is no JSON, in Jackson's words. Java: com.fasterxml.jackson.core.JsonParseException and its family */

type Kind = 'JsonParseException' | 'io.JsonEOFException' | 'exc.StreamConstraintsException'

export class JsonParseException extends Error {
  readonly javaClass: string

  constructor(message: string, kind: Kind = 'JsonParseException') {
    super(message)
    this.name = kind
    this.javaClass = `com.fasterxml.jackson.core.${kind}`
  }
}

/** Lines and columns count from 1, columns in bytes. */
export function jacksonLocation(line: number, column: number): string {
  return `[Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: ${line}, column: ${column}]`
}
