// The words that say that a tool has failed, in formats that have no flag for it: before what it returned.

export const failedCall = 'The call failed:'
