/** Entry point of `npm run evaluate`. */
import { evaluateCommand } from '../evaluate';
import { main } from '../terminal';

void main(evaluateCommand);
