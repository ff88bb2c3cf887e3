// Words that the mock upstream puts into its answers and the load generator looks for.

/** The first content of every stream. */
export const firstContentMark = 'Certainly'

/** A request that carries this, with a number behind it, is known to the upstream by that number. */
export const streamNumberMark = 'stream-number-'

export const openAiEndMark = '[DONE]'
export const anthropicEndMark = 'message_stop'
