/**
 * Removes HTML from text: tags with current or former HTML names, comments, and scripts and styles with their content.
 * Replaces line-breaking tags with line breaks, and entities with their characters. Keeps what only looks like HTML: a
 * < b, <name>, &c.
 *
 * @example `"<p>Ahab &amp; <i class=\"x\">crew</i>,<br/>a < b and c > d</p><!-- end -->"` becomes `"\nAhab & crew,\na < b and c > d\n"`
 * @example `"x <b and c> y <url> <name> AT&T; &c; &#8212;&#x41;&nbsp;&notit;"` becomes `"x <b and c> y <url> <name> AT&T; &c; —A\u00a0&notit;"`
 * @example `"<script async src='a.js'>if (a < b) c();</script><td nowrap>1</td><td>2</td>"` becomes `" 1  2 "`
 */
import type { Rule } from './rule';
import { combineChanges, replaceMatches } from './rule';

const NAMES = {
  line:
    'address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure footer form ' +
    'frameset h1 h2 h3 h4 h5 h6 head header hr html legend li main menu nav ol optgroup option p pre section summary table tbody tfoot ' +
    'thead title tr ul',
  cell: 'td th',
  within:
    'a abbr acronym applet area audio b base basefont bdi bdo big blink button canvas cite code col colgroup data datalist del dfn em ' +
    'embed font frame i iframe img input ins isindex kbd label link map mark marquee meta meter nobr noframes noscript object output ' +
    'param picture progress q rp rt ruby s samp script select slot small source span strike strong style sub sup svg template textarea ' +
    'time track tt u var video wbr',
};
const REPLACEMENTS = new Map<string, string>(
  Object.entries({ line: '\n', cell: ' ', within: '' }).flatMap(([kind, replacement]) =>
    NAMES[kind as keyof typeof NAMES].split(' ').map((name) => [name, replacement] as const),
  ),
);
/** Attributes without a value. Of the bare words after a name, only these make it a tag. */
const ALONE =
  'allowfullscreen|async|autofocus|autoplay|checked|compact|controls|defer|disabled|hidden|ismap|itemscope|loop|multiple|muted|noshade|' +
  'novalidate|nowrap|open|readonly|required|reversed|selected';
const ATTRIBUTES = `(?:\\s+(?:[a-z_:@][\\w:.-]*\\s*=\\s*(?:"[^"<>]*"|'[^'<>]*'|[^\\s"'<>=]+)|(?:${ALONE})(?![\\w:.-])))*`;
/** Never searches past the start of another match, so that a passage of mere starts takes no longer. */
const MARKUP = new RegExp(
  [
    '<!--(?:(?!<!--)[^]){0,10000}?-->',
    `<(script|style)${ATTRIBUTES}\\s*>(?:(?!<(?:script|style))[^]){0,100000}?</\\1\\s*>`,
    `</?(${[...REPLACEMENTS.keys()].join('|')})${ATTRIBUTES}\\s*/?>`,
    '<!doctype\\s[^<>]*>',
    '<\\?xml\\s[^<>]*\\?>',
  ].join('|'),
  'gi',
);
/** Markup that may end on another line. */
const MULTILINE = /<(?:!--|script|style|[a-z!?/][^<>]*$)/i;
const ENTITY = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/gi;

export const markup: Rule = {
  label: 'Markup',
  does: 'Removes HTML tags and comments; turns &amp; into &',
  costs: 'text about HTML loses its examples',
  source: 'HTML Living Standard, 3 and 13.5, and its obsolete elements',
  kind: 'changes',
  fields: {},
  notIdempotent: 'a decoded entity can be markup itself: &lt;b&gt; becomes <b>',
  async start() {
    const { Parser } = await import('htmlparser2');
    const decodedEntities = new Map<string, string>();
    const decodeEntity = (entity: string): string => {
      const cached = decodedEntities.get(entity);
      if (cached !== undefined) return cached;
      let text = '';
      new Parser({ ontext: (part) => (text += part) }).end(entity);
      // A longer result means a prefix match of another entity: &notit;
      if (text.length > 2) text = entity;
      decodedEntities.set(entity, text);
      return text;
    };
    const change = (passage: string) => {
      const withoutTags = replaceMatches(
        passage,
        MARKUP,
        (_tag, _hidden, name?: string) => REPLACEMENTS.get(name?.toLowerCase() ?? '') ?? '',
      );
      const withoutEntities = replaceMatches(withoutTags.text, ENTITY, decodeEntity);
      return combineChanges(withoutTags, withoutEntities);
    };
    const searchPattern = { units: '<&', multiline: MULTILINE };
    return { document: () => ({ changes: () => change, searchPattern }) };
  },
};
