import { key } from '../keys.ts'
import { noDuplicates } from '../validators.ts'

/** Java: org.apache.kafka.common.config.SslConfigs */
export const sslKeys = {
  'ssl.protocol': key.string({
    doc: "The SSL protocol used to generate the SSLContext. The default is 'TLSv1.3', which should be fine for most use cases. A typical alternative to the default is 'TLSv1.2'. Allowed values for this config are dependent on the JVM. Clients using the defaults for this config and 'ssl.enabled.protocols' will downgrade to 'TLSv1.2' if the server does not support 'TLSv1.3'. If this config is set to 'TLSv1.2', however, clients will not use 'TLSv1.3' even if it is one of the values in <code>ssl.enabled.protocols</code> and the server only supports 'TLSv1.3'.",
    importance: 'medium',
    default: 'TLSv1.3',
  }),
  'ssl.provider': key.string({
    doc: 'The name of the security provider used for SSL connections. Default value is the default security provider of the JVM.',
    importance: 'medium',
    default: null,
  }),
  'ssl.cipher.suites': key.list({
    doc: 'A list of cipher suites. This is a named combination of authentication, encryption, MAC and key exchange algorithm used to negotiate the security settings for a network connection using TLS or SSL network protocol. By default all the available cipher suites are supported.',
    importance: 'low',
    default: [],
    validator: noDuplicates({ empty: true, null: false }),
  }),
  'ssl.enabled.protocols': key.list({
    doc: "The list of protocols enabled for SSL connections. The default is 'TLSv1.2,TLSv1.3'. This means that clients and servers will prefer TLSv1.3 if both support it and fallback to TLSv1.2 otherwise (assuming both support at least TLSv1.2). This default should be fine for most use cases. If this configuration is set to an empty list, Kafka will use the protocols enabled by default in the underlying SSLEngine, which may include additional protocols depending on the JVM version. Also see the config documentation for <code>ssl.protocol</code> to understand how it can impact the TLS version negotiation behavior.",
    importance: 'medium',
    default: ['TLSv1.2', 'TLSv1.3'],
    validator: noDuplicates({ empty: true, null: false }),
  }),
  'ssl.keystore.type': key.string({
    doc: 'The file format of the key store file. This is optional for client. The values currently supported by the default <code>ssl.engine.factory.class</code> are [JKS, PKCS12, PEM].',
    importance: 'medium',
    default: 'JKS',
  }),
  'ssl.keystore.location': key.string({
    doc: 'The location of the key store file. This is optional for client and can be used for two-way authentication for client.',
    importance: 'high',
    default: null,
  }),
  'ssl.keystore.password': key.password({
    doc: "The store password for the key store file. This is optional for client and only needed if 'ssl.keystore.location' is configured. Key store password is not supported for PEM format.",
    importance: 'high',
    default: null,
  }),
  'ssl.key.password': key.password({
    doc: "The password of the private key in the key store file or the PEM key specified in 'ssl.keystore.key'.",
    importance: 'high',
    default: null,
  }),
  'ssl.keystore.key': key.password({
    doc: "Private key in the format specified by 'ssl.keystore.type'. Default SSL engine factory supports only PEM format with PKCS#8 keys. If the key is encrypted, key password must be specified using 'ssl.key.password'",
    importance: 'high',
    default: null,
  }),
  'ssl.keystore.certificate.chain': key.password({
    doc: "Certificate chain in the format specified by 'ssl.keystore.type'. Default SSL engine factory supports only PEM format with a list of X.509 certificates",
    importance: 'high',
    default: null,
  }),
  'ssl.truststore.certificates': key.password({
    doc: "Trusted certificates in the format specified by 'ssl.truststore.type'. Default SSL engine factory supports only PEM format with X.509 certificates.",
    importance: 'high',
    default: null,
  }),
  'ssl.truststore.type': key.string({
    doc: 'The file format of the trust store file. The values currently supported by the default <code>ssl.engine.factory.class</code> are [JKS, PKCS12, PEM].',
    importance: 'medium',
    default: 'JKS',
  }),
  'ssl.truststore.location': key.string({
    doc: 'The location of the trust store file.',
    importance: 'high',
    default: null,
  }),
  'ssl.truststore.password': key.password({
    doc: 'The password for the trust store file. If a password is not set, trust store file configured will still be used, but integrity checking is disabled. Trust store password is not supported for PEM format.',
    importance: 'high',
    default: null,
  }),
  'ssl.keymanager.algorithm': key.string({
    doc: 'The algorithm used by key manager factory for SSL connections. Default value is the key manager factory algorithm configured for the Java Virtual Machine.',
    importance: 'low',
    default: 'SunX509',
  }),
  'ssl.trustmanager.algorithm': key.string({
    doc: 'The algorithm used by trust manager factory for SSL connections. Default value is the trust manager factory algorithm configured for the Java Virtual Machine.',
    importance: 'low',
    default: 'PKIX',
  }),
  'ssl.endpoint.identification.algorithm': key.string({
    doc: 'The endpoint identification algorithm to validate server hostname using server certificate. ',
    importance: 'low',
    default: 'https',
  }),
  'ssl.secure.random.implementation': key.string({
    doc: 'The SecureRandom PRNG implementation to use for SSL cryptography operations. ',
    importance: 'low',
    default: null,
  }),
  'ssl.engine.factory.class': key.class({
    doc: 'The class of type org.apache.kafka.common.security.auth.SslEngineFactory to provide SSLEngine objects. Default value is org.apache.kafka.common.security.ssl.DefaultSslEngineFactory. Alternatively, setting this to org.apache.kafka.common.security.ssl.CommonNameLoggingSslEngineFactory will log the common name of expired SSL certificates used by clients to authenticate at any of the brokers with log level INFO. Note that this will cause a tiny delay during establishment of new connections from mTLS clients to brokers due to the extra code for examining the certificate chain provided by the client. Note further that the implementation uses a custom truststore based on the standard Java truststore and thus might be considered a security risk due to not being as mature as the standard one.',
    importance: 'low',
    default: null,
  }),
}
