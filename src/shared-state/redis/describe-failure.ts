// Why Redis cannot be used, in words that say what to do where the server's own do not.

import { clusterMessage } from './server-kind.ts'

export function describeFailure(reason: unknown): string {
  if (reason instanceof AggregateError && reason.message === '') return describeFailure(reason.errors[0])
  if (!(reason instanceof Error)) return String(reason)
  const { message } = reason
  // A server that has joined a cluster since.
  if (/^(MOVED|ASK|CLUSTERDOWN|CROSSSLOT) /.test(message)) return `${clusterMessage} (${message})`
  const code = 'code' in reason ? String(reason.code) : ''
  if (certificateCodes.test(code))
    return `its certificate is not trusted: ${message} (redis.tls.ca_file names the authority, redis.tls.server_name the server)`
  if (/ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE)/.test(code))
    return `it does not take this gateway without a certificate that it trusts: ${message} (redis.tls.cert_file)`
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/.test(code)) return `it does not speak TLS: ${message}`
  return message
}

/** What Node tells of a certificate (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const certificateCodes =
  /^(CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|INVALID_CA|HOSTNAME_MISMATCH|ERR_TLS_CERT_)/
