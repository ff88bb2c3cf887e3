// Open models that think unless they are told not to, by the names that servers of one's own give them: their templates
// begin an answer with a thought.

export const openThinkers: RegExp =
  /gpt-oss|qwq|qwen-?3(?!.*(?:instruct|coder))|deepseek-?(?:r\d|v3\.[12]|v4)|glm-?(?:4\.[5-9]|[5-9])|kimi-k(?:2\.[5-9]|[3-9])|minimax-m|magistral|nemotron|think|reason/i
