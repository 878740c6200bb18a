import { ConfigException } from '../data/errors.ts'

const ADDRESS = /^(?:[0-9A-Za-z+.-]+:\/\/)?\[?([0-9a-zA-Z\-%._:]*)\]?:([0-9]+)$/

/** Brokers of `bootstrap.servers`. Throws with Java's text. Java: ClientUtils.parseAndValidateAddresses */
export function brokers(servers: readonly string[]): { host: string; port: number }[] {
  return servers.map(server => {
    const [, host = '', port = ''] = ADDRESS.exec(server) ?? []
    if (host === '' || port === '') {
      throw new ConfigException(`Invalid url in bootstrap.servers: ${server}`, {
        hint: 'Write host:port, several with commas between them.',
      })
    }
    if (Number(port) > 65535) throw new ConfigException(`Invalid port in bootstrap.servers: ${server}`)
    return { host, port: Number(port) }
  })
}
