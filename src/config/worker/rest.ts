import { key } from '../keys.ts'
import { noDuplicates, oneOf } from '../validators.ts'
import { headerRules } from './header-rules.ts'
import { listenerUrls } from './listeners.ts'

/** Java: org.apache.kafka.connect.runtime.rest.RestServerConfig */
export const restKeys = {
  listeners: key.list({
    doc: 'List of comma-separated URIs the REST API will listen on. The supported protocols are HTTP and HTTPS.\n Specify hostname as 0.0.0.0 to bind to all interfaces.\n Leave hostname empty to bind to default interface.\n Examples of legal listener lists: HTTP://myhost:8083,HTTPS://myhost:8084',
    importance: 'low',
    default: ['http://:8083'],
    validator: listenerUrls,
  }),
  'rest.advertised.host.name': key.string({
    doc: 'If this is set, this is the hostname that will be given out to other workers to connect to.',
    importance: 'low',
    default: null,
  }),
  'rest.advertised.port': key.int({
    doc: 'If this is set, this is the port that will be given out to other workers to connect to.',
    importance: 'low',
    default: null,
  }),
  'rest.advertised.listener': key.string({
    doc: 'Sets the advertised listener (HTTP or HTTPS) which will be given to other workers to use.',
    importance: 'low',
    default: null,
  }),
  'access.control.allow.origin': key.string({
    doc: "Value to set the Access-Control-Allow-Origin header to for REST API requests.To enable cross origin access, set this to the domain of the application that should be permitted to access the API, or '*' to allow access from any domain. The default value only allows access from the domain of the REST API.",
    importance: 'low',
    default: '',
  }),
  'access.control.allow.methods': key.string({
    doc: 'Sets the methods supported for cross origin requests by setting the Access-Control-Allow-Methods header. The default value of the Access-Control-Allow-Methods header allows cross origin requests for GET, POST and HEAD.',
    importance: 'low',
    default: '',
  }),
  'response.http.headers.config': key.string({
    doc: 'Rules for REST API HTTP response headers',
    importance: 'low',
    default: '',
    validator: headerRules,
  }),
  'ssl.client.auth': key.string({
    doc: 'Configures kafka broker to request client authentication. The following settings are common:  <ul> <li><code>ssl.client.auth=required</code> If set to required client authentication is required. <li><code>ssl.client.auth=requested</code> This means client authentication is optional. unlike required, if this option is set client can choose not to provide authentication information about itself <li><code>ssl.client.auth=none</code> This means client authentication is not needed.</ul>',
    importance: 'low',
    default: 'none',
    validator: oneOf('required', 'requested', 'none'),
  }),
  'rest.extension.classes': key.list({
    doc: "Comma-separated names of <code>ConnectRestExtension</code> classes, loaded and called in the order specified. Implementing the interface  <code>ConnectRestExtension</code> allows you to inject into Connect's REST API user defined resources like filters. Typically used to add custom capability like logging, security, etc. ",
    importance: 'low',
    default: [],
    validator: noDuplicates({ empty: true, null: false }),
  }),
  'admin.listeners': key.list({
    doc: "List of comma-separated URIs the Admin REST API will listen on. The supported protocols are HTTP and HTTPS. An empty or blank string will disable this feature. The default behavior is to use the regular listener (specified by the 'listeners' property). A comma-separated list of valid URLs, e.g., http://localhost:8080,https://localhost:8443.",
    importance: 'low',
    default: null,
    validator: noDuplicates({ empty: true, null: true }),
  }),
}
