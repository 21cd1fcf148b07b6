import { FORMATS } from '../../core/documents/formats';

/** As in `discordPackage`: another form of one that is named. */
const VARIANT = /[A-Z]/;

/** `txt, md, csv`: short, as nobody reads all endings of all languages before a first drop. */
export const FORMAT_WORDS = Object.keys(FORMATS)
  .filter((id) => !VARIANT.test(id))
  .join(', ');
