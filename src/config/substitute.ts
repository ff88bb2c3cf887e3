// `${NAME}` and `${NAME:-default}` in the texts of the file; `$${` stands for `${` itself.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the file's syntax is that of templates

export type Substitution =
  | { readonly ok: true; readonly text: string; readonly changed: boolean }
  | { readonly ok: false; readonly message: string }

const reference = /\$\$\{|\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}|\$\{/g

/** Never repeats a value in its messages. An empty variable counts as missing where there is a default. */
export function substitute(text: string, lookUp: (name: string) => string | undefined): Substitution {
  if (!text.includes('${')) return { ok: true, text, changed: false }
  const messages: string[] = []
  const result = text.replace(reference, (whole, name: string | undefined, fallback: string | undefined) => {
    if (whole === '$${') return '${'
    if (name === undefined) {
      messages.push(
        'has `${` that is neither `${NAME}` nor `${NAME:-default}`; write `$${` for the characters themselves',
      )
      return ''
    }
    const value = lookUp(name) ?? fallback
    if (value === undefined) messages.push(`needs the environment variable ${name}, which is not set`)
    return value ?? ''
  })
  const message = messages[0]
  return message === undefined
    ? { ok: true, text: result, changed: true }
    : { ok: false, message: [...new Set(messages)].join('; ') }
}
