import { badSettings } from '../base/errors';

/** @throws HomegrownError `bad-settings` if `what` has no tokens, or more than the context */
export function checkFits(what: string, tokens: number, context: number): void {
  if (tokens === 0) throw badSettings(`The ${what} is empty.`, 'Enter at least one character.');
  if (tokens <= context) return;
  throw badSettings(
    `The ${what} has ${tokens} tokens; this model’s context is ${context}.`,
    `Remove ${tokens - context} tokens. Nothing was cut.`,
  );
}
