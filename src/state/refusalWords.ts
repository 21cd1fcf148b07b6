import type { FailedFile } from '../core/documents/dropReport';

/** Why a file couldn't be added, without its name: `is a PDF, not plain text`. */
export function refusalWords({ name, failure: { message } }: FailedFile): string {
  // `a.zip: it is not a zip file`, too.
  const said = [`${name} `, `${name}: `].find((each) => message.startsWith(each));
  const own = said ? message.slice(said.length) : message;
  return own.replace(/\.$/, '');
}
