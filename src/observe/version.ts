/** Put in by scripts/build; a run from the sources says so. */
declare const BUNNECT_VERSION: string | undefined
declare const BUNNECT_COMMIT: string | undefined

export const VERSION = typeof BUNNECT_VERSION === 'string' ? BUNNECT_VERSION : '0.0.0-source'
export const COMMIT = typeof BUNNECT_COMMIT === 'string' ? BUNNECT_COMMIT : 'unknown'

/** The Kafka Connect version whose behaviour this is; `GET /` and Apache's plugins show it. */
export const CONNECT_VERSION = '4.3.1'
/** Of Apache's 4.3.1 release: scripts compare it as they do the version. */
export const CONNECT_COMMIT = '26b251a451ce941d'
