import { ConnectException } from '#bunnect'
import type { DriverProperties } from './driver-properties.ts'

const UTC = /^(?:UTC|GMT|UT|Z|Etc\/UTC|Etc\/GMT|Universal|Zulu)$/i
const OFFSET = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i

/**
 * What the URL wants the session's time_zone to be, null where it is to stay the server's. Without that no property of
 * zones changes a value: the connectors name one, db.timezone, with every time.
 * Java: com.mysql.cj.NativeSession.configureTimeZone, org.mariadb.jdbc.client.impl.StandardClient
 */
export function sessionTimeZone(properties: DriverProperties): string | null {
  const zone = properties.text('connectionTimeZone', 'serverTimezone') ?? 'LOCAL'
  const isForced = properties.flag('forceConnectionTimeZoneToSession') ?? false
  // Of MariaDB's older driver, which always forces it.
  const older = properties.text('timezone')
  if (older !== null && older.toLowerCase() !== 'disable') return asOfMysql(older, 'timezone')
  if (!isForced || zone === 'SERVER') return null
  return asOfMysql(zone, 'connectionTimeZone')
}

/** A zone of java.time.ZoneId in the server's words. */
function asOfMysql(zone: string, property: string): string {
  const name = /^(?:|local|auto)$/i.test(zone) ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone
  if (UTC.test(name)) return '+00:00'
  const [, sign, hours, minutes = '00'] = OFFSET.exec(name) ?? []
  if (hours !== undefined) return `${sign}${hours.padStart(2, '0')}:${minutes}`
  if (/^[\w+/-]+$/.test(name)) return name
  throw new ConnectException(`${property}=${zone} of connection.url is no time zone`, {
    hint: 'Name a zone of the IANA data base, such as Europe/Berlin, or an offset, such as +02:00.',
  })
}
