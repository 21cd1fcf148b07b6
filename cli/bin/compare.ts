/** Entry point of `npm run compare`. */
import { compareCommand } from '../compare';
import { main } from '../terminal';

void main(compareCommand);
