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
  readonly removedNamespaces = new Set(['file', 'image', 'media', 'category']);
  /** Names of namespaces other than articles, which dumps from before 2010 mark in titles only. */
  private readonly nonArticleNamespaces = new Set<string>();
  /** Whether the dump is complete. */
  isComplete = false;

  constructor(
    private readonly text: AsyncIterable<string>,
    private readonly name: string,
  ) {}

  /** @throws HomegrownError `bad-file` for malformed XML */
  async *pages(): AsyncGenerator<WikiPage> {
    const pages: WikiPage[] = [];
    let [text, key, depth, charactersSinceTag] = ['', '', 0, 0];
    let page = emptyPage();
    const parser = new Parser(
      {
        onopentag: (element, attributes) => {
          [text, charactersSinceTag] = ['', 0];
          if (++depth > MAX_DEPTH) throw this.damagedError('its elements are nested too deep');
          if (element === 'mediawiki') this.language = attributes['xml:lang'] ?? '';
          else if (element === 'page') page = emptyPage();
          else if (element === 'redirect') page.isRedirect = true;
          else if (element === 'text') page.text = '';
          key = attributes['key'] ?? '';
        },
        ontext: (piece) => {
          charactersSinceTag = 0;
          if (text.length <= MAX_ARTICLE_LENGTH) text += piece;
        },
        onclosetag: (element) => {
          [depth, charactersSinceTag] = [depth - 1, 0];
          if (element === 'base') this.address = text.slice(0, text.lastIndexOf('/') + 1).trim();
          else if (element === 'namespace') this.addNamespace(key, text.trim().toLowerCase());
          else if (element === 'title') {
            page.title = text.trim();
            page.isArticle = !this.nonArticleNamespaces.has(page.title.split(':', 1)[0]!.toLowerCase());
          } else if (element === 'ns') page.isArticle = text.trim() === '0';
          else if (element === 'timestamp') page.date = text.trim();
          else if (element === 'model') page.model = text.trim();
          else if (element === 'text') page.text = text.length > MAX_ARTICLE_LENGTH ? null : text;
          else if (element === 'page') {
            page.isRedirect ||= /^\s*#redirect\b/i.test(page.text?.slice(0, 100) ?? '');
            pages.push(page);
          } else if (element === 'mediawiki') this.isComplete = true;
          text = '';
        },
      },
      { xmlMode: true },
    );
    for await (const piece of this.text) {
      parser.write(piece);
      yield* pages.splice(0);
      // The parser buffers what it can't parse yet, such as an unclosed tag.
      charactersSinceTag += piece.length;
      if (charactersSinceTag > MAX_ARTICLE_LENGTH) throw this.damagedError('a tag is never closed');
    }
  }

  private addNamespace(key: string, name: string): void {
    if (name !== '') this.nonArticleNamespaces.add(name);
    if (REMOVED_NAMESPACES.has(key)) this.removedNamespaces.add(name);
  }

  private damagedError(reason: string): Error {
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
const REMOVED_NAMESPACES = new Set(['-2', '6', '14']);
const MAX_DEPTH = 32;
