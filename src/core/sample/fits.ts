import { badSettings } from '../base/errors';

/** @throws HomegrownError `bad-settings` where `what` has more tokens than a model reads at once, or none */
export function checkFits(what: string, tokens: number, context: number): void {
  if (tokens === 0) throw badSettings(`The ${what} is empty.`, 'Give at least one character.');
  if (tokens <= context) return;
  throw badSettings(
    `The ${what} is ${tokens} tokens long, and this model reads ${context} at once.`,
    `Take ${tokens - context} tokens out of it. Nothing was left out silently.`,
  );
}
