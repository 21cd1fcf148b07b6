/** What eld finds of a text. */
interface Detected {
  /** The likeliest, as an ISO 639-1 code; `und` where none is likely. */
  language: string;
  /** How alike the text is to each language, from 0 to 1; those that it is not like at all are absent. */
  scores(): Readonly<Record<string, number>>;
}
interface Languages {
  detect(text: string): Detected;
  /** That can be detected. */
  all: readonly string[];
}

/** Its table of 2 MB is loaded when it is first asked for. Of a text about the first 350 bytes count. */
export async function loadLanguages(): Promise<Languages> {
  const { eld } = await import('eld/medium');
  return {
    detect(text) {
      const found = eld.detect(text);
      return { language: found.isReliable() ? found.language : UNKNOWN, scores: found.getScores };
    },
    all: Object.values(eld.info().Languages),
  };
}

/** The language that a text is in. */
export async function languageDetector(): Promise<(text: string) => string> {
  const { detect } = await loadLanguages();
  return (text) => detect(text.slice(0, LANGUAGE_SAMPLE)).language;
}
/** Code units at the start of a text that are enough to detect its language. */
export const LANGUAGE_SAMPLE = 2000;
/** ISO 639-2 for what is undetermined. */
export const UNKNOWN = 'und';
