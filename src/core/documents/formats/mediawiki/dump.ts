/** Reads a MediaWiki dump page by page. https://www.mediawiki.org/wiki/Help:Export, export-0.11.xsd */
import { Parser } from 'htmlparser2';
import { badFile } from '../../../base/errors';
import { MAX_ARTICLE_LENGTH } from '../../limits';

export interface WikiPage {
  title: string;
  /** Whether it is in the article namespace, rather than talk, file or template pages. */
  isArticle: boolean;
  /** Whether it only redirects to another page. */
  isRedirect: boolean;
  /** Date of its last revision. */
  date: string;
  /** Content model, usually `wikitext`. */
  model: string;
  /** Text; null if it exceeds `MAX_ARTICLE_LENGTH`. */
  text: string | null;
}

export class Dump {
  /** Code of the language, such as `en`. */
  language = '';
  /** Address of the wiki's pages, without a title. */
  address = '';
  /** Names of media and category namespaces, in lower case. */
  readonly left = new Set(['file', 'image', 'media', 'category']);
  /** Names of namespaces other than articles, which dumps from before 2010 mark in titles only. */
  private readonly spaces = new Set<string>();
  /** Whether the dump is complete. */
  isWhole = false;

  constructor(
    private readonly text: AsyncIterable<string>,
    private readonly name: string,
  ) {}

  /** @throws HomegrownError `bad-file` for malformed XML */
  async *pages(): AsyncGenerator<WikiPage> {
    const found: WikiPage[] = [];
    let [words, key, depth, sinceTag] = ['', '', 0, 0];
    let page = emptyPage();
    const parser = new Parser(
      {
        onopentag: (element, attributes) => {
          [words, sinceTag] = ['', 0];
          if (++depth > DEEPEST) throw this.broken('its elements are nested too deep');
          if (element === 'mediawiki') this.language = attributes['xml:lang'] ?? '';
          else if (element === 'page') page = emptyPage();
          else if (element === 'redirect') page.isRedirect = true;
          else if (element === 'text') page.text = '';
          key = attributes['key'] ?? '';
        },
        ontext: (piece) => {
          sinceTag = 0;
          if (words.length <= MAX_ARTICLE_LENGTH) words += piece;
        },
        onclosetag: (element) => {
          [depth, sinceTag] = [depth - 1, 0];
          if (element === 'base') this.address = words.slice(0, words.lastIndexOf('/') + 1).trim();
          else if (element === 'namespace') this.addSpace(key, words.trim().toLowerCase());
          else if (element === 'title') {
            page.title = words.trim();
            page.isArticle = !this.spaces.has(page.title.split(':', 1)[0]!.toLowerCase());
          } else if (element === 'ns') page.isArticle = words.trim() === '0';
          else if (element === 'timestamp') page.date = words.trim();
          else if (element === 'model') page.model = words.trim();
          else if (element === 'text') page.text = words.length > MAX_ARTICLE_LENGTH ? null : words;
          else if (element === 'page') {
            page.isRedirect ||= /^\s*#redirect\b/i.test(page.text?.slice(0, 100) ?? '');
            found.push(page);
          } else if (element === 'mediawiki') this.isWhole = true;
          words = '';
        },
      },
      { xmlMode: true },
    );
    for await (const piece of this.text) {
      parser.write(piece);
      yield* found.splice(0);
      // The parser buffers what it can't parse yet, such as an unclosed tag.
      sinceTag += piece.length;
      if (sinceTag > MAX_ARTICLE_LENGTH) throw this.broken('a tag is never closed');
    }
  }

  private addSpace(key: string, name: string): void {
    if (name !== '') this.spaces.add(name);
    if (LEFT.has(key)) this.left.add(name);
  }

  private broken(reason: string): Error {
    return badFile(
      `${this.name} is damaged: ${reason}.`,
      'Download it again from dumps.wikimedia.org, or from the wiki’s Special:Export page.',
    );
  }
}

const emptyPage = (): WikiPage => ({
  title: '',
  isArticle: true,
  isRedirect: false,
  date: '',
  model: 'wikitext',
  text: '',
});
/** Numbers of skipped namespaces: media, files, categories. */
const LEFT = new Set(['-2', '6', '14']);
const DEEPEST = 32;
