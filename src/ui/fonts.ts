/** Families in fonts.css. */
const FAMILIES = ['Inter Variable', 'Source Serif 4 Variable'];
/** A letter of each file: Latin and its extension. */
const LETTERS = 'a\u0101';

/** Loads the fonts before a page needs them, so that no page shifts or asks for a file when it first uses one. */
export async function loadFonts(): Promise<void> {
  // If a file can't be loaded, its text stays in the system's font.
  await Promise.allSettled(FAMILIES.map((family) => document.fonts.load(`1em '${family}'`, LETTERS)));
}
