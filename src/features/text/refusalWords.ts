import type { Refusal } from '../../state/texts';

/** What is wrong with a file, without the name that stands before it: `is a PDF, not plain text`. */
export function refusalWords({ name, failure: { message } }: Refusal): string {
  const own = message.startsWith(`${name} `) ? message.slice(name.length + 1) : message;
  return own.replace(/\.$/, '');
}
