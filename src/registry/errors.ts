/**
 * What a request is refused with: HTTP status, the code of the body's `error_code`, and its text. Codes and texts are
 * those of the Java registry. Java: io.confluent.kafka.schemaregistry.rest.exceptions.Errors
 */
import { ConnectException } from '../data/errors.ts'

export class RegistryError extends ConnectException {
  static override readonly javaClass = 'io.confluent.rest.exceptions.RestException'

  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(message, options)
  }
}

const LEVELS = 'none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive'

export const errors = {
  subjectNotFound: (subject: string) => of(40401, `Subject '${subject}' not found.`),
  versionNotFound: (version: number) => of(40402, `Version ${version} not found.`),
  schemaNotFound: (id?: number | string) =>
    of(40403, id === undefined ? 'Schema not found' : `Schema ${id} not found`),
  subjectSoftDeleted: (subject: string) =>
    of(40404, `Subject '${subject}' was soft deleted.Set permanent=true to delete permanently`),
  subjectNotSoftDeleted: (subject: string) =>
    of(40405, `Subject '${subject}' was not deleted first before being permanently deleted`),
  versionSoftDeleted: (subject: string, version: string) =>
    of(
      40406,
      `Subject '${subject}' Version ${version} was soft deleted.Set permanent=true to delete permanently`,
    ),
  versionNotSoftDeleted: (subject: string, version: number) =>
    of(
      40407,
      `Subject '${subject}' Version ${version} was not deleted first before being permanently deleted`,
    ),
  levelNotConfigured: (subject: string) =>
    of(40408, `Subject '${subject}' does not have subject-level compatibility configured`),
  modeNotConfigured: (subject: string) =>
    of(40409, `Subject '${subject}' does not have subject-level mode configured`),
  /** The one whose body has the HTTP status for its code. */
  incompatible: (subject: string, details: readonly string[]) =>
    new RegistryError(
      409,
      409,
      `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: [${details.join(', ')}]`,
    ),
  invalidSchema: (message: string, cause?: unknown) => of(42201, message, cause),
  invalidVersion: (version: string) =>
    of(
      42202,
      `The specified version '${version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
    ),
  invalidLevel: () => of(42203, `Invalid compatibility level. Valid values are ${LEVELS}`),
  invalidMode: () => of(42204, 'Invalid mode. Valid values are READWRITE, READONLY, and IMPORT.'),
  notPermitted: (message: string) => of(42205, message),
  referenced: (subject: string, version: number) =>
    of(
      42206,
      `One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=${subject},version=${version}}.`,
    ),
  invalidSubject: (subject: string) => of(42208, `The specified subject '${subject}' is not a valid.`),
  store: (message: string, cause: unknown) => of(50001, message, cause),
}

/** The first three digits of a code are the HTTP status. */
function of(code: number, message: string, cause?: unknown): RegistryError {
  return new RegistryError(Math.floor(code / 100), code, message, cause === undefined ? {} : { cause })
}
