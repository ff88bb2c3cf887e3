// The name of the format, under which it finds its own in what others keep for it.

export const formatName = 'openai-completions'
