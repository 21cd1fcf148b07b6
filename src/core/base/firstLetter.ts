/** Capitalizes the first letter, as at the start of a sentence or a heading. */
export const upperFirst = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
/** Lowers the first letter, as within a sentence. */
export const lowerFirst = (words: string): string => words.charAt(0).toLowerCase() + words.slice(1);
