import type { FailedFile } from '../core/documents/dropReport';

/** What is wrong with a file, without the name that stands before it: `is a PDF, not plain text`. */
export function refusalWords({ name, failure: { message } }: FailedFile): string {
  // `a.zip: it is no zip`, too.
  const said = [`${name} `, `${name}: `].find((each) => message.startsWith(each));
  const own = said ? message.slice(said.length) : message;
  return own.replace(/\.$/, '');
}
