/** XML parser that refuses elements nested deeper than in any real document. */
import type { Handler } from 'htmlparser2';
import { badFile } from '../base/errors';
import { formatCount } from '../base/units';
import { DEEPEST_XML } from './limits';
import { MarkupParser } from './markupParser';

/** Reads XML, with its entities decoded. */
export class XmlParser extends MarkupParser {
  /** @param name of the file, for the error @throws HomegrownError `bad-file` if elements are nested too deep */
  constructor(
    handler: Partial<Handler>,
    private readonly name: string,
  ) {
    super(handler, { xmlMode: true, decodeEntities: true });
  }

  override onopentagname(start: number, endIndex: number): void {
    super.onopentagname(start, endIndex);
    if (this.open.length > DEEPEST_XML)
      throw badFile(
        `${this.name} is damaged: its elements are nested more than ${formatCount(DEEPEST_XML)} levels deep.`,
        'Open it in its app, save it again, and add that file.',
      );
  }
}
