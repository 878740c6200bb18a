import type { ResolvedReference, SchemaReference, SchemaType } from '../../formats/schema-format.ts'
import { Answers, type Asked } from './answers.ts'
import type { ClientSettings } from './client-settings.ts'
import { type RegisteredSchema, registeredId, registeredSchema } from './registry-answers.ts'
import { UnusableAnswer } from './registry-errors.ts'
import { RegistryHttp } from './registry-http.ts'

/** A schema as it is sent. */
export interface SchemaText {
  readonly type: SchemaType
  readonly text: string
  readonly references: readonly SchemaReference[]
}

/** References of references are followed so far, which no registry's go. */
const DEEPEST = 100

/** What clients of equal settings share: requests under way, and answers that do not change. */
export class SharedAnswers {
  readonly http: RegistryHttp
  readonly schemas: Answers<RegisteredSchema>
  readonly versions: Answers<RegisteredSchema>
  readonly registering: Asked<RegisteredSchema> = new Map()
  readonly lookingUp: Asked<RegisteredSchema> = new Map()
  readonly askingLatest: Asked<RegisteredSchema> = new Map()

  constructor(settings: ClientSettings) {
    this.http = new RegistryHttp(settings)
    this.schemas = new Answers(settings.cacheSize)
    this.versions = new Answers(settings.cacheSize)
  }
}

/**
 * A registry's REST API as one converter uses it. What it was told is kept for it alone where somebody may change it: a
 * converter made anew, for a task that is restarted, has to be told what holds then. Rejects with what `RegistryHttp`
 * rejects with. Java: io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient
 */
export class RegistryClient {
  readonly #http: RegistryHttp
  readonly #shared: SharedAnswers
  readonly #registered: Answers<RegisteredSchema>
  readonly #lookups: Answers<RegisteredSchema>
  readonly #latest: Answers<RegisteredSchema>
  readonly #latestTtl: number

  constructor(settings: ClientSettings, shared = new SharedAnswers(settings)) {
    const { cacheSize, latestCacheSize, latestCacheTtl } = settings
    this.#http = shared.http
    this.#shared = shared
    this.#registered = new Answers(cacheSize, shared.registering)
    this.#lookups = new Answers(cacheSize, shared.lookingUp)
    this.#latest = new Answers(latestCacheSize, shared.askingLatest)
    this.#latestTtl = latestCacheTtl
  }

