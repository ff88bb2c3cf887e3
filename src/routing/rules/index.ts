// The rules by which routes are chosen.

export { type AffinityMemory, type ConversationName, createAffinityMemory } from './affinity.ts'
export { type Choice, createRuleChooser, type Misfit, matchNames, type Rule } from './choose-rule.ts'
export { type ConversationQuestion, conversationKeyOf } from './conversation-key.ts'
export { findNeeds, type Needs } from './needs.ts'
export { promptFields } from './prompt-fields.ts'
export { type AskedRequest, readMaxTokens } from './request-variables.ts'
