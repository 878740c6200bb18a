/** Text of a Java property file with these entries, in this order; anything outside printable ASCII is escaped. */
export function propertiesText(entries: Record<string, string>): string {
  return Object.entries(entries)
    .map(([key, value]) => `${escapeText(key, true)}=${escapeText(value, false)}\n`)
    .join('')
}

function escapeText(text: string, isKey: boolean): string {
  return text
    .replace(/[\\\n\r\t]/g, c => ({ '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' })[c] ?? c)
    .replace(isKey ? /[ :=#!]/g : /^ /g, '\\$&')
    .replace(/[^\x20-\x7e]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
