import { Element } from './element.ts'

const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<!DOCTYPE[^[>]*(?:\[[^\]]*\][^[>]*)?>|<\?[\s\S]*?\?>|<\/([^\s>]+)\s*>|<([^\s/>!?]+)((?:\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/gy
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/**
 * The root element of an XML text, as far as Log4j's files need it: elements, attributes, character data (which
 * becomes the attribute `value`), no entities of its own. Throws Error with the line of what cannot be read.
 */
export function parseXml(text: string): Element {
  const document = new Element('')
  const open = [document]
  TOKEN.lastIndex = text.startsWith('\ufeff') ? 1 : 0
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (!match) throw new Error(`line ${lineOf(text, at)}: this is not XML`)
    const [, raw, closed, name, attributes = '', selfClosed, characters] = match
    const current = open.at(-1)!
    if (closed !== undefined) {
      if (current.name !== closed) throw new Error(`line ${lineOf(text, at)}: </${closed}> closes nothing`)
      open.pop()
    } else if (name !== undefined) {
      const element = new Element(name)
      for (const [, key, double, single] of attributes.matchAll(ATTRIBUTE))
        element.set(key!, decoded(double ?? single ?? ''))
      current.children.push(element)
      if (selfClosed === '') open.push(element)
    } else {
      const data = raw ?? decoded(characters ?? '').trim()
      if (data !== '' && current !== document) current.set('value', (current.get('value') ?? '') + data)
    }
  }
  const [root] = document.children
  if (open.length > 1) throw new Error(`<${open.at(-1)!.name}> is not closed`)
  if (!root) throw new Error('there is no element in it')
  return root
}

function decoded(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole
    return String.fromCodePoint(decimal === undefined ? parseInt(hex, 16) : Number(decimal))
  })
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length
}
