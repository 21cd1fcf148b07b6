/** Families in fonts.css. */
const FAMILIES = ['Inter Variable', 'Source Serif 4 Variable'];

/** Loads the Latin files before a page needs them, so that no page shifts when it first uses a font. */
export async function loadFonts(): Promise<void> {
  // If a file can't be loaded, its text stays in the system's font.
  await Promise.allSettled(FAMILIES.map((family) => document.fonts.load(`1em '${family}'`)));
}
