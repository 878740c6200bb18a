import { SqlError } from './sql-error.ts'

/** SQLSTATEs of what the database refuses, as the other databases have them. Java: oracle.jdbc.driver.ORAxSQLState */
const STATES: Readonly<Record<number, string>> = {
  1: '23505',
  54: '55P03',
  60: '40001',
  903: '42000',
  904: '42S22',
  911: '42000',
  913: '42000',
  932: '42804',
  942: '42S02',
  947: '42000',
  955: '42S01',
  1013: '57014',
  1031: '42501',
  1400: '23502',
  1401: '22001',
  1407: '23502',
  1426: '22003',
  1427: '21000',
  1430: '42S21',
  1438: '22003',
  1461: '22001',
  1465: '22P02',
  1476: '22012',
  1722: '22P02',
  1830: '22007',
  1839: '22007',
  1840: '22007',
  1841: '22007',
  1843: '22007',
  1847: '22007',
  1850: '22007',
  1851: '22007',
  1852: '22007',
  1858: '22007',
  1861: '22007',
  2290: '23514',
  2291: '23503',
  2292: '23503',
  8177: '40001',
  12899: '22001',
  17004: '42804',
  // A large object that a column of text or bytes is too short for.
  22835: '22001',
  30006: '55P03',
}

/** The session is gone, or cannot be had: shutdown, start, listener, network, limits of sessions. */
const SESSION = new Set([
  18, 19, 20, 28, 1012, 1033, 1034, 1041, 1089, 1090, 1092, 2396, 3113, 3114, 3135, 3136, 12152, 12153, 12157,
  12161, 12170, 12203, 12224, 12500, 12502, 12505, 12514, 12516, 12518, 12519, 12520, 12521, 12526, 12527,
  12528, 12535, 12537, 12541, 12543, 12545, 12547, 12560, 12564, 12566, 12570, 12571, 12583, 12606, 12608,
  12609, 12637, 25401, 25402, 25403, 25404, 25405, 25407, 25408, 25409, 25425,
])

/**
 * May go well when it is tried again: a deadlock, a lock, a query that was broken off or whose snapshot is gone, space
 * that an operator makes, a database that is only read until it takes over, code that was compiled anew.
 */
const TRANSIENT = new Set([
  51, 54, 60, 257, 1013, 1536, 1555, 1628, 1631, 1650, 1652, 1653, 1654, 1688, 1691, 4020, 4021, 4031, 4036,
  4061, 4068, 8103, 8177, 8176, 16000, 16456, 24756, 25228, 29861, 30006, 30036,
])

/** Of the client: the way to the server. */
const NETWORK = new Set([
  'NJS-500',
  'NJS-501',
  'NJS-503',
  'NJS-504',
  'NJS-509',
  'NJS-510',
  'NJS-511',
  'NJS-513',
  'NJS-518',
  'NJS-519',
  'NJS-521',
  'NJS-530',
])

