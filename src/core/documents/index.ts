/** Files -> texts in the store -> documents. */
export { COLUMN_ROLES, type Columns, columnsSchema, type TableHead, textInRow, usualColumns } from './columns';
export { lookAtTable } from './lookAtTable';
export { surveyTable, type TableSurvey } from './surveyTable';
export { type EncodingId, ENCODINGS, isBadEncoding, isEncoding, type Proposal } from './encodings';
export { hashOf } from './hashOf';
export { importDrop, importText, type DropOutcome, type Duplicate, type ImportOutcome } from './import';
export { AS_READ, changeLabelling, joinedLabels, type LabelChanges, relabeled } from './labels/labelChanges';
export { BETWEEN } from './labels/between';
export type { LabeledAs } from './labels/readLabeled';
export { leaveOut } from './leaveOut';
export { LICENCES, type LicenceId, MAX_LICENCE_LENGTH, setLicence } from './licence';
export { pastedText } from './paste';
export { addToProject, collectOrphans, listTexts, type Owner, purgeText, removeText, textOf } from './library';
export {
  documentsIn,
  documentsOf,
  listDocuments,
  openText,
  placedDocuments,
  previewDocument,
  type DocumentRow,
  type DocumentStart,
} from './open';
export { promptFrom } from './prompt';
export { proposalsFor } from './proposals';
export { asRead, labeledAs, trainingFacts, trainingSize, sharedNormalizers, textRef, type TextRecord } from './record';
export { archiveCalled, FORMATS, isTable, tableCalled, type TableFormatId, tableFormatOf } from './formats';
export type { Reading } from './formats/format';
export { isOpened, type TableChoice, type TextSource } from './readFile';
export { type PassedOver, SavedPages } from './savedPages';
export {
  type DropReport,
  type FailedFile,
  dropSummary,
  joined as joinedReports,
  NOTHING,
  reportOf,
  skippedLines,
  skippedOf,
} from './dropReport';
export { isSystemFile } from './system';
