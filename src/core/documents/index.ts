/** File -> text in the store -> document. */
export { importText, type ImportOutcome, type TextSource } from './import';
export { MARKUP_HEAD, MARKUPS, markupOf, type MarkupId } from './markup';
export { pastedText } from './paste';
export {
  collectOrphans,
  listTexts,
  openText,
  previewText,
  purgeText,
  removeText,
  restoreText,
  type TextRecord,
} from './library';
export { FORMATS, formatOf, type FormatId } from './read';
export { isSystemFile } from './system';
