import { FORMATS } from '../../core/documents/read';

/** `txt, md, csv`: short, as nobody reads all endings of all languages before a first drop. */
export const FORMAT_WORDS = Object.keys(FORMATS).join(', ');
