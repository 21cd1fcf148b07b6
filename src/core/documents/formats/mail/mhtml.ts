/** A web page that a browser saved as one file, read like any page. Skips its frames, styles and images. */
import { badFile } from '../../../base/errors';
import { MAX_MESSAGE_BYTES } from '../../limits';
import { type ArchivedPage, pageOfMessage } from './pageOfMessage';
import { readAllBytes } from '../../readAll';
import type { DocumentReader } from '../format';
import { pageIn } from '../html';

export const documents: DocumentReader['documents'] = async function* (file) {
  const bytes = await readAllBytes(file, MAX_MESSAGE_BYTES);
  let page: ArchivedPage | null;
  try {
    page = await pageOfMessage(bytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw badFile(`${file.name} can't be read as a saved page: ${why}.`, REMEDY);
  }
  if (!page) throw badFile(`${file.name} is not a saved page: it contains no web page.`, REMEDY);
  const { fields, ...document } = await pageIn(file, page.html, page.charset);
  if (document.text !== '') yield { ...document, fields: { ...(page.source && { source: page.source }), ...fields } };
};
const REMEDY = 'Open it in a browser, save it again as a single file or as HTML, and add that file.';
