/** Entry point of `npm run glossary`. */
import { glossaryCommand } from '../glossary';
import { main } from '../terminal';

void main(glossaryCommand);
