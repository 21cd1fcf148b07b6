import { readCues } from './cues';
import type { DocumentReader } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const document = await readCues(file);
  if (document.text !== '') yield document;
};
