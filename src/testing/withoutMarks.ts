/** Markup without the marks of glossary terms, so that a label is plain text. */
export const withoutMarks = (html: string): string =>
  html.replace(/<span class="[^"]*term[^"]*" role="button"[^>]*>([^<]*)<\/span>/g, '$1');
