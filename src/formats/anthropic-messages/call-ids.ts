// Ids of tool calls: Anthropic takes letters, digits, `_` and `-`; other vendors make others.

const allowed = /^[a-zA-Z0-9_-]+$/

/** Puts the ids of one conversation into the form that is taken, each call's and its result's alike. */
export function createCallIds(): (id: string) => string {
  const known = new Map<string, string>()
  const taken = new Set<string>()
  return id => {
    const before = known.get(id)
    if (before !== undefined) return before
    let form = allowed.test(id) ? id : `call_${id.replace(/[^a-zA-Z0-9_-]/g, '_')}`
    while (taken.has(form)) form += '_'
    known.set(id, form)
    taken.add(form)
    return form
  }
}
