const DATE = '\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])'
const TIME = '([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)'
const OCTET = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)'
const LABEL = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?'

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  date: whole(DATE),
  time: whole(TIME),
  'date-time': whole(`${DATE}T${TIME}`),
  email: whole('[^\\s@]+@[^\\s@]+'),
  ipv4: whole(`(${OCTET}\\.){3}${OCTET}`),
  ipv6: isIpv6,
  hostname: text => text.length <= 253 && whole(`${LABEL}(\\.${LABEL})*`)(text),
  uri: text => /^[A-Za-z][A-Za-z0-9+.-]*:/.test(text) && !/[\s<>"{}|\\^`]/.test(text),
  'uri-reference': text => !/[\s<>"{}|\\^`]/.test(text),
  'json-pointer': whole('(#?(/([^~]|~[01])*)*)'),
  'relative-json-pointer': whole('(0|[1-9]\\d*)(#|(/([^~]|~[01])*)*)'),
}

function whole(expression: string): (text: string) => boolean {
  const pattern = new RegExp(`^(?:${expression})$`)
  return text => pattern.test(text)
}

function isIpv6(text: string): boolean {
  const groups = text.split(':')
  const compressed = text.includes('::')
  if (text.split('::').length > 2 || groups.length > 8 || (groups.length < 8 && !compressed)) return false
  return groups.every((group, i) => {
    const isLast = i === groups.length - 1
    return group === '' ? compressed : /^[0-9A-Fa-f]{1,4}$/.test(group) || (isLast && FORMATS['ipv4']!(group))
  })
}

/** A format without a check here is had by every text. */
export function hasFormat(format: string, text: string): boolean {
  return FORMATS[format]?.(text) ?? true
}
