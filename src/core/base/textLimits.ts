/** Longest texts, in UTF-16 code units, that a person may give and that are stored. Their fields state them. */
export const MAX_PROJECT_NAME = 80;
/** Of a run, a text, or a recipe. */
export const MAX_NAME = 200;
/** Of a text that is named after a file; as homegrown.json has it. */
export const MAX_FILE_NAME = 1000;
export const MAX_TAG = 100;
export const MAX_TAGS = 100;
export const MAX_NOTE = 10_000;

/** The beginning, without half of a surrogate pair at its end. */
export const cutTo = (text: string, max: number): string =>
  text.length <= max ? text : text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '');
