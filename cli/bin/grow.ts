/** Entry point of `npm run grow`. */
import { growCommand } from '../grow';
import { main } from '../terminal';

void main(growCommand);
