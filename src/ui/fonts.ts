/** The families of fonts.css. */
const FAMILIES = ['Inter Variable', 'Source Serif 4 Variable'];

/** Loads the Latin faces that no page has used yet, so that no page moves its words when it first does. */
export async function loadFonts(): Promise<void> {
  // Where one cannot be had, its words stay in the system's font.
  await Promise.allSettled(FAMILIES.map((family) => document.fonts.load(`1em '${family}'`)));
}
