// The top-level fields that hold a prompt, by operation: most of a body, and no rule is about them.

export const promptFields: ReadonlySet<string> = new Set([
  'messages',
  'prompt',
  'input',
  'contents',
  'texts',
  'inputs',
  'images',
  'documents',
])
