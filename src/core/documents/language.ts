/** The language that a text is in, as an ISO 639-1 code; `und` where none is likely. Its table of 2 MB is loaded when it is first asked for. */
export async function languageDetector(): Promise<(text: string) => string> {
  const { eld } = await import('eld/medium');
  return (text) => {
    const found = eld.detect(text.slice(0, ENOUGH));
    return found.isReliable() ? found.language : UNKNOWN;
  };
}
/** Code units that tell it. */
const ENOUGH = 2000;
/** ISO 639-2 for what is undetermined. */
const UNKNOWN = 'und';
