/** Entry point of `npm run bench`. */
import { benchCommands } from '../bench';
import { main } from '../terminal';

void main(...benchCommands);
