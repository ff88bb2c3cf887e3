// Makes an upstream's words fit to be shown: no markup, no keys, no more than a few lines.

const longestRead = 4096
const longestShown = 1000
const hidden = '[hidden]'

/** Keys as vendors write them, and what stands where a key is quoted. Whole or already starred in part. */
const secrets: readonly RegExp[] = [
  /\b(?:sk|pk|rk|gsk|csk|[a-z]ai|pplx|hf|nvapi|tgp|sess)[-_][-_.A-Za-z0-9*]{6,}/g,
  /\b(?:AKIA|ASIA|AIza|ya29\.|eyJ)[-_.A-Za-z0-9*]{10,}/g,
  /\bBearer\s+[^\s"',]{6,}/gi,
  /(?<=\b(?:key|token|secret|password|credentials?|authorization)(?: provided)?["']?\s{0,3}[:=]\s{0,3}["'`]?)[-_.+/=A-Za-z0-9*]{8,}/gi,
  /[^\s"'`]{0,64}\*{4,}[^\s"'`]{0,64}/g,
  /\b(?=[A-Za-z_]{0,64}\d)[A-Za-z0-9_]{32,}\b/g,
]

/** One line of plain text, at most 1,000 characters, with everything that looks like a key replaced. */
export function showableText(text: string): string {
  const start = text.slice(0, longestRead)
  const plain = /<(?:!doctype|html|head|body|title|h1|p)\b/i.test(start) ? withoutMarkup(start) : start
  const line = maskSecrets(plain).replace(/\s+/g, ' ').trim()
  return line.length > longestShown ? `${line.slice(0, longestShown)}…` : line
}

function maskSecrets(text: string): string {
  let masked = text
  for (const pattern of secrets) masked = masked.replace(pattern, hidden)
  return masked
}

function withoutMarkup(html: string): string {
  return html
    .replace(/<(script|style)\b[^<]*(?:<(?!\/\1)[^<]*)*<\/\1>/gi, ' ')
    .replace(/<!--.*?-->/gs, ' ')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_entity, name: string) => entities[name] ?? ' ')
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
