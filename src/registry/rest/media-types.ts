/** What the registry reads and answers. Java: io.confluent.kafka.schemaregistry.client.rest.Versions */

/** In the order of what is preferred. */
const ANSWERED = [
  'application/vnd.schemaregistry.v1+json',
  'application/vnd.schemaregistry+json',
  'application/json',
] as const
const READ: readonly string[] = [...ANSWERED, 'application/octet-stream']

export type AnsweredType = (typeof ANSWERED)[number]

/** The type of the answer to an Accept header; null where nothing that is answered is accepted. */
export function answeredType(accept: string | null): AnsweredType | null {
  if (accept === null || accept.trim() === '') return ANSWERED[0]
  const ranges = accept.split(',').map(rangeOf)
  const rated = ANSWERED.map(type => ({ type, quality: qualityOf(type, ranges) }))
  const best = Math.max(...rated.map(one => one.quality))
  return best > 0 ? rated.find(one => one.quality === best)!.type : null
}

/** A request without a type is taken as it is. */
export function isReadable(contentType: string | null): boolean {
  if (contentType === null) return true
  return READ.includes(contentType.split(';')[0]!.trim().toLowerCase())
}

interface MediaRange {
  range: string
  quality: number
}

function rangeOf(text: string): MediaRange {
  const [range = '', ...parameters] = text.split(';').map(part => part.trim().toLowerCase())
  const quality = parameters.find(one => one.startsWith('q='))
  return { range, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 }
}

/** That of the range that names the type most closely. */
function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  for (const wanted of [type, 'application/*', '*/*', '*']) {
    const found = ranges.find(one => one.range === wanted)
    if (found) return found.quality
  }
  return 0
}
