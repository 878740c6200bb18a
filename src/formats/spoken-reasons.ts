/**
 * Names the two schemas in reasons of `ParsedSchema.incompatibilities`, which are Java's formats: their first `%s` is
 * the schema that reads, the second the one that writes. Java: SchemaValidatorBuilder.formatErrorMessages
 */
export function spokenReasons(reasons: readonly string[], reader: string, writer: string): string[] {
  const names = [reader, writer]
  return reasons.map(reason => {
    let next = 0
    return reason.replace(/%(?:([12])\$)?s/g, (format, at?: string) => {
      const name = names[at === undefined ? next++ : Number(at) - 1]
      return name ?? format
    })
  })
}
