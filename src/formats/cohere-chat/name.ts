// The name under which the format keeps what only it has.

export const formatName = 'cohere-chat'
