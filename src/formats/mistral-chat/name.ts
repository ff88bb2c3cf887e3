// The name of the format, under which what only Mistral's clients and servers understand is kept.

export const formatName = 'mistral-chat'
