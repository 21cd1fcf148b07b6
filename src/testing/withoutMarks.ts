/** Markup without the marks of the glossary's terms: a label is its text again. */
export const withoutMarks = (html: string): string =>
  html.replace(/<span class="[^"]*term[^"]*" role="button"[^>]*>([^<]*)<\/span>/g, '$1');
