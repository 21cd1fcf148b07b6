import { cuesOf } from './cues';
import type { DocumentReader } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const found = await cuesOf(file);
  if (found.text !== '') yield found;
};
