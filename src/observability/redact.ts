// Takes whatever looks like a credential out of a text before it reaches the log. A net under the rule that no
// secret is put into a message: upstreams quote keys back in their errors, and clients paste them into wrong fields.

/** Stands where a credential stood. */
export const redactedMark = '[redacted]'

/** Beginnings that only issued keys have; what follows must be long enough not to be a word. */
const issuedKeys = [
  '(?:sk|pk|rk|csk|xai|pplx|nvapi)-[\\w*.-]{6,}',
  'llmp_[\\w*-]{6,}',
  '(?:gsk|hf|fw|r8|tgp|ghp|gho|github_pat)_[\\w*-]{16,}',
  'AIza[\\w-]{10,}',
  'ya29\\.[\\w.-]{10,}',
  '(?:AKIA|ASIA)[A-Z0-9]{12,}',
  // A JSON web token.
  'eyJ[\\w-]{8,}\\.[\\w-]{8,}(?:\\.[\\w-]*)?',
]

/** What stands before a credential, kept so that the message still makes sense. */
const introductions = [
  '\\b(?:bearer|basic)\\s+',
  '\\b[\\w-]{0,24}(?:key|token|secret|password|passwd|signature|sig)["\']?\\s{0,4}=\\s{0,4}["\']?',
  '\\b(?:x-|x_)?(?:api[-_ ]?key|authorization|secret|password|access[-_]token)["\']?\\s{0,4}:\\s{0,4}["\']?(?:bearer\\s+|basic\\s+)?',
  '\\bapi key provided:\\s{0,4}',
  // The password of an address: scheme://user:password@host
  '://[^\\s/:@]{0,64}:',
]

const issuedKey = new RegExp(`(?<![A-Za-z0-9])(?:${issuedKeys.join('|')})`, 'g')
const introduced = new RegExp(`(${introductions.join('|')})(?!\\[redacted\\])[^\\s"'&,;<>)}\\]@]{4,}`, 'gi')

/** The text without credentials. Takes time linear in its length. */
export function redact(text: string): string {
  return text.replace(issuedKey, redactedMark).replace(introduced, `$1${redactedMark}`)
}
