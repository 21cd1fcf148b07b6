/** The words with a capital at their beginning, as a sentence or a head begins. */
export const upperFirst = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