/** What a person can do about it. */
const HINTS: Readonly<Record<string, string>> = {
  '1017': 'Are connection.user and connection.password right? Names in quotes have their case.',
  '28000': 'Have the account unlocked: ALTER USER … ACCOUNT UNLOCK.',
  '28001': 'The password has expired: have it set anew.',
  '1045': 'The user needs the right CREATE SESSION.',
  '12541': 'Does the listener run there? The usual port is 1521.',
  'NJS-503': 'Is the listener running there, and open to this machine? The usual port is 1521.',
  'NJS-510':
    'Is the port open to this machine? Another deadline is set with connection.oracle.net.CONNECT_TIMEOUT, in milliseconds.',
  'NJS-518':
    'Which services the listener knows is told by: lsnrctl services. A SID stands behind a colon: @host:port:SID.',
  'NJS-519':
    'Which instances the listener knows is told by: lsnrctl services. A service stands behind a slash: @//host:port/service.',
  'NJS-530': 'Is the host name in connection.url right?',
  'NJS-512': 'A wallet (wallet_location, or the one of TNS_ADMIN) is a folder with ewallet.pem.',
  'NJS-516':
    'connection.url names no host: set TNS_ADMIN, or ?TNS_ADMIN=<folder> in the URL, to the folder of tnsnames.ora.',
  'NJS-517': 'Is the name in the tnsnames.ora of TNS_ADMIN?',
  'NJS-520': 'TNS_ADMIN, or ?TNS_ADMIN=<folder> in the URL, names the folder of tnsnames.ora.',
  'NJS-505': 'The wallet is a folder with ewallet.pem, of which oracle.net.wallet_password opens the key.',
  'NJS-506':
    'Does the port speak TLS, and does the wallet (wallet_location, a folder with ewallet.pem) hold the CA of its certificate?',
  'NJS-508':
    'The certificate has another name than connection.url: name it in ssl_server_cert_dn, or set ssl_server_dn_match=false.',
  'NJS-533':
    'The server demands native network encryption, which is not to be had here: connect by TLS (tcps).',
  'NJS-138': 'Oracle 12.1 is the oldest that can be spoken with.',
  'NJS-116': 'The password is kept in a form of before Oracle 12: have it set anew.',
}

const NO_LISTENER =
  'Is it the port of an Oracle listener, and does it want TLS (tcps)? The usual ports are 1521 and 2484.'
/** Further ones where there is no session yet. */
export const LOGIN_HINTS: Readonly<Record<string, string>> = {
  'NJS-068': NO_LISTENER,
  'NJS-500': NO_LISTENER,
}

/** Words of the client's that say less than there is to say. */
const REWORDED: Readonly<Record<string, string>> = {
  'NJS-068': 'what answers there does not speak as an Oracle listener does',
}

/** What `oracledb` threw, in words. `secrets` stay out of them. Java: java.sql.SQLException of oracle.jdbc */
export function oracleError(
  error: unknown,
  what: string,
  secrets: readonly string[] = [],
  hints: Readonly<Record<string, string>> = {},
): SqlError {
  if (error instanceof SqlError) return error
  const { message, errorNum, code = '', name } = error as Error & { errorNum?: number; code?: string }
  // Inside of the refusal of a listener there is one of Oracle's own numbers.
  const number = errorNum ?? numberIn(message)
  const own = number === null ? code : String(number)
  const lost = number === null ? isNetwork(code, message) : SESSION.has(number) || NETWORK.has(code)
  const refused = (number === null ? undefined : STATES[number]) ?? (code === '' ? '' : 'HY000')
  const state = lost ? '08006' : refused
  const text = REWORDED[code] ?? sentence(message || name)
  const suffix = number === null ? '' : ` [SQLSTATE ${state}, error ${number}]`
  const hidden = (words: string) => secrets.reduce((clean, secret) => clean.replaceAll(secret, '****'), words)
  return new SqlError(
    `${what}: ${hidden(text)}${suffix}`,
    { state, code: own, transient: lost || (number !== null && TRANSIENT.has(number)) },
    {
      // What is hidden above stands in the client's own words.
      cause: hidden(message) === message ? error : undefined,
      hint: HINTS[own] ?? HINTS[code] ?? hints[code],
    },
  )
}

function isNetwork(code: string, message: string): boolean {
  // A listener that goes away while TLS is spoken with it; a certificate stays what it is.
  if (code === 'NJS-506') return !/certificate|self.signed|altname|verify/i.test(message)
  return NETWORK.has(code) || /^E(?:CONN|TIMEDOUT|HOST|NET|PIPE|AI_)/.test(code)
}

function numberIn(message: string): number | null {
  const found = /\bORA-(\d{5})\b/.exec(message)?.[1]
  return found === undefined ? null : Number(found)
}

/** In one line, without the client's number of the connection, its links and what only introduces the reason. */
function sentence(message: string): string {
  return message
    .replace(/^NJS-500: [^\n]*\n(?=\S)/, '')
    .replace(/\nHelp: \S+/g, '')
    .replace(/ ?\(CONNECTION_ID=[^)]*\)/g, '')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .join(' ')
}
