// The simulator's words: it says what it is, how to get a real model, and what it was asked; in English or Portuguese.

export type Language = 'en' | 'pt'

interface Wording {
  readonly introduction: string
  readonly connect: string
  asked(gist: string): string
  readonly askedNothing: string
  used(name: string, result: string): string
  readonly closings: readonly string[]
}

const wordings: Readonly<Record<Language, Wording>> = {
  en: {
    introduction: 'This is the built-in simulator of LLM Proxy API speaking, not a language model.',
    connect:
      'For real answers, set the key of a provider in the environment (for example OPENAI_API_KEY) or name one in config.yaml, and restart.',
    asked: gist => `You wrote: “${gist}”`,
    askedNothing: 'Your message has no text that I could repeat.',
    used: (name, result) => `The tool ${name} answered: ${result}`,
    closings: [
      'A model would answer here. Everything around it is real: the route, the stream, the counted tokens and the log.',
      'I cannot think about it, but your request arrived whole, was counted, and took the way that it would take to a model.',
      'The words are canned; the protocol is not. Your client can be built and tested against this answer.',
    ],
  },
  pt: {
    introduction: 'Quem responde é o simulador embutido da LLM Proxy API, não um modelo de linguagem.',
    connect:
      'Para respostas reais, defina a chave de um provedor no ambiente (por exemplo OPENAI_API_KEY) ou cite um em config.yaml, e reinicie.',
    asked: gist => `Você escreveu: “${gist}”`,
    askedNothing: 'A sua mensagem não tem texto que eu possa repetir.',
    used: (name, result) => `A ferramenta ${name} respondeu: ${result}`,
    closings: [
      'Um modelo responderia aqui. Tudo em volta é real: a rota, o fluxo, os tokens contados e o registro.',
      'Não sei pensar sobre isso, mas o seu pedido chegou inteiro, foi contado e fez o caminho que faria até um modelo.',
      'As palavras são prontas; o protocolo não é. O seu cliente pode ser feito e testado com esta resposta.',
    ],
  },
}

// Words that one of the two languages has and the other has not.
const portugueseWords =
  /(?:^|[^\p{L}])(?:não|você|vocês|é|são|está|uma?|os|das?|dos?|nas?|nos?|em|que|qual|quais|como|para|por|com|meu|minha|seu|sua|olá|oi|obrigad[oa]|explique|escreva|faça|diga|quem|onde|quando|porque|isso|isto)(?=$|[^\p{L}])/giu
const englishWords =
  /(?:^|[^\p{L}])(?:the|and|is|are|was|of|to|in|on|for|with|what|which|how|why|who|where|when|my|your|you|it|this|that|please|hello|hi|write|explain|tell|give|make|can|could|would)(?=$|[^\p{L}])/giu

/** English unless more words speak for Portuguese. */
function guessLanguage(text: string): Language {
  const sample = text.slice(0, 400)
  const portuguese = sample.match(portugueseWords)?.length ?? 0
  if (portuguese === 0) return 'en'
  return portuguese > (sample.match(englishWords)?.length ?? 0) ? 'pt' : 'en'
}

/** The beginning of a text on one line, cut between words. */
export function gistOf(text: string, length = 160): string {
  const line = text
    .slice(0, 4 * length)
    .replace(/\s+/g, ' ')
    .trim()
  if (line.length <= length) return line
  const cut = line.lastIndexOf(' ', length)
  return `${line.slice(0, cut > length / 2 ? cut : length)} …`
}

/** A result of a tool that the answer has to use. */
export interface ToolOutcome {
  readonly name: string
  readonly result: string
}

/** The text of an answer; `variant` chooses the closing sentence. */
export function composeAnswer(question: string, outcomes: readonly ToolOutcome[], variant: number): string {
  const wording = wordings[guessLanguage(question)]
  const gist = gistOf(question)
  return [
    `${wording.introduction} ${wording.connect}`,
    '',
    gist === '' ? wording.askedNothing : wording.asked(gist),
    ...outcomes.map(({ name, result }) => wording.used(name, gistOf(result, 400))),
    wording.closings[variant % wording.closings.length],
  ].join('\n')
}

/** What follows a prompt of the legacy completions: a continuation, with the same honesty. */
export function composeContinuation(prompt: string, variant: number): string {
  const wording = wordings[guessLanguage(prompt)]
  return ` … ${wording.introduction} ${wording.connect} ${wording.closings[variant % wording.closings.length]}`
}
