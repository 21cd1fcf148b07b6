/** Maximum lengths of stored user text, in UTF-16 code units. The fields of the settings refer to them. */
export const MAX_PROJECT_NAME = 80;
/** Name of a run, text or recipe. */
export const MAX_NAME = 200;
/** Name of a text that is named after a file; the same limit as in homegrown.json. */
export const MAX_FILE_NAME = 1000;
export const MAX_TAG = 100;
export const MAX_TAGS = 100;
export const MAX_NOTE = 10_000;

/** Truncates a text, without leaving half of a surrogate pair at the end. */
export const cutTo = (text: string, max: number): string =>
  text.length <= max ? text : text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '');