  /** Of the answer older registries give the id alone. */
  register(subject: string, schema: SchemaText, normalize: boolean): Promise<RegisteredSchema> {
    return this.#registered.get(keyOf(subject, normalize, schema), async () => {
      const path = `/subjects/${encodeURIComponent(subject)}/versions${normalize ? '?normalize=true' : ''}`
      const answer = await this.#http.request('POST', path, schemaBody(schema))
      return {
        ...registeredSchema({ ...schemaAnswer(schema), ...registeredId(answer, path) }, path),
        subject,
      }
    })
  }

  /** The subject's version of the schema. `deleted` finds one that was deleted as well. */
  lookup(
    subject: string,
    schema: SchemaText,
    options: { normalize: boolean; deleted: boolean },
  ): Promise<RegisteredSchema> {
    const { normalize, deleted } = options
    return this.#lookups.get(`${deleted} ${keyOf(subject, normalize, schema)}`, async () => {
      const query = [normalize && 'normalize=true', deleted && 'deleted=true'].filter(Boolean).join('&')
      const path = `/subjects/${encodeURIComponent(subject)}${query && `?${query}`}`
      const answer = await this.#http.request('POST', path, schemaBody(schema))
      return registeredSchema({ ...schemaAnswer(schema), ...(answer as object) }, path)
    })
  }

  /** `subject` tells in which context the id is looked for; subject and version of the answer are none to count on. */
  byId(id: number, subject: string | null): Promise<RegisteredSchema> {
    return this.#shared.schemas.get(`${contextOf(subject)} ${id}`, async () => {
      const query = subject === null ? '' : `&subject=${encodeURIComponent(subject)}`
      const path = `/schemas/ids/${id}?fetchMaxId=false${query}`
      return registeredSchema({ ...(await this.#object('GET', path)), id }, path)
    })
  }

  byGuid(guid: string): Promise<RegisteredSchema> {
    return this.#shared.schemas.get(`guid ${guid}`, async () => {
      const path = `/schemas/guids/${guid}`
      return registeredSchema({ id: -1, ...(await this.#object('GET', path)) }, path)
    })
  }

  /** Also one that was deleted. */
  version(subject: string, version: number): Promise<RegisteredSchema> {
    return this.#shared.versions.get(`${version} ${subject}`, async () => {
      const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}?deleted=true`
      return registeredSchema(await this.#object('GET', path), path)
    })
  }

  latest(subject: string): Promise<RegisteredSchema> {
    return this.#askLatest(`/subjects/${encodeURIComponent(subject)}/versions/latest`)
  }

  /** The latest version whose metadata hold all of `metadata`. */
  latestWithMetadata(subject: string, metadata: ReadonlyMap<string, string>): Promise<RegisteredSchema> {
    const query = new URLSearchParams()
    for (const [key, value] of metadata) {
      query.append('key', key)
      query.append('value', value)
    }
    query.append('deleted', 'true')
    return this.#askLatest(`/subjects/${encodeURIComponent(subject)}/metadata?${query}`)
  }

  /** Why the latest version does not admit the schema, in the registry's words; none where it does. Not kept. */
  async incompatibilities(subject: string, schema: SchemaText): Promise<string[]> {
    const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions/latest?verbose=true`
    const { messages } = (await this.#http.request('POST', path, schemaBody(schema))) as {
      messages?: unknown
    }
    return Array.isArray(messages) ? messages.map(String) : []
  }

  /** What stands behind references, and behind theirs. */
  async resolve(references: readonly SchemaReference[]): Promise<ResolvedReference[]> {
    const found = new Map<string, RegisteredSchema>()
    // Each version once, however many build on it.
    for (let open = references; open.length > 0; ) {
      const wanted = new Map(open.map(reference => [versionKey(reference), reference] as const))
      for (const key of found.keys()) wanted.delete(key)
      const schemas = await Promise.all(
        [...wanted].map(async ([key, { subject, version }]) => {
          const schema = await this.version(subject, version)
          found.set(key, schema)
          return schema
        }),
      )
      open = schemas.flatMap(schema => schema.references)
    }
    return resolved(references, found, new Map(), 0)
  }

  #askLatest(path: string): Promise<RegisteredSchema> {
    return this.#latest.get(path, async () => {
      const found = registeredSchema(await this.#object('GET', path), path)
      return { ...found, until: Date.now() + this.#latestTtl }
    })
  }

  async #object(method: 'GET' | 'POST', path: string): Promise<object> {
    const answer = await this.#http.request(method, path)
    return typeof answer === 'object' && answer !== null ? answer : {}
  }
}

/** Java: RegisterSchemaRequest, which leaves out what says nothing */
function schemaBody({ type, text, references }: SchemaText): object {
  return {
    schema: text,
    ...(type !== 'AVRO' && { schemaType: type }),
    ...(references.length > 0 && {
      references: references.map(({ name, subject, version }) => ({ name, subject, version })),
    }),
  }
}

function schemaAnswer({ type, text, references }: SchemaText): object {
  return { schema: text, schemaType: type, references }
}

/** Short, however long the schema. */
function keyOf(subject: string, normalize: boolean, schema: SchemaText): string {
  const digest = new Bun.CryptoHasher('sha256').update(JSON.stringify(schemaBody(schema))).digest('base64')
  return `${normalize} ${digest} ${subject}`
}

/** `:.context:` of a qualified subject. Java: QualifiedSubject */
function contextOf(subject: string | null): string {
  return /^:\.[^:]*:/.exec(subject ?? '')?.[0] ?? ''
}

function versionKey({ subject, version }: SchemaReference): string {
  return `${version} ${subject}`
}

/** `made`: what is complete already, by version. */
function resolved(
  references: readonly SchemaReference[],
  found: ReadonlyMap<string, RegisteredSchema>,
  made: Map<string, ResolvedReference[]>,
  depth: number,
): ResolvedReference[] {
  if (depth > DEEPEST) {
    throw new UnusableAnswer(`The references of the schema go deeper than ${DEEPEST}`, {
      hint: `Look for a circle at subject ${references[0]?.subject} version ${references[0]?.version}.`,
    })
  }
  return references.map(reference => {
    const key = versionKey(reference)
    const { text, references: next } = found.get(key)!
    let behind = made.get(key)
    if (behind === undefined) {
      behind = resolved(next, found, made, depth + 1)
      made.set(key, behind)
    }
    const { name, subject, version } = reference
    return { name, subject, version, text, references: behind }
  })
}
