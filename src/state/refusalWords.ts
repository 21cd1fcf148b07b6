import type { FailedFile } from '../core/documents/dropReport';

/** Why a file couldn't be added, without its name: `is a PDF, not plain text`. */
export function refusalWords({ name, failure: { message } }: FailedFile): string {
  // `a.zip: it is not a zip file`, too.
  const prefix = [`${name} `, `${name}: `].find((start) => message.startsWith(start));
  const reason = prefix ? message.slice(prefix.length) : message;
  return reason.replace(/\.$/, '');
}
