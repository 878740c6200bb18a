import type { ParsedSchema } from '../../formats/schema-format.ts'
import type { ConnectFormat } from './connect-format.ts'
import type { ErrorTexts } from './conversion-errors.ts'
import type { RegistryClient } from './registry-client.ts'
import type { SchemaConfig } from './registry-keys.ts'
import type { SubjectStrategy } from './subject-strategies.ts'

/** What both ways through a registry's converter need. */
export interface ConverterParts<P extends ParsedSchema> {
  readonly format: ConnectFormat<P>
  readonly client: RegistryClient
  readonly config: SchemaConfig
  /** Of `use.latest.with.metadata`; null without. */
  readonly metadata: ReadonlyMap<string, string> | null
  readonly strategy: SubjectStrategy
  readonly isKey: boolean
  readonly texts: ErrorTexts
  /** How many answers are kept for a topic. */
  readonly cacheSize: number
}
