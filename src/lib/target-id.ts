// The id of a target is the name of its provider and that of its model: `provider/model`.

export function targetIdOf(provider: string | null, model: string | null): string {
  return `${provider}/${model}`
}

/** Whether the id is that of the two, told without putting one together: it is asked with every request. */
export function isTargetId(id: string, provider: string | null, model: string | null): boolean {
  if (provider === null || model === null || id.length !== provider.length + 1 + model.length) return false
  return id[provider.length] === '/' && id.startsWith(provider) && id.endsWith(model)
}
