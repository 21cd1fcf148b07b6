/** Result of eld for a text. */
interface DetectedLanguage {
  /** Likeliest language as an ISO 639-1 code; `und` if none is reliable. */
  language: string;
  /** Similarity to each language, from 0 to 1; languages without any are absent. */
  scores(): Readonly<Record<string, number>>;
}
interface LanguageDetector {
  detect(text: string): DetectedLanguage;
  /** All detectable languages. */
  all: readonly string[];
}

/** Loads eld with its 2 MB table. Detection uses about the first 350 bytes of a text. */
export async function loadLanguages(): Promise<LanguageDetector> {
  const { eld } = await import('eld/medium');
  return {
    detect(text) {
      const result = eld.detect(text);
      return { language: result.isReliable() ? result.language : UNKNOWN, scores: result.getScores };
    },
    all: Object.values(eld.info().Languages),
  };
}

/** Returns a function that detects the language of a text. */
export async function languageDetector(): Promise<(text: string) => string> {
  const { detect } = await loadLanguages();
  return (text) => detect(text.slice(0, LANGUAGE_SAMPLE)).language;
}
/** Code units at the start of a text that are enough to detect its language. */
export const LANGUAGE_SAMPLE = 2000;
/** ISO 639-2 code of an undetermined language. */
export const UNKNOWN = 'und';
