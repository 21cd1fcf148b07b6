/** Files -> texts in the store -> documents. */
export { importDrop, importText, type DropOutcome, type ImportOutcome, type TextSource } from './import';
export { leaveOut } from './leaveOut';
export { LICENCES, type LicenceId, MOST_LICENCE, setLicence } from './licence';
export { MARKUP_HEAD, MARKUPS, markupOf, type MarkupId } from './markup';
export { pastedText } from './paste';
export { addToProject, collectOrphans, listTexts, type Owner, purgeText, removeText, textOf } from './library';
export { documentsOf, listDocuments, openText, previewDocument, type DocumentRow, type DocumentStart } from './open';
export { promptFrom } from './prompt';
export { FIRST_PROJECT, learntOf, textRef, type TextRecord } from './record';
export { FORMATS, formatOf, type FormatId } from './read';
export { isSystemFile } from './system';
