/**
 * ISO 639-1 code of a language, from a code or tag (`de`, `de-AT`, `deu`) or from its English or native name (`German`,
 * `Deutsch`). Undefined for anything else.
 */
export function languageCode(name: string): string | undefined {
  const value = name.trim().toLowerCase();
  const byName = (codesByName ??= languageNames()).get(value);
  if (byName !== undefined) return byName;
  const [, tag] = /^([a-z]{2,3})(?:[-_]|$)/.exec(value) ?? [];
  if (tag === undefined) return undefined;
  const code = canonical(tag);
  return nameIn('en', code) === undefined ? undefined : code;
}

/** Some languages have several codes, such as `he` and `iw`, `de`, `deu` and `ger`. */
const canonical = (code: string): string => Intl.getCanonicalLocales(code)[0]!.split('-')[0]!;

/** Codes by lower-case name, for all languages with a two-letter code; built on first use. */
let codesByName: ReadonlyMap<string, string> | undefined;
function languageNames(): ReadonlyMap<string, string> {
  const codes = new Map<string, string>();
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  for (const a of letters)
    for (const b of letters) {
      const code = `${a}${b}`;
      const name = nameIn('en', code);
      if (name === undefined) continue;
      for (const languageName of [name, nameIn(code, code)])
        if (languageName !== undefined) codes.set(languageName.toLowerCase(), canonical(code));
    }
  return codes;
}

export const nameIn = (language: string, code: string): string | undefined =>
  new Intl.DisplayNames([language], { type: 'language', fallback: 'none' }).of(code);
