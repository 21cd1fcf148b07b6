import { FORMATS } from '../../core/documents/formats';

/** Matches ids of variants of a listed format, such as `discordPackage`. */
const VARIANT = /[A-Z]/;

/** `txt, md, csv`: a short list, as nobody reads all file extensions before a first drop. */
export const FORMAT_WORDS = Object.keys(FORMATS)
  .filter((id) => !VARIANT.test(id))
  .join(', ');
